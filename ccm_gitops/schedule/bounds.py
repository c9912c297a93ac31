"""The bounds of a schedule: its first and last day, and the delay that spreads its runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ccm_gitops.clock import parse_instant
from ccm_gitops.schedule.model import Bounds

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def delay(bounds: Bounds, slot: datetime) -> timedelta:
    """How long after its slot a run comes: the same for every runner, in whole seconds."""
    most = int(bounds.jitter.total_seconds())
    if most == 0:
        return timedelta(0)
    import hashlib  # noqa: PLC0415  few schedules have a jitter

    digest = hashlib.sha256(f"{bounds.seed} {slot.isoformat()}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % (most + 1))


def begins(text: str, timezone: str) -> datetime:
    """The first instant of `start`: a date is a day of the zone; ValueError for another form."""
    return _midnight(text, timezone) if len(text) == 10 else parse_instant(text)


def ends(text: str, timezone: str) -> datetime:
    """The last instant of `end`, in whole seconds; ValueError for another form."""
    if len(text) == 10:
        return _midnight(text, timezone, after=_DAY) - _SECOND
    return parse_instant(text)


def _midnight(text: str, timezone: str, after: timedelta = timedelta(0)) -> datetime:
    try:
        day = date.fromisoformat(text) + after
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no day; write 2026-01-19") from error
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
