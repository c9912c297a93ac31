"""Is a task due: the latest slot after the last recorded one and up to now, never "matches now"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ccm_gitops.clock import format_instant
from ccm_gitops.durations import format_duration
from ccm_gitops.schedule import cron, interval
from ccm_gitops.schedule.model import CatchUp, Cron, Interval, Manual, Schedule, Threshold

# With `catch_up: skip`, how late still counts as on time: runners may come hourly.
ON_TIME = timedelta(hours=1)


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


def decide(
    schedule: Schedule, *, since: datetime | None, now: datetime, policy: Policy
) -> Decision:
    """What time says of one enabled task.

    `since` is the last recorded slot, or, for a cron task, when it was first seen or enabled
    again; None for a task that is new. Thresholds are not a matter of time: see `threshold`.
    """
    match schedule:
        case Manual():
            return Waiting("runs only when asked")
        case Threshold():
            return Waiting("no project has crossed the threshold")
        case Interval():
            slot = interval.latest_slot(schedule, last=since, now=now)
            if slot is None:
                return _waiting(interval.next_slot(schedule, last=since, now=now))
            return Due(slot)
        case Cron():
            return _decide_cron(schedule, now if since is None else since, now, policy)


def next_slot(schedule: Schedule, *, since: datetime | None, now: datetime) -> datetime | None:
    """The first slot after now; None for schedules that time does not drive."""
    return next(next_slots(schedule, since=since, now=now), None)


def next_slots(schedule: Schedule, *, since: datetime | None, now: datetime) -> Iterator[datetime]:
    """The slots after now, in order, without end; none for schedules that time does not drive."""
    match schedule:
        case Cron():
            yield from cron.next_slots(schedule, after=max(now, since or now))
        case Interval():
            slot = interval.next_slot(schedule, last=since, now=now)
            while True:
                yield slot
                slot += schedule.every
        case _:
            return


def _decide_cron(schedule: Cron, since: datetime, now: datetime, policy: Policy) -> Decision:
    slot = cron.latest_slot(schedule, after=since, until=now)
    if slot is None:
        return _waiting(next_slot(schedule, since=since, now=now))
    late = now - slot
    missed_by = f"missed by {format_duration(late)}"
    if late > policy.window:
        return Missed(slot, f"{missed_by}, catch_up_window is {format_duration(policy.window)}")
    if policy.catch_up == "skip" and late > ON_TIME:
        return Missed(slot, f"{missed_by}, catch_up is skip")
    return Due(slot)


def _waiting(slot: datetime | None) -> Waiting:
    if slot is None:
        return Waiting("its schedule has no further slot")
    return Waiting(f"next at {format_instant(slot)}", slot)
