"""From configuration, state and history to the dashboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from ccm_gitops.config.model import Config, Task
from ccm_gitops.notify.overview import WebhookHealth, waiting_and_given_up, webhook_rows
from ccm_gitops.overview import TaskRow, executions, running, task_rows
from ccm_gitops.pausing import is_paused
from ccm_gitops.report.model import (
    Cards,
    Dashboard,
    Day,
    Health,
    Status,
    Surroundings,
    TaskView,
    WebhookView,
)
from ccm_gitops.report.projects import ProjectView, project_views
from ccm_gitops.report.rows import ExecutionRow, execution_row
from ccm_gitops.report.saving import newly_saved
from ccm_gitops.schedule import due
from ccm_gitops.sharding import by_task
from ccm_gitops.state.model import State, TaskState
from ccm_gitops.timetable import memories

# The newest executions that a dashboard holds; the figures are those of all.
EXECUTIONS = 500
_DAYS = 30
_Ran = tuple[ExecutionRow, Mapping[str, Any]]  # an execution with its line of the history
_RECENT = 10


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
        tasks=_tasks(config, state, tasks, list(zip(rows, lines, strict=True)), now),
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
    waiting, given_up = waiting_and_given_up(state)
    return Status(
        health=health,
        reason=reason,
        last_check_at=beat.at if beat else None,
        machine=beat.machine if beat else None,
        next_check_at=max(now, beat.at + every) if beat and every else None,
        next_due_at=coming[0],
        next_due_task=coming[1],
        running=running(state, now),
        messages_waiting=waiting,
        messages_undeliverable=given_up,
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
        is_held = not task.enabled or is_paused(config.settings, known)
        if task.machine not in (None, around.machine) or is_held or known.claim:
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
    ran: Iterable[_Ran],
    now: datetime,
) -> tuple[TaskView, ...]:
    memory = by_task(state)
    by_id: dict[str, list[_Ran]] = {}
    for row, line in ran:
        by_id.setdefault(row.task_id, []).append((row, line))
    return tuple(
        _task(task, row, memory.get(task.id, TaskState()), by_id.get(task.id, []), now)
        for task, row in zip(config.tasks, rows, strict=True)
    )


def _task(
    task: Task, row: TaskRow, known: TaskState, ran: Sequence[_Ran], now: datetime
) -> TaskView:
    return TaskView(
        row=_with_newest(row, [execution for execution, _ in ran]),
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
        recent=tuple(execution.status for execution, _ in ran[-_RECENT:]),
        tokens_saved=sum(newly_saved([line for _, line in ran])),
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
