"""All that the dashboard shows, as data: what its pages, its JSON and its tables share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Price
from ccm_gitops.notify.overview import WebhookHealth
from ccm_gitops.overview import TaskRow
from ccm_gitops.projects.model import Project
from ccm_gitops.report.projects import ProjectView
from ccm_gitops.report.rows import ExecutionRow

if TYPE_CHECKING:
    from ccm_gitops.inspection import Inspection


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

    `tokens_saved_total` counts the executions of the history, kept since `history_since`; of what
    two tasks saved of the same text, and of what one branch proposed one after the other, one
    counts. `money_per_month` is None without a price.
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
