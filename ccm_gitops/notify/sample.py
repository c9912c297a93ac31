"""Messages that show what a webhook would get; they say that they are samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ccm_gitops.config.model import EventKind, Webhook
from ccm_gitops.execution import Execution, ProjectResult
from ccm_gitops.notify.events import Event, events_of, webhook_paused
from ccm_gitops.notify.outbox import OutboxEntry

_TOOK = timedelta(milliseconds=1200)
_RESULT = ProjectResult(id="sample", path="sample", score=58, issues=3, action="analyzed")
_CHANGED = replace(_RESULT, tokens_saved=1250, action="committed", branch="ccm/sample")
_KINDS: dict[EventKind, dict[str, Any]] = {
    "task_started": {"status": "running"},
    "task_completed": {},
    "task_failed": {"status": "failed", "error": "this is a sample, nothing has failed"},
    "threshold_triggered": {"trigger": "threshold", "fired": {"sample": 58.0}},
    "optimization_applied": {"task_type": "optimize", "projects": (_CHANGED,)},
    "health_alert": {"task_type": "health_check", "alert_threshold": 70},
}
_OTHER = Webhook(id="test", name="Sample from ccm-gitops", type="generic", url="")


def sample(webhook_id: str, kind: EventKind, now: datetime) -> OutboxEntry:
    """A message of this kind that says that it is a sample; its ids begin with `test-`."""
    plain = Execution(
        id=f"test-{now:%Y%m%dT%H%M%SZ}",
        task_id="sample",
        task_name="Sample from ccm-gitops",
        task_type="analyze",
        machine="",
        trigger="manual",
        status="completed",
        started_at=now - _TOOK,
        completed_at=now,
        duration_ms=1200,
        projects=(_RESULT,),
    )
    if kind == "webhook_paused":
        reason = "this is a sample, every webhook is well"
        event = webhook_paused(_OTHER, reason, now + timedelta(minutes=5), now)
    else:
        (event,) = [e for e in events_of(replace(plain, **_KINDS[kind])) if e.kind == kind]
    return _entry(webhook_id, replace(event, id=f"test-{event.id}", title=f"🧪 {event.title}"), now)


def _entry(webhook_id: str, event: Event, now: datetime) -> OutboxEntry:
    return OutboxEntry(
        id=f"{webhook_id}/{event.id}",
        webhook_id=webhook_id,
        event=event,
        created_at=now,
        next_at=now,
    )
