"""Intervals: slots on a grid that the first run anchors, so that late runs cause no drift."""

from __future__ import annotations

from datetime import datetime

from ccm_gitops.schedule.model import Interval


def latest_slot(interval: Interval, *, last: datetime | None, now: datetime) -> datetime | None:
    """The newest slot after the last one and up to now; a task without a last one starts now."""
    if last is None:
        return now
    passed = (now - last) // interval.every
    return last + passed * interval.every if passed > 0 else None


def next_slot(interval: Interval, *, last: datetime | None, now: datetime) -> datetime:
    """The first slot after now, or now itself for a task that has not run yet."""
    if last is None:
        return now
    passed = max(0, (now - last) // interval.every)
    return last + (passed + 1) * interval.every
