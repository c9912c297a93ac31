"""What a run did, as data: executions, skips, and the report of the whole run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from ccm_gitops.clock import format_instant

Trigger = Literal["scheduled", "threshold", "changed", "manual", "api", "webhook"]
Status = Literal["pending", "running", "completed", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class ProjectResult:
    """What one execution did in one project (or, with `file`, in one of its context files).

    `previous_score` is that of the last execution that saw the file. `tokens` are those always
    loaded, before; `action` says in a word what became of it:
    `analyzed`, `unchanged`, `committed`, `applied`, `would change`, `ran`, `failed`, …
    """

    id: str
    path: str
    file: str | None = None
    score: int | None = None
    previous_score: int | None = None
    issues: int | None = None
    tokens: int | None = None
    tokens_saved: int = 0
    action: str | None = None
    branch: str | None = None
    commit: str | None = None
    pull_request: str | None = None
    error: str | None = None
    recommendations: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """One element of an EXECUTION's `result.projects`."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One task, run once. `slot` is the instant it was due, `started_at` when it really began.

    `fired` and `changed` are the projects that gave rise to it, where time did not.
    """

    id: str
    task_id: str
    task_name: str
    task_type: str
    machine: str
    trigger: Trigger
    status: Status
    slot: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    duration_ms: int | None = None
    attempts: int = 1
    error: str | None = None
    notifications_sent: tuple[str, ...] = ()
    projects: tuple[ProjectResult, ...] = ()
    alert_threshold: int | None = None
    fired: Mapping[str, float] = field(default_factory=dict)
    changed: tuple[str, ...] = ()

    @property
    def projects_processed(self) -> int:
        """How many projects (not files) were worked on without an error."""
        failed = {result.id for result in self.projects if result.error}
        return len({result.id for result in self.projects} - failed)

    @property
    def issues_found(self) -> int:
        """Findings over all projects."""
        return sum(result.issues or 0 for result in self.projects)

    @property
    def tokens_saved(self) -> int:
        """Tokens that no longer load at each start, over all projects."""
        return sum(result.tokens_saved for result in self.projects)

    @property
    def health_score(self) -> int | None:
        """The mean score of the files that have one, rounded; None where none has."""
        scores = [result.score for result in self.projects if result.score is not None]
        return round(sum(scores) / len(scores)) if scores else None

    def to_json(self) -> dict[str, Any]:
        """The EXECUTION shape of CONTRACT section 4."""
        recommendations = [text for result in self.projects for text in result.recommendations]
        return {
            "id": self.id,
            "task_id": self.task_id,
            "task_name": self.task_name,
            "task_type": self.task_type,
            "machine": self.machine,
            "trigger": self.trigger,
            "status": self.status,
            "slot": _instant(self.slot),
            "started_at": _instant(self.started_at),
            "completed_at": _instant(self.completed_at),
            "duration_ms": self.duration_ms,
            "attempts": self.attempts,
            "projects_processed": self.projects_processed,
            "issues_found": self.issues_found,
            "tokens_saved": self.tokens_saved,
            "error": self.error,
            "notifications_sent": list(self.notifications_sent),
            "fired": dict(self.fired),
            "changed": list(self.changed),
            "result": {
                "projects": [result.to_json() for result in self.projects],
                "health_score": self.health_score,
                "recommendations": recommendations,
            },
        }


@dataclass(frozen=True, kw_only=True)
class Skip:
    """A task that does not run this time, and why."""

    task: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotificationReport:
    """What became of one message. `attempts` counts all runs.

    `waiting`: it is tried again by a later run. `undeliverable`: it was given up and is kept as a
    dead letter, or a variable is missing. `dropped`: its webhook was removed or disabled.
    """

    webhook: str
    event: str
    status: Literal["delivered", "waiting", "undeliverable", "dropped"]
    attempts: int
    reason: str | None = None
    event_id: str
    execution_id: str


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """A whole run; `warnings` are sentences for the person who reads the log."""

    started_at: datetime
    finished_at: datetime
    machine: str
    dry_run: bool
    due: tuple[str, ...]
    skipped: tuple[Skip, ...]
    executions: tuple[Execution, ...]
    notifications: tuple[NotificationReport, ...]
    next_due_at: datetime | None
    warnings: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Did any task fail."""
        return any(execution.status == "failed" for execution in self.executions)

    def to_json(self) -> dict[str, Any]:
        """The shape of `run --json` in CONTRACT section 4."""
        return {
            "started_at": _instant(self.started_at),
            "finished_at": _instant(self.finished_at),
            "machine": self.machine,
            "dry_run": self.dry_run,
            "due": list(self.due),
            "skipped": [{"task": skip.task, "reason": skip.reason} for skip in self.skipped],
            "executions": [execution.to_json() for execution in self.executions],
            "notifications": [asdict(report) for report in self.notifications],
            "next_due_at": _instant(self.next_due_at),
            "warnings": list(self.warnings),
        }


def _instant(moment: datetime | None) -> str | None:
    return format_instant(moment) if moment else None
