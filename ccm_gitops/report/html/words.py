"""Figures, times and names as the pages write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ccm_gitops.report.table import moment


class Words:
    """Times as people say them, seen from `now` in a time zone."""

    def __init__(self, now: datetime, timezone: str) -> None:
        self._now = now
        self._zone = ZoneInfo(timezone)

    def day(self, when: datetime) -> str:
        """`Today 09:00`, `Tomorrow 09:00`, `17 Jan 09:00`; the year where it is another."""
        local, today = when.astimezone(self._zone), self._now.astimezone(self._zone).date()
        near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get((local.date() - today).days)
        year = "" if local.year == today.year else f" {local.year}"
        return f"{near or f'{local.day} {local:%b}{year}'} {local:%H:%M}"

    def full(self, when: datetime) -> str:
        """`Mon 19 Jan 2026, 09:00 CET`."""
        local = when.astimezone(self._zone)
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"

    def ago(self, when: datetime) -> str:
        """`2 hours ago`, `in 45 seconds`."""
        seconds = round((when - self._now).total_seconds())
        if 0 < seconds < 60:
            return f"in {seconds} second{'' if seconds == 1 else 's'}"
        return moment(when, self._now)

    def iso(self, when: datetime) -> str:
        """For the attribute `datetime`."""
        return when.isoformat().replace("+00:00", "Z")


def number(value: float | None) -> str:
    """`12,450`; a dash for what is not known."""
    return "–" if value is None else f"{value:,.0f}"


def money(value: float) -> str:
    """`12.40`, whole from a hundred on."""
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def took(milliseconds: int | None) -> str:
    """`1.2 s`, `3 min 5 s`; a dash where nothing was measured."""
    if milliseconds is None:
        return "–"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def kind(name: str) -> str:
    """`health_check` as words."""
    return name.replace("_", " ")


def grade(score: int | None) -> str:
    """The class that colours a score."""
    if score is None:
        return "unknown"
    return "good" if score >= 80 else "fair" if score >= 60 else "poor"


def is_link(text: str | None) -> bool:
    """May this be an address to follow: only the web's."""
    return bool(text) and (text or "").startswith(("https://", "http://"))
