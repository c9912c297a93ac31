"""All that the dashboard shows, as data: what its pages, its JSON and its tables share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Price, Task
from ccm_gitops.notify.overview import WebhookHealth, webhook_rows
from ccm_gitops.overview import TaskRow, executions, task_rows
from ccm_gitops.projects.model import Project
from ccm_gitops.report.projects import ProjectView, project_views
from ccm_gitops.report.rows import ExecutionRow, execution_row
from ccm_gitops.report.saving import newly_saved
from ccm_gitops.schedule import due
from ccm_gitops.sharding import by_task
from ccm_gitops.state.model import State, TaskState
from ccm_gitops.timetable import memories

if TYPE_CHECKING:
    from ccm_gitops.inspection import Inspection

# The newest executions that a dashboard holds; the figures are those of all.
EXECUTIONS = 500
_DAYS = 30
_RECENT = 10


class Health(StrEnum):
    """Is a runner coming: `late` when a slot, or the expected look, is over and nobody came."""

    RUNNING = "running"
    LATE = "late"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Status:
    """The scheduler; `next_check_at` is None where nobody said how often a runner looks.

    `running` maps the tasks that are at work to their machines.
    """

    health: Health
    reason: str
    last_check_at: datetime | None
    machine: str | None
    next_check_at: datetime | None
    next_due_at: datetime | None
    next_due_task: str | None
    running: Mapping[str, str]
    messages_waiting: int
    messages_undeliverable: int


@dataclass(frozen=True, kw_only=True)
class Cards:
    """The figures at the top; days are those of the configuration's time zone.

    `tokens_saved_total` counts the executions of the history, kept since `history_since`, and what
    two tasks saved of the same text once; `money_per_month` is None without a price.
    """

    active_tasks: int
    tasks: int
    executions_today: int
    successful_today: int
    failed_today: int
    skipped_today: int
    tokens_saved_today: int
    tokens_saved_total: int
    history_since: datetime | None
    money_per_month: float | None
    price: Price | None
    projects: int
    mean_score: int | None
    tokens_loaded: int


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """One task; `scope` and `notifies` are ids, scope None for all projects.

    `recent` are the statuses of its last executions, oldest first.
    """

    row: TaskRow
    description: str | None
    scope: tuple[str, ...] | None
    notifies: tuple[str, ...]
    on_success: bool
    on_failure: bool
    needs: tuple[str, ...]
    strategy: str | None
    dry_run: bool
    publish: str | None
    running_on: str | None
    recent: tuple[str, ...]
    tokens_saved: int


@dataclass(frozen=True, kw_only=True)
class WebhookView(WebhookHealth):
    """A webhook without its address, with how many messages were given up."""

    undeliverable: int


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happened on one day."""

    date: date
    completed: int
    failed: int
    skipped: int
    tokens_saved: int


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """The whole of it; `executions` are the newest, newest first, of `executions_total`."""

    generated_at: datetime
    timezone: str
    machine: str
    status: Status
    cards: Cards
    days: tuple[Day, ...]
    tasks: tuple[TaskView, ...]
    executions: tuple[ExecutionRow, ...]
    executions_total: int
    webhooks: tuple[WebhookView, ...]
    projects: tuple[ProjectView, ...]
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape of `report --json`: the fields by name, times as ISO 8601."""
        plain: dict[str, Any] = _plain(self)
        return plain


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is known beside configuration, state and history.

    `inspections` are of the projects that were looked at now, by id; `check_every` is how often a
    runner is expected to look; `problems` are sentences on projects that were not found.
    """

    machine: str
    projects: Sequence[Project] = ()
    inspections: Mapping[str, Inspection] | None = None
    check_every: timedelta | None = None
    problems: tuple[str, ...] = ()


def build_dashboard(
    config: Config,
    state: State,
    history: Iterable[Mapping[str, Any]],
    now: datetime,
    around: Surroundings,
) -> Dashboard:
    """The dashboard as of `now`; `history` are the lines of the store, oldest first."""
    lines = sorted(executions(history), key=lambda line: line["started_at"])
    rows, saved = [execution_row(line) for line in lines], newly_saved(lines)
    zone = ZoneInfo(config.settings.timezone)
    days = _days(zip(rows, saved, strict=True), now.astimezone(zone).date(), zone)
    views = project_views(around.projects, state, lines, around.inspections or {}, now)
    tasks = task_rows(config, state, around.machine, now)
    return Dashboard(
        generated_at=now,
        timezone=config.settings.timezone,
        machine=around.machine,
        status=_status(config, state, tasks, around, now),
        cards=_cards(config, sum(saved), days[-1], views, rows[0].started_at if rows else None),
        days=days,
        tasks=_tasks(config, state, tasks, rows, now),
        executions=tuple(islice(reversed(rows), EXECUTIONS)),
        executions_total=len(rows),
        webhooks=_webhooks(config, state, now),
        projects=views,
        problems=around.problems,
    )


def _status(
    config: Config, state: State, rows: Sequence[TaskRow], around: Surroundings, now: datetime
) -> Status:
    beat = state.heartbeat
    every = around.check_every
    coming = min(
        ((row.next_run_at, row.id) for row in rows if row.next_run_at), default=(None, None)
    )
    health, reason = _health(config, state, around, now)
    waiting = sum(entry.get("state") == "waiting" for entry in state.outbox)
    return Status(
        health=health,
        reason=reason,
        last_check_at=beat.at if beat else None,
        machine=beat.machine if beat else None,
        next_check_at=max(now, beat.at + every) if beat and every else None,
        next_due_at=coming[0],
        next_due_task=coming[1],
        running={
            id: task.claim.machine
            for id, task in state.tasks.items()
            if task.claim and task.claim.expires_at > now
        },
        messages_waiting=waiting,
        messages_undeliverable=len(state.outbox) - waiting,
    )


def _health(
    config: Config, state: State, around: Surroundings, now: datetime
) -> tuple[Health, str]:
    if state.heartbeat is None:
        return Health.NEVER, "No runner has looked yet: `ccm-gitops run` is not being called."
    if around.check_every and now - state.heartbeat.at > 2 * around.check_every:
        return Health.LATE, "The runner did not come when it was expected."
    memory = by_task(state)
    for task in config.tasks:
        known = memory.get(task.id, TaskState())
        if task.machine not in (None, around.machine) or not task.enabled or known.claim:
            continue
        if _is_overdue(task, known, now):
            return Health.LATE, f"{task.id} was due over an hour ago, and no runner came."
    return Health.RUNNING, "Whatever was due has been done."


def _is_overdue(task: Task, known: TaskState, now: datetime) -> bool:
    """Was there a slot that nobody took up within the time that counts as on time."""
    policy = due.Policy(window=timedelta(days=36_500))
    then = now - due.ON_TIME
    return any(
        isinstance(due.decide(part, since=memory.since, now=then, policy=policy), due.Due)
        for part, memory in memories(task.schedule, known)
        if memory.since is not None and memory.since <= then
    )


def _cards(
    config: Config, saved: int, today: Day, views: Sequence[ProjectView], since: datetime | None
) -> Cards:
    price = config.settings.price
    scores = [view.score for view in views if view.score is not None]
    return Cards(
        active_tasks=sum(task.enabled for task in config.tasks),
        tasks=len(config.tasks),
        executions_today=today.completed + today.failed + today.skipped,
        successful_today=today.completed,
        failed_today=today.failed,
        skipped_today=today.skipped,
        tokens_saved_today=today.tokens_saved,
        tokens_saved_total=saved,
        history_since=since,
        money_per_month=price.per_month(saved) if price else None,
        price=price,
        projects=len(views),
        mean_score=round(sum(scores) / len(scores)) if scores else None,
        tokens_loaded=sum(view.tokens or 0 for view in views),
    )


def _days(rows: Iterable[tuple[ExecutionRow, int]], today: date, zone: ZoneInfo) -> tuple[Day, ...]:
    """The last days, oldest first, today included; a row stands with what it saved anew."""
    first = today - timedelta(days=_DAYS - 1)
    statuses: Counter[tuple[date, str]] = Counter()
    saved: Counter[date] = Counter()
    for row, newly in rows:
        day = row.started_at.astimezone(zone).date()
        if first <= day <= today:
            statuses[day, row.status] += 1
            saved[day] += newly
    return tuple(
        Day(
            date=day,
            completed=statuses[day, "completed"],
            failed=statuses[day, "failed"],
            skipped=statuses[day, "skipped"],
            tokens_saved=saved[day],
        )
        for day in (first + timedelta(days=count) for count in range(_DAYS))
    )


def _tasks(
    config: Config,
    state: State,
    rows: Sequence[TaskRow],
    ran: Iterable[ExecutionRow],
    now: datetime,
) -> tuple[TaskView, ...]:
    memory = by_task(state)
    by_id: dict[str, list[ExecutionRow]] = {}
    for execution in ran:
        by_id.setdefault(execution.task_id, []).append(execution)
    return tuple(
        _task(task, row, memory.get(task.id, TaskState()), by_id.get(task.id, []), now)
        for task, row in zip(config.tasks, rows, strict=True)
    )


def _task(
    task: Task, row: TaskRow, known: TaskState, ran: Sequence[ExecutionRow], now: datetime
) -> TaskView:
    return TaskView(
        row=_with_newest(row, ran),
        description=task.description,
        scope=task.projects,
        notifies=task.notify.webhooks,
        on_success=task.notify.on_success,
        on_failure=task.notify.on_failure,
        needs=task.needs,
        strategy=getattr(task.config, "strategy", None),
        dry_run=getattr(task.config, "dry_run", False),
        publish=task.publish.mode if task.type == "optimize" else None,
        running_on=known.claim.machine if known.claim and known.claim.expires_at > now else None,
        recent=tuple(item.status for item in ran[-_RECENT:]),
        tokens_saved=sum(item.tokens_saved for item in ran),
    )


def _with_newest(row: TaskRow, ran: Sequence[ExecutionRow]) -> TaskRow:
    """The history knows of runs that the state does not: those of shards."""
    last = next((item for item in reversed(ran) if item.status != "skipped"), None)
    if last is None or (row.last_run_at and row.last_run_at >= last.started_at):
        return row
    return replace(row, last_run_at=last.started_at, last_status=last.status)


def _webhooks(config: Config, state: State, now: datetime) -> tuple[WebhookView, ...]:
    shared = [item.name for item in fields(WebhookHealth)]
    return tuple(
        WebhookView(
            **{name: getattr(row, name) for name in shared}, undeliverable=len(row.undeliverable)
        )
        for row in webhook_rows(config, state, now)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
