"""Any other receiver: the event as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.formatters.facts import metrics
from ccm_gitops.notify.wording import timestamp


def render(event: Event, config: Mapping[str, Any]) -> dict[str, Any]:
    """The body, `duration` in milliseconds; `config` has nothing for it."""
    execution = {"id": event.execution_id, "status": event.status}
    took = {} if event.duration_ms is None else {"duration": event.duration_ms}
    return {
        "event": event.kind,
        "timestamp": timestamp(event.at),
        "task": {"id": event.task_id, "name": event.task_name, "taskType": event.task_type},
        "execution": execution | took,
        **({"project": event.project} if event.project else {}),
        "metrics": metrics(event),
        **({"runUrl": event.run_url} if event.run_url else {}),
        "message": event.message,
    }
