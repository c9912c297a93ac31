"""Thresholds: which projects have crossed a value since the last look."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ccm_gitops.schedule.model import Threshold

_HOLDS = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "eq": operator.eq,
}
WORDS = {"lt": "below", "lte": "at most", "gt": "above", "gte": "at least", "eq": "exactly"}


@dataclass(frozen=True)
class Edge:
    """What is remembered of a project: when it last fired, and whether it still `holds`.

    With `rearm` it holds until the metric has come back so far.
    """

    holds: bool
    fired_at: datetime | None = None


def holds(threshold: Threshold, value: float) -> bool:
    """Is the condition true of a value."""
    return bool(_HOLDS[threshold.operator](value, threshold.value))


def crossings(
    threshold: Threshold,
    values: Mapping[str, float],
    edges: Mapping[str, Edge],
    now: datetime,
) -> tuple[dict[str, float], dict[str, Edge]]:
    """The projects that fire now with their values, and what to remember of every project.

    A project fires when its condition becomes true: after it was false (or never seen), or where
    a cooldown is set, again once that has passed. Between the value and `rearm` nothing changes.
    Projects without a value keep their memory.
    """
    fired: dict[str, float] = {}
    memory = dict(edges)
    for project, value in values.items():
        before = edges.get(project, Edge(holds=False))
        if not holds(threshold, value):
            if _is_back(threshold, value):
                memory[project] = Edge(holds=False, fired_at=before.fired_at)
        elif not before.holds or _has_cooled(threshold, before, now):
            fired[project] = value
            memory[project] = Edge(holds=True, fired_at=now)
    return fired, memory


def _is_back(threshold: Threshold, value: float) -> bool:
    if threshold.rearm is None:
        return True
    is_below = threshold.operator in ("lt", "lte")
    return value >= threshold.rearm if is_below else value <= threshold.rearm


def _has_cooled(threshold: Threshold, edge: Edge, now: datetime) -> bool:
    if threshold.cooldown is None or edge.fired_at is None:
        return False
    return now - edge.fired_at >= threshold.cooldown
