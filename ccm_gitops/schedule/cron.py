"""Cron expressions: checked strictly, walked over wall times, mapped to instants.

cronsim walks naive wall times only; the mapping to instants is ours, so that no library's DST
rules can move a schedule: a wall time that a jump skips runs at the jump, a repeated one runs at
its first pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from ccm_gitops.schedule.model import Cron, DayMatch

ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())  # noqa: SIM905
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
)
_ITEM = re.compile(r"(?P<low>\*|\w+)(?:-(?P<high>\w+))?(?:/(?P<step>\d+))?", re.ASCII)
_WEEKDAY_OF_MONTH = re.compile(rf"(?:[0-7]|{'|'.join(_DAYS)})#[1-5]|l[0-7]")
_STEPS = re.compile(r"\*/(?!1\b)")
# No zone has ever jumped by more than this at once without changing its date line side.
_LONGEST_FOLD = timedelta(hours=3)


def check_cron(expression: str, day_match: DayMatch = "any") -> None:
    """Raise ValueError, in words, for an expression that is malformed or can never match.

    Stricter than most crons on purpose: no seconds field, no `R` or `H`, no reversed range, no step
    beyond its field; each of these is read differently by different crons.
    """
    fields = fields_of(expression)
    for text, (name, low, high, names) in zip(fields, _FIELDS, strict=True):
        for item in text.lower().split(","):
            _check_item(item, name, low, high, names)
    try:
        # 1999 so that a 29 February is at most five years away.
        next(_walker(expression, day_match, datetime(1999, 1, 1)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(f"{expression!r} never matches: there is no such date") from error


def latest_slot(cron: Cron, *, after: datetime, until: datetime) -> datetime | None:
    """The last slot in (after, until], in UTC, or None."""
    slot = _latest(cron.expression, cron.timezone, cron.day_match, until)
    return slot if slot and slot > after else None


def next_slots(cron: Cron, *, after: datetime) -> Iterator[datetime]:
    """The slots after an instant, in UTC, each once, in order."""
    first = _first(cron.expression, cron.timezone, cron.day_match, after)
    if first:
        yield first
        yield from _walk(cron.expression, cron.timezone, cron.day_match, first)


# Many tasks have one expression, and all are looked at for one instant.
@lru_cache(maxsize=2048)
def _latest(
    expression: str, timezone: str, day_match: DayMatch, until: datetime
) -> datetime | None:
    zone = ZoneInfo(timezone)
    # In the second pass of a fold, first-pass slots that read later on the wall have been already.
    walls = (_wall(until, zone), _wall(until - _LONGEST_FOLD, zone) + _LONGEST_FOLD)
    start = max(walls) + timedelta(seconds=1)
    slots = (
        _instant(wall, zone) for wall in _walker(expression, day_match, start, is_backward=True)
    )
    return next((slot for slot in slots if slot <= until), None)


@lru_cache(maxsize=2048)
def _first(expression: str, timezone: str, day_match: DayMatch, after: datetime) -> datetime | None:
    return next(_walk(expression, timezone, day_match, after), None)


def _walk(
    expression: str, timezone: str, day_match: DayMatch, after: datetime
) -> Iterator[datetime]:
    zone = ZoneInfo(timezone)
    # Wall times that a fold repeats stand before `after` on the wall in its second pass.
    start = _wall(after, zone) - _LONGEST_FOLD
    for wall in _walker(expression, day_match, start):
        slot = _instant(wall, zone)
        if slot > after:
            yield slot
            after = slot


def fields_of(expression: str) -> list[str]:
    if expression.startswith("@"):
        alias = ALIASES.get(expression.lower())
        if alias is None:
            raise ValueError(f"{expression!r} is unknown; there are {', '.join(ALIASES)}")
        return alias.split()
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(
            f"{expression!r} has {len(fields)} fields; a cron expression has 5: "
            "minute, hour, day of month, month, day of week"
        )
    return fields


def _check_item(item: str, name: str, low: int, high: int, names: Sequence[str]) -> None:
    if name == "day of month" and item == "l":
        return
    if name == "day of week" and _WEEKDAY_OF_MONTH.fullmatch(item):
        return
    match = _ITEM.fullmatch(item)
    if not match:
        raise ValueError(f"{item!r} is no {name}")
    if match["low"] == "*":
        if match["high"]:
            raise ValueError(f"{item!r} is no {name}")
    else:
        first = _number(match["low"], name, low, high, names)
        last = _number(match["high"], name, low, high, names) if match["high"] else None
        if last == 0 and name == "day of week":
            last = 7  # a range such as sat-sun ends with the week
        if last is not None and last < first:
            raise ValueError(
                f"{item!r} in {name} runs backwards; write two ranges with a comma between"
            )
        if match["step"] and last is None:
            raise ValueError(
                f"{item!r} in {name} has a step without a range; "
                f"write {first}-{high}/{match['step']}"
            )
    if match["step"] and not 1 <= int(match["step"]) <= high:
        raise ValueError(f"the step of {item!r} in {name} must be from 1 to {high}")


def _number(text: str, name: str, low: int, high: int, names: Sequence[str]) -> int:
    if text in names:
        return names.index(text) + low
    if not text.isdigit() or not low <= int(text) <= high:
        raise ValueError(f"{text!r} is no {name}; it goes from {low} to {high}")
    return int(text)


def _walker(
    expression: str, day_match: DayMatch, start: datetime, *, is_backward: bool = False
) -> CronSim:
    """Wall times after (before) a start that match; it ends where none does for 50 years."""
    minute, hour, day, month, weekday = fields_of(expression)
    # cronsim takes every field that begins with a star for one that is not set.
    day, weekday = _STEPS.sub("1-31/", day), _STEPS.sub("0-7/", weekday.lower())
    # Its weeks begin with sunday, and its last friday is 5L.
    weekday = re.sub(r"\bl([0-7])", r"\1L", re.sub(r"-(sun|0)\b", "-7", weekday))
    walker = CronSim(f"{minute} {hour} {day} {month} {weekday}", start, reverse=is_backward)
    walker.day_and = day_match == "all" or "*" in day or "*" in weekday
    return walker


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time: first pass in a fold, the jump's own instant in a gap."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(first, zone) == wall:
        return first
    # In a gap, fold=0 reads the wall with the offset before the jump and fold=1 with that after
    # it; the jump lies between the two instants.
    low, high = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
