"""Tasks that are ready to use: the presets of `schedule quick`."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

_SCORE = 60
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "daily-analysis": {
        "id": "daily-analysis",
        "name": "Daily Context Analysis",
        "type": "analyze",
        "schedule": {"cron": "0 9 * * *"},
        "config": {"include_health_score": True},
        "notify": {"on_failure": True},
    },
    "weekly-optimize": {
        "id": "weekly-optimize",
        "name": "Weekly Optimization",
        "type": "optimize",
        "schedule": {"cron": "0 8 * * 1"},
        "config": {"strategy": "moderate", "dry_run": False},
        "notify": {"on_success": True, "on_failure": True},
    },
    "threshold-alert": {
        "id": "threshold-alert",
        "name": "Low Score Alert",
        "type": "analyze",
        "schedule": {
            "threshold": {"metric": "optimization_score", "operator": "lt", "value": _SCORE}
        },
        "config": {"alert_only": True},
        "notify": {"on_success": True},
    },
}


def preset(name: str, *, score: int | None = None, webhooks: Sequence[str] = ()) -> dict[str, Any]:
    """A new task from a preset; `score` is that of threshold-alert, `webhooks` are told."""
    task: dict[str, Any] = copy.deepcopy(dict(PRESETS[name]))
    if score is not None:
        task["schedule"]["threshold"]["value"] = score
    if webhooks:
        task["notify"]["webhooks"] = list(webhooks)
    return task
