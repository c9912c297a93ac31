"""Tasks as JSON."""

from __future__ import annotations

from typing import Any, Literal

from ccm_gitops.config.model import TaskType
from ccm_gitops.schedule.model import DayMatch, Metric, Operator
from ccm_gitops.server.shapes.base import Instant, Order, Shape
from ccm_gitops.server.shapes.executions import Execution

ScheduleType = Literal["cron", "interval", "threshold", "manual"]


class TaskStats(Shape):
    """A task's executions in the history, and what they came to."""

    executions: int
    completed: int
    failed: int
    skipped: int
    tokens_saved: int
    issues_found: int
    average_duration_ms: int | None


class Task(Shape):
    """A task: its declaration, its last and next run, and its figures.

    `schedule` says in words when it runs; `nextRunAt` is null where time does not drive it.
    """

    id: str
    name: str
    description: str | None
    task_type: TaskType
    schedule_type: ScheduleType
    schedule: str
    cron_expression: str | None
    timezone: str | None
    day_match: DayMatch | None
    interval_minutes: float | None
    threshold_metric: Metric | None
    threshold_operator: Operator | None
    threshold_value: float | None
    cooldown: str | None
    project_filter: list[str] | None
    task_config: dict[str, Any]
    notify_on_success: bool
    notify_on_failure: bool
    webhook_ids: list[str]
    machine_id: str | None
    enabled: bool
    publish: dict[str, Any]
    needs: list[str]
    last_run_at: Instant | None
    last_status: str | None
    next_run_at: Instant | None
    running: str | None
    """The execution that is running now."""
    stats: TaskStats


class TaskDetail(Task):
    """A task with its newest executions, newest first."""

    recent_executions: list[Execution]


class TaskList(Shape):
    """The tasks that were asked for, in the order of the file."""

    tasks: list[Task]
    total: int


class RunRequest(Order):
    """Who starts it: a person (`manual`) or a program (`api`)."""

    trigger_type: Literal["manual", "api"] = "api"


class Started(Shape):
    """An execution that has begun; it goes on after the answer."""

    execution_id: str
    task_id: str
    status: Literal["running"] = "running"
