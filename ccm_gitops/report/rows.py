"""Executions as the dashboard lists them, read from the lines of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ccm_gitops.clock import parse_instant


@dataclass(frozen=True, kw_only=True)
class ExecutionRow:
    """One execution with its figures; the projects' results stay in the history."""

    id: str
    task_id: str
    task_name: str
    task_type: str
    machine: str
    trigger: str
    status: str
    started_at: datetime
    duration_ms: int | None
    attempts: int
    projects_processed: int
    issues_found: int
    tokens_saved: int
    error: str | None
    notified: tuple[str, ...]


def execution_row(line: Mapping[str, Any]) -> ExecutionRow:
    """One line of the history; without an error of its own it has that of its first project."""
    errors = (f"{p['id']}: {p['error']}" for p in line["result"]["projects"] if p.get("error"))
    return ExecutionRow(
        id=line["id"],
        task_id=line["task_id"],
        task_name=line["task_name"],
        task_type=line["task_type"],
        machine=line["machine"],
        trigger=line["trigger"],
        status=line["status"],
        started_at=parse_instant(line["started_at"]),
        duration_ms=line["duration_ms"],
        attempts=line["attempts"],
        projects_processed=line["projects_processed"],
        issues_found=line["issues_found"],
        tokens_saved=line["tokens_saved"],
        error=line["error"] or next(errors, None),
        notified=tuple(line["notifications_sent"]),
    )
