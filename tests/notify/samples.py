"""One execution per event, and the webhooks and entries that the tests of this room share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ccm_gitops.config.model import EventKind, Webhook
from ccm_gitops.execution import Execution, ProjectResult
from ccm_gitops.notify.events import Event, Metrics, events_of, webhook_paused
from ccm_gitops.notify.outbox import OutboxEntry

NOW = datetime(2026, 1, 19, 9, 0, tzinfo=UTC)


def execution(**changes: Any) -> Execution:
    """A completed analysis of two projects."""
    plain = Execution(
        id="exec456",
        task_id="daily-analysis",
        task_name="Daily Context Analysis",
        task_type="analyze",
        machine="laptop",
        trigger="scheduled",
        status="completed",
        started_at=NOW - timedelta(milliseconds=1200),
        completed_at=NOW,
        duration_ms=1200,
        projects=(
            ProjectResult(id="api", path="/r/api", score=42, issues=5, action="analyzed"),
            ProjectResult(id="web", path="/r/web", score=90, issues=3, action="analyzed"),
        ),
    )
    return replace(plain, **changes)


def optimization(**changes: Any) -> Execution:
    """A completed optimisation that changed one of two projects."""
    changed = ProjectResult(
        id="api",
        path="/r/api",
        score=42,
        issues=5,
        tokens_saved=12450,
        action="committed",
        branch="ccm/score-guard",
        pull_request="https://example.com/acme/api/pull/7?a=1&b=2",
    )
    same = ProjectResult(id="web", path="/r/web", score=100, issues=0, action="unchanged")
    plain = execution(
        task_id="score-guard",
        task_name="Score Guard",
        task_type="optimize",
        trigger="threshold",
        fired={"api": 42.0, "web": 55.5},
        projects=(changed, same),
    )
    return replace(plain, **changes)


FAILED = execution(
    status="failed",
    error="2 of 3 projects could not be read:\n<!channel> & @everyone",
    projects=(
        ProjectResult(id="api", path="/r/api", score=90, issues=0, action="analyzed"),
        ProjectResult(id="old_site", path="/r/old", error="no such folder: *gone*"),
        ProjectResult(id="shop", path="/r/shop", error="git refused: [x](https://evil.example)"),
    ),
)
ALERT = execution(
    task_id="weekly-report",
    task_name="Weekly <Health> & Report",
    task_type="health_check",
    alert_threshold=70,
    duration_ms=125_000,
)


def event_of(run: Execution, kind: EventKind) -> Event:
    """The one event of this kind."""
    (found,) = [event for event in events_of(run) if event.kind == kind]
    return found


EVENTS: dict[str, Event] = {
    "task_started": event_of(execution(), "task_started"),
    "task_completed": event_of(optimization(), "task_completed"),
    "task_failed": event_of(FAILED, "task_failed"),
    "threshold_triggered": event_of(optimization(), "threshold_triggered"),
    "optimization_applied": event_of(optimization(), "optimization_applied"),
    "health_alert": event_of(ALERT, "health_alert"),
    "webhook_paused": webhook_paused(
        Webhook(id="ops", name="Ops <&> *Alerts*", type="slack", url=""),
        "answered 503: over quota",
        NOW + timedelta(minutes=5),
        NOW,
    ),
}

# The example of the documentation, whose messages are known to the letter.
DOCUMENTED = replace(
    event_of(execution(task_id="clxyz123"), "task_completed"),
    metrics=Metrics(projects_processed=5, issues_found=8, tokens_saved=12450),
    message="Daily Context Analysis completed.",
)


def webhook(**changes: Any) -> Webhook:
    """A generic receiver of one's own."""
    plain = Webhook(id="hook", name="Hook", type="generic", url="${HOOK_URL}", allow_private=True)
    return replace(plain, **changes)


def entry(name: str = "evt_1", **changes: Any) -> OutboxEntry:
    """A message to `hook` that has just been put in; `name` is its event's id."""
    hook = changes.get("webhook_id", "hook")
    plain = OutboxEntry(
        id=f"{hook}/{name}",
        webhook_id="hook",
        event=replace(EVENTS["task_completed"], id=name),
        created_at=NOW,
        next_at=NOW,
    )
    return replace(plain, **changes)
