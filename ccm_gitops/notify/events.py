"""What happened, as data that can be sent later: the events of an execution."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from ccm_gitops.clock import format_instant, parse_instant
from ccm_gitops.config.model import EventKind, Webhook
from ccm_gitops.execution import Execution
from ccm_gitops.notify.summary import Line, applied, lines, message, unhealthy
from ccm_gitops.notify.wording import clip, headline, one_line

# Events wait in the state, which stays small: what is longer is cut, visibly.
_MAX_NAME = 200
_MAX_TEXT = 1000


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """The figures of an event; None where there is none (a custom task counts no tokens)."""

    projects_processed: int | None = None
    issues_found: int | None = None
    tokens_saved: int | None = None
    optimization_score: int | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing to tell. The same execution and kind give the same `id`, so receivers can dedupe.

    `message` is one plain sentence, `lines` say more per project; `by_project` are the figures of
    each, kept where several events may become one message; `project` is set where the event
    is told of one project alone, `run_url` where the run has a page of its own. `own_words` stand
    for both, where a webhook has its own; they are made when a message is sent, and are not kept.
    """

    id: str
    kind: EventKind
    at: datetime
    task_id: str
    task_name: str
    task_type: str
    execution_id: str
    status: str
    title: str
    message: str
    duration_ms: int | None = None
    metrics: Metrics = Metrics()
    error: str | None = None
    lines: tuple[Line, ...] = ()
    by_project: Mapping[str, Metrics] = field(default_factory=dict)
    project: str | None = None
    run_url: str | None = None
    own_words: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for the state, absent ones left out."""
        raw = asdict(self) | {
            "at": format_instant(self.at),
            "metrics": _present(asdict(self.metrics)),
            "lines": [_present(asdict(line)) for line in self.lines],
            "by_project": {id: _present(asdict(part)) for id, part in self.by_project.items()},
        }
        return _present(raw)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Event:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError for other data."""
        return cls(
            **{
                **raw,
                "at": parse_instant(raw["at"]),
                "metrics": Metrics(**raw.get("metrics", {})),
                "lines": tuple(Line(**line) for line in raw.get("lines", ())),
                "by_project": {
                    id: Metrics(**part) for id, part in raw.get("by_project", {}).items()
                },
            }
        )


def _present(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if value not in (None, [], {})}


def events_of(execution: Execution) -> tuple[Event, ...]:
    """All that an execution, as it stands, gives rise to, in the order in which it happened."""
    return tuple(_event(kind, execution) for kind in _kinds(execution))


def _kinds(execution: Execution) -> Iterator[EventKind]:
    if execution.started_at is None or execution.status in ("pending", "skipped"):
        return
    yield "task_started"
    if execution.trigger == "threshold":
        yield "threshold_triggered"
    if execution.status == "completed":
        yield "task_completed"
    if execution.status == "failed":
        yield "task_failed"
    if applied(execution):
        yield "optimization_applied"
    if unhealthy(execution):
        yield "health_alert"


def _event(kind: EventKind, execution: Execution) -> Event:
    started = execution.started_at
    assert started  # `_kinds` gives nothing for what has not started
    # The first two tell of the beginning, when there was nothing to count yet.
    early = kind in ("task_started", "threshold_triggered")
    error = execution.error if kind == "task_failed" else None
    return Event(
        id=event_id(f"{execution.id}:{kind}"),
        kind=kind,
        at=started if early else execution.completed_at or started,
        task_id=execution.task_id,
        task_name=clip(one_line(execution.task_name), _MAX_NAME),
        task_type=execution.task_type,
        execution_id=execution.id,
        status="running" if early else execution.status,
        title=headline(kind, execution.task_type),
        message=clip(message(kind, execution), _MAX_TEXT),
        duration_ms=None if early else execution.duration_ms,
        metrics=Metrics() if early else metrics_of(execution),
        error=clip(error.strip(), _MAX_TEXT) if error else None,
        lines=lines(kind, execution),
    )


def webhook_paused(webhook: Webhook, reason: str, until: datetime, now: datetime) -> Event:
    """A webhook keeps failing and gets nothing until `until`: for the others to tell."""
    name = clip(one_line(webhook.name), _MAX_NAME)
    pause = f"paused until {format_instant(until.replace(microsecond=0))}: {reason}"
    return Event(
        id=event_id(f"{webhook.id}:{format_instant(now)}:paused"),
        kind="webhook_paused",
        at=now,
        task_id=webhook.id,
        task_name=name,
        task_type="webhook",
        execution_id=f"{webhook.id}-{now:%Y%m%dT%H%M%SZ}",
        status="paused",
        title=headline("webhook_paused", "webhook"),
        message=clip(f"{name} is {pause}", _MAX_TEXT),
        error=clip(pause[0].upper() + pause[1:], _MAX_TEXT),
    )


def event_id(of: str) -> str:
    """The id of an event, the same for the same cause."""
    return f"evt_{hashlib.sha256(of.encode()).hexdigest()[:24]}"


def metrics_of(execution: Execution) -> Metrics:
    """The figures of an execution."""
    if execution.task_type == "custom":
        return Metrics(projects_processed=execution.projects_processed)
    is_check = execution.task_type == "health_check"
    return Metrics(
        projects_processed=execution.projects_processed,
        issues_found=execution.issues_found,
        tokens_saved=execution.tokens_saved,
        optimization_score=execution.health_score if is_check else None,
    )
