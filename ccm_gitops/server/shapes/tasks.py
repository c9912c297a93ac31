"""Tasks as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictFloat, StrictInt

from ccm_gitops.config.model import MoveTo, PublishMode, Strategy, TaskType
from ccm_gitops.schedule.model import DayMatch, Metric, Operator
from ccm_gitops.server.shapes.base import Id, Instant, Line, Order, Shape, Text
from ccm_gitops.server.shapes.executions import Execution

ScheduleType = Literal["cron", "interval", "threshold", "manual"]
# The last two are written in the file, and not by this interface.
AnyScheduleType = Literal["cron", "interval", "threshold", "manual", "changed", "several"]
Expression = Annotated[str, Field(min_length=1, max_length=200, examples=["0 9 * * *"])]
Minutes = Annotated[int, Field(ge=1, le=10_000_000, examples=[1440])]
Value = Annotated[StrictInt | StrictFloat, Field(ge=-1e12, le=1e12, examples=[60])]
Score = Annotated[int, Field(ge=0, le=100)]
Duration = Annotated[str, Field(pattern=r"^([0-9]+[dhms])+$", max_length=40, examples=["1d"])]
Patterns = Annotated[list[Line], Field(min_length=1, max_length=1000)]
Ids = Annotated[list[Id], Field(max_length=100)]


class AutoApply(Order):
    """When a change goes straight to the base branch."""

    min_tokens_saved: Annotated[int, Field(ge=0)]


class TaskConfig(Order):
    """What a task's type can be told; keys of another type are refused."""

    include_health_score: bool | None = None
    alert_only: bool | None = None
    max_projects: Annotated[int | None, Field(ge=1)] = None
    rules: dict[str, Any] | list[str | dict[str, Any]] | None = None
    strategy: Strategy | None = None
    move_to: MoveTo | None = None
    dry_run: bool | None = None
    min_score: Score | None = None
    auto_apply: AutoApply | None = None
    alert_threshold: Score | None = None
    include_recommendations: bool | None = None


class Publish(Order):
    """How a change leaves."""

    mode: PublishMode | None = None
    branch: Line | None = None
    push: Line | None = None


class EditableTask(Order):
    """What can be said of a task, in its creation and in a change; a key left out says nothing."""

    description: Text | None = None
    cron_expression: Expression | None = None
    day_match: DayMatch | None = None
    interval_minutes: Minutes | None = None
    threshold_metric: Metric | None = None
    threshold_operator: Operator | None = None
    threshold_value: Value | None = None
    cooldown: Duration | None = None
    rearm: Value | None = None
    """After it was due: how far the metric must come back before another crossing counts."""
    project_filter: Patterns | None = None
    """Ids of projects, or globs over ids; null: all."""
    task_config: TaskConfig | None = None
    notify_on_success: bool | None = None
    notify_on_failure: bool | None = None
    webhook_ids: Ids | None = None
    machine_id: Line | None = None
    """The runner that the task is for; null: every one."""
    enabled: bool | None = None
    publish: Publish | None = None
    needs: Ids | None = None


class NewTask(EditableTask):
    """A task to create; without an `id` it is made from the name. `custom` ones are refused."""

    id: Id | None = None
    name: Line
    task_type: TaskType
    schedule_type: ScheduleType


class TaskChange(EditableTask):
    """What to change; a key that is there and null goes back to its default."""

    name: Line | None = None
    task_type: TaskType | None = None
    schedule_type: ScheduleType | None = None


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
    schedule_type: AnyScheduleType
    schedule: str
    cron_expression: str | None
    timezone: str | None
    day_match: DayMatch | None
    interval_minutes: float | None
    threshold_metric: Metric | None
    threshold_operator: Operator | None
    threshold_value: float | None
    cooldown: str | None
    rearm: float | None
    changed: list[str] | None
    """The patterns of files that are watched."""
    schedules: list[dict[str, Any]] | None
    """The schedules of a task that has several, each with the fields of its kind."""
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
