"""Figures, durations and titles as people read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import accumulate

from ccm_gitops.config.model import EventKind

_NOUNS = {
    "analyze": "Context Analysis",
    "optimize": "Context Optimization",
    "health_check": "Health Check",
}
# Analyses and optimisations end under one title, which is what users filter their channels by.
_COMPLETED = {"analyze": "Context Optimization Complete"}
_VERBS = {"analyze": "analyzed", "optimize": "analyzed", "health_check": "checked"}


def headline(kind: EventKind, task_type: str) -> str:
    """The headline of an event."""
    noun = _NOUNS.get(task_type, "Task")
    return {
        "task_started": f"▶️ {noun} Started",
        "task_completed": f"✅ {_COMPLETED.get(task_type, f'{noun} Complete')}",
        "task_failed": f"❌ {noun} Failed",
        "threshold_triggered": "⚠️ Threshold Triggered",
        "optimization_applied": "✨ Optimization Applied",
        "health_alert": "🚨 Health Alert",
        "webhook_paused": "🔇 Webhook Paused",
    }[kind]


def treated(task_type: str) -> str:
    """What a task of this type has done to its projects, in a word."""
    return _VERBS.get(task_type, "processed")


def number(value: float) -> str:
    """`12,450`; a fraction only where there is one."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def count(amount: int, noun: str) -> str:
    """`1 issue`, `8 issues`."""
    return f"{number(amount)} {noun}{'' if amount == 1 else 's'}"


def duration(milliseconds: int) -> str:
    """`1.2 seconds`, `2 minutes 5 seconds`, `1 hour 3 minutes`."""
    if round(milliseconds / 1000, 1) < 60:
        return f"{milliseconds / 1000:.1f} seconds"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (0 if hours else seconds, "second")]
    return " ".join(count(amount, noun) for amount, noun in parts if amount)


def timestamp(moment: datetime) -> str:
    """`2026-01-19T09:00:00.000Z`: UTC, always with milliseconds."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _as_is(character: str) -> str:
    return character


def clip(text: str, limit: int, escape: Callable[[str], str] = _as_is) -> str:
    """The text in at most `limit` characters; what was cut shows as `…`.

    `escape` gives the form of one character; its form is kept whole or left out.
    """
    forms = [escape(character) for character in text]
    if sum(map(len, forms)) <= limit:
        return "".join(forms)
    fits = sum(size < limit for size in accumulate(map(len, forms)))
    return "".join(forms[:fits]).rstrip() + "…"


def one_line(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def listing(items: list[str], most: int = 5) -> str:
    """`a, b, c`, of many the first ones `and 3 more`."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
