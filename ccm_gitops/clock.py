"""The one source of time: real, or held still by `CCM_NOW`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ccm_gitops.errors import UsageError


@dataclass(frozen=True)
class Clock:
    """`now` gives the instant in UTC; `elapsed` seconds that only ever grow, for durations."""

    now: Callable[[], datetime]
    elapsed: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep


def system_clock(environ: Mapping[str, str]) -> Clock:
    """The machine's clock, or one that stands still at `CCM_NOW` (ISO 8601 with offset).

    Raises UsageError when `CCM_NOW` is not such a time.
    """
    frozen = environ.get("CCM_NOW")
    if not frozen:
        return Clock(now=_this_second, elapsed=time.monotonic)
    try:
        moment = parse_instant(frozen)
    except ValueError as error:
        raise UsageError(f"CCM_NOW: {error}") from error
    return Clock(now=lambda: moment, elapsed=lambda: 0.0, sleep=lambda seconds: None)


def _this_second() -> datetime:
    """Whole seconds: schedules, claims and histories have no use for more, and read better."""
    return datetime.now(UTC).replace(microsecond=0)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 time with offset as UTC; raises ValueError for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no ISO 8601 time") from error
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write 2026-01-19T09:00:00Z or +01:00")
    return moment.astimezone(UTC)


def format_instant(moment: datetime) -> str:
    """Write an instant as UTC, `2026-01-19T09:00:00Z`; microseconds only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
