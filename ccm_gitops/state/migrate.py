"""States that older versions wrote, made into today's step by step.

A step is pure, knows two versions only, and is never changed again: the next one builds on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]


def migrate(document: Document) -> Document:
    """The document of any older version as one of today's.

    Raises KeyError, TypeError or AttributeError where it is none of the version that it names.
    """
    for step in STEPS[document["version"] :]:
        document = step(document)
    return document


def _from_0(document: Document) -> Document:
    """Version 0 had the last look at the top, and of a task only its last slot."""
    at = document.get("last_check_at")
    heartbeat = {"heartbeat": {"at": at, "machine": document["machine"]}} if at else {}
    tasks = {id: {"enabled": True, "since": slot} for id, slot in document["tasks"].items()}
    return {"version": 1, **heartbeat, "tasks": tasks}


# The step at place N makes version N + 1 of version N; today's version is their number.
STEPS: tuple[Callable[[Document], Document], ...] = (_from_0,)
