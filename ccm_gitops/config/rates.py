"""Rates and hours as users write them: `30/m`, `22:00-07:00`."""

from __future__ import annotations

from datetime import time, timedelta

_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}


def parse_rate(text: str) -> timedelta:
    """The time from one to the next, from a text that has passed the schema."""
    amount, _, unit = text.partition("/")
    return _UNITS[unit] / int(amount)


def parse_hours(text: str) -> tuple[time, time]:
    """Two wall times, from a text that has passed the schema."""
    begins, _, ends = text.partition("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)
