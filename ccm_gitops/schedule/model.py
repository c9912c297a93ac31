"""The schedules that a task can have, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Metric = Literal["optimization_score", "token_count", "issue_count", "file_size"]
Operator = Literal["lt", "lte", "gt", "gte", "eq"]
DayMatch = Literal["any", "all"]
CatchUp = Literal["latest", "skip"]


@dataclass(frozen=True)
class Bounds:
    """From when and until when there are slots, both included, and how far runs are spread.

    Each slot is delayed by a part of `jitter` that `seed` and the slot alone decide.
    """

    start: datetime | None = None
    end: datetime | None = None
    jitter: timedelta = timedelta(0)
    seed: str = ""


@dataclass(frozen=True)
class Cron:
    """Five fields or an `@daily` kind, read as wall time of an IANA zone."""

    expression: str
    timezone: str = "UTC"
    day_match: DayMatch = "any"
    bounds: Bounds = Bounds()


@dataclass(frozen=True)
class Interval:
    """Every so long, counted from its start, or else from the first run."""

    every: timedelta
    bounds: Bounds = Bounds()


@dataclass(frozen=True)
class Threshold:
    """When a project's metric crosses a value; with `cooldown`, again each time it has passed.

    `rearm` is how far the metric must come back before another crossing counts; absent: over the
    value itself.
    """

    metric: Metric
    operator: Operator
    value: float
    cooldown: timedelta | None = None
    rearm: float | None = None


@dataclass(frozen=True)
class Changed:
    """When files of a project that fit one of the patterns are others than the task last saw."""

    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Manual:
    """Only when a person or a program asks."""


Single = Cron | Interval | Threshold | Changed | Manual


@dataclass(frozen=True)
class Several:
    """Due when one of them is; each has a memory of its own."""

    parts: tuple[Single, ...]


Schedule = Single | Several
