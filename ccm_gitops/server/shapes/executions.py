"""Executions as JSON."""

from __future__ import annotations

from typing import Any

from ccm_gitops.execution import Status, Trigger
from ccm_gitops.server.shapes.base import Instant, Shape


class Execution(Shape):
    """One execution; `result` has the projects, `pending` is one whose runner died and that
    the next run takes up again.
    """

    id: str
    task_id: str
    task_name: str
    task_type: str
    machine_id: str | None
    status: Status
    trigger_type: Trigger
    slot: Instant | None
    started_at: Instant | None
    completed_at: Instant | None
    duration_ms: int | None
    attempts: int
    result: dict[str, Any] | None
    error: str | None
    projects_processed: int
    issues_found: int
    tokens_saved: int
    notifications_sent: list[str]


class ExecutionList(Shape):
    """A page of executions, newest first; `total` counts all that match."""

    executions: list[Execution]
    total: int
    limit: int
    offset: int
    has_more: bool
