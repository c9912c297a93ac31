"""n8n: the body of its webhook node, made for workflows that read fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.formatters.facts import metrics
from ccm_gitops.notify.wording import timestamp

# Of these two the status says all; the others say in words what no field does.
_WITHOUT_MESSAGE = ("task_started", "task_completed")


def render(event: Event, config: Mapping[str, Any]) -> dict[str, Any]:
    """The body; `config` has nothing for n8n."""
    execution = {"id": event.execution_id, "status": event.status}
    took = {} if event.duration_ms is None else {"durationMs": event.duration_ms}
    is_silent = event.kind in _WITHOUT_MESSAGE and not event.own_words
    words = {} if is_silent else {"message": event.message}
    return {
        "event": event.kind,
        "timestamp": timestamp(event.at),
        "task": {"id": event.task_id, "name": event.task_name, "type": event.task_type},
        "execution": execution | took,
        **({"project": event.project} if event.project else {}),
        "metrics": metrics(event),
        **({"runUrl": event.run_url} if event.run_url else {}),
        **words,
    }
