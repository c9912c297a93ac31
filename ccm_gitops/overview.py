"""The tasks and their executions as people want to see them: what, when last, when next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Task
from ccm_gitops.pausing import is_paused
from ccm_gitops.schedule.words import describe
from ccm_gitops.sharding import by_task
from ccm_gitops.state.model import State, TaskState
from ccm_gitops.timetable import coming


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One task; `schedule` is in words, `next_run_at` None where time does not drive it."""

    id: str
    name: str
    type: str
    schedule: str
    enabled: bool
    machine: str | None
    last_run_at: datetime | None
    last_status: str | None
    next_run_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """The shape of `schedule list --json`."""
        return {
            **self.__dict__,
            "last_run_at": format_instant(self.last_run_at) if self.last_run_at else None,
            "next_run_at": format_instant(self.next_run_at) if self.next_run_at else None,
        }


def task_rows(config: Config, state: State, machine: str, now: datetime) -> tuple[TaskRow, ...]:
    """A row a task, in the order of the file."""
    memory = by_task(state)
    return tuple(
        _row(config, task, memory.get(task.id, TaskState()), machine, now) for task in config.tasks
    )


def running(state: State, now: datetime) -> dict[str, str]:
    """The tasks, or parts of them, that are at work, each with its machine."""
    claims = {id: task.claim for id, task in state.tasks.items() if task.claim}
    return {id: claim.machine for id, claim in claims.items() if claim.expires_at > now}


def executions(lines: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The executions of a history with who was told; of a repeated one, the last line."""
    newest: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line.get("kind") == "execution":
            newest[line["id"]] = dict(line)
        elif line.get("kind") == "notification" and line["status"] == "delivered":
            told = newest.get(line["execution_id"], {}).get("notifications_sent")
            if told is not None and line["webhook"] not in told:
                told.append(line["webhook"])
    return list(newest.values())


def _row(config: Config, task: Task, state: TaskState, machine: str, now: datetime) -> TaskRow:
    is_held = not task.enabled or is_paused(config.settings, state)
    runs_here = not is_held and task.machine in (None, machine)
    return TaskRow(
        id=task.id,
        name=task.name,
        type=task.type,
        schedule=describe(task.schedule, config.settings.timezone),
        enabled=task.enabled,
        machine=task.machine,
        last_run_at=state.last.started_at if state.last else None,
        last_status=state.last.status if state.last else None,
        next_run_at=next(coming(task.schedule, state, now), None) if runs_here else None,
    )
