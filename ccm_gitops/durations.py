"""Durations as users write them: `30s`, `5m`, `2h`, `1d`, `1h30m`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
# Kept equal to the `duration` definition of schema/schedules.schema.json by a test.
PATTERN = r"^(?=.)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"
_LIMIT = 100 * 365 * 86_400  # a century: beyond it dates overflow


def parse_duration(text: str) -> timedelta:
    """Read `1h30m` as a timedelta.

    Raises ValueError when the text has another form or is longer than a century.
    """
    if not re.fullmatch(PATTERN, text, re.ASCII):
        raise ValueError(f"{text!r} is no duration; write it as 30s, 5m, 2h, 1d or 1h30m")
    parts = re.findall(r"(\d+)([dhms])", text)
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    if seconds > _LIMIT:
        raise ValueError(f"{text!r} is longer than a century")
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """Write a timedelta as `1h30m`, in whole seconds; `parse_duration` reads it back."""
    rest = int(duration.total_seconds())
    parts = []
    for unit, size in _UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
