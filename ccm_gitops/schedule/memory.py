"""What a schedule remembers, and whose memory is whose where a task has several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ccm_gitops.clock import format_instant
from ccm_gitops.durations import format_duration
from ccm_gitops.schedule.model import (
    Bounds,
    Changed,
    Cron,
    Interval,
    Manual,
    Schedule,
    Several,
    Single,
    Threshold,
)
from ccm_gitops.schedule.threshold import Edge


@dataclass(frozen=True, kw_only=True)
class Memory:
    """`since` is the last slot, or when a cron was first seen; the rest is by project.

    `edges` are those of a threshold, `seen` the digests of the files that are watched.
    """

    since: datetime | None = None
    edges: Mapping[str, Edge] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)


def parts(schedule: Schedule) -> tuple[Single, ...]:
    """The schedules of a task, one or several."""
    return schedule.parts if isinstance(schedule, Several) else (schedule,)


def key(part: Single) -> str:
    """The name that one of several schedules is remembered by; another time has another name."""
    match part:
        case Cron(expression, _, day_match, bounds):
            words = ["cron", expression, *(["all"] if day_match == "all" else []), *_span(bounds)]
        case Interval(every, bounds):
            words = ["interval", format_duration(every), *_span(bounds)]
        case Threshold():
            words = ["threshold", part.metric, part.operator, f"{part.value:g}"]
        case Changed(patterns):
            words = ["changed", *patterns]
        case Manual():
            words = ["manual"]
    return " ".join(words)


def _span(bounds: Bounds) -> list[str]:
    names = (("from", bounds.start), ("until", bounds.end))
    return [f"{name} {format_instant(moment)}" for name, moment in names if moment]
