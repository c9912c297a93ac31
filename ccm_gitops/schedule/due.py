"""Is a task due: the latest slot after the last recorded one and up to now, never "matches now"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from ccm_gitops.clock import format_instant
from ccm_gitops.durations import format_duration
from ccm_gitops.schedule import cron, interval
from ccm_gitops.schedule.bounds import delay
from ccm_gitops.schedule.model import CatchUp, Changed, Cron, Interval, Manual, Single, Threshold

# With `catch_up: skip`, how late still counts as on time: runners may come hourly.
ON_TIME = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_MOST_PASSED = 10_000


@dataclass(frozen=True)
class Policy:
    """What becomes of a cron slot that nobody was there to run."""

    catch_up: CatchUp = "latest"
    window: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """Run it now, for this slot."""

    slot: datetime


@dataclass(frozen=True)
class Missed:
    """Do not run it; the slot is spent and recorded with the reason."""

    slot: datetime
    reason: str


@dataclass(frozen=True)
class Waiting:
    """Nothing to do; `next_slot` is None where time alone never makes it due."""

    reason: str
    next_slot: datetime | None = None


Decision = Due | Missed | Waiting


def decide(schedule: Single, *, since: datetime | None, now: datetime, policy: Policy) -> Decision:
    """What time says of one enabled task.

    `since` is the last recorded slot, or, for a cron task, when it was first seen or enabled
    again; None for a task that is new. Thresholds and changes are not a matter of time: see
    `threshold` and `changed`.
    """
    match schedule:
        case Manual():
            return Waiting("runs only when asked")
        case Threshold():
            return Waiting("no project has crossed the threshold")
        case Changed():
            return Waiting("no project has changed what it watches")
        case Interval():
            slot = _latest(schedule, since, now)
            return _waiting(schedule, since, now) if slot is None else Due(slot)
        case Cron():
            return _decide_cron(schedule, now if since is None else since, now, policy)


def next_slot(schedule: Single, *, since: datetime | None, now: datetime) -> datetime | None:
    """When it is due next, after now; None for schedules that time does not drive, or no more."""
    return next(next_slots(schedule, since=since, now=now), None)


def next_slots(schedule: Single, *, since: datetime | None, now: datetime) -> Iterator[datetime]:
    """When it is due after now, slots with their delays, in the order of the slots."""
    if not isinstance(schedule, Cron | Interval):
        return
    bounds = schedule.bounds
    for slot in _slots(schedule, since, now):
        if bounds.end and slot > bounds.end:
            return
        moment = slot + _delay(schedule, slot, since)
        if moment > now or (since is None and slot == now):
            yield moment


@dataclass(frozen=True)
class Passed:
    """Slots before the newest one, which nobody was there to run; counted up to 10,000."""

    count: int
    first: datetime
    last: datetime


def passed_over(schedule: Single, *, since: datetime | None, slot: datetime) -> Passed | None:
    """The slots after `since` and before the one that is due, or missed, now."""
    if since is None or not isinstance(schedule, Cron | Interval):
        return None
    earlier = takewhile(lambda found: found < slot, _slots(schedule, since, since))
    found = tuple(islice(earlier, _MOST_PASSED))
    return Passed(len(found), found[0], found[-1]) if found else None


def _slots(schedule: Cron | Interval, since: datetime | None, now: datetime) -> Iterator[datetime]:
    """The slots that may still come; a delayed one may stand before now."""
    bounds = schedule.bounds
    if isinstance(schedule, Cron):
        after = max(now - bounds.jitter, since or now)
        if bounds.start:
            after = max(after, bounds.start - _SECOND)
        yield from cron.next_slots(schedule, after=after)
        return
    last = since or _before(schedule)
    slot = interval.next_slot(schedule, last=last, now=now - bounds.jitter if last else now)
    while True:
        yield slot
        slot += schedule.every


def _latest(schedule: Cron | Interval, since: datetime | None, now: datetime) -> datetime | None:
    """The newest slot after `since` whose time, with its delay, has come."""
    bounds = schedule.bounds
    until = min(now, bounds.end) if bounds.end else now
    while True:
        slot = _latest_slot(schedule, since, until)
        if slot is None or slot + _delay(schedule, slot, since) <= now:
            return slot
        until = slot - _SECOND


def _latest_slot(
    schedule: Cron | Interval, since: datetime | None, until: datetime
) -> datetime | None:
    start = schedule.bounds.start
    if isinstance(schedule, Interval):
        if since is None and start and until < start:
            return None
        return interval.latest_slot(schedule, last=since or _before(schedule), now=until)
    after = since or until
    if start:
        after = max(after, start - _SECOND)
    return cron.latest_slot(schedule, after=after, until=until)


def _before(schedule: Interval) -> datetime | None:
    """The grid point before the first, where a start anchors the grid."""
    start = schedule.bounds.start
    return start - schedule.every if start else None


def _delay(schedule: Cron | Interval, slot: datetime, since: datetime | None) -> timedelta:
    """None for the first run of an interval, whose slot is whenever somebody looks."""
    if isinstance(schedule, Interval) and since is None and schedule.bounds.start is None:
        return timedelta(0)
    return delay(schedule.bounds, slot)


def _decide_cron(schedule: Cron, since: datetime, now: datetime, policy: Policy) -> Decision:
    if not schedule.bounds.jitter:
        # Most tasks wait, and of a slot that is to come only the walk to it is needed.
        coming = next_slot(schedule, since=since, now=since)
        if coming is None or coming > now:
            return _until(coming)
    slot = _latest(schedule, since, now)
    if slot is None:
        return _waiting(schedule, since, now)
    late = now - slot - delay(schedule.bounds, slot)
    missed_by = f"missed by {format_duration(late)}"
    if late > policy.window:
        return Missed(slot, f"{missed_by}, catch_up_window is {format_duration(policy.window)}")
    if policy.catch_up == "skip" and late > ON_TIME:
        return Missed(slot, f"{missed_by}, catch_up is skip")
    return Due(slot)


def _waiting(schedule: Cron | Interval, since: datetime | None, now: datetime) -> Waiting:
    return _until(next_slot(schedule, since=since, now=now))


def _until(slot: datetime | None) -> Waiting:
    if slot is None:
        return Waiting("its schedule has no further slot")
    return Waiting(f"next at {format_instant(slot)}", slot)
