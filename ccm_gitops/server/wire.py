"""From models to JSON: pure translations, apart from the routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_camel

from ccm_gitops.clock import parse_instant
from ccm_gitops.config.model import Config, CustomConfig, OptimizeConfig, Publish, TaskConfig
from ccm_gitops.config.model import Task as TaskModel
from ccm_gitops.config.model import Webhook as WebhookModel
from ccm_gitops.durations import format_duration
from ccm_gitops.notify.overview import WebhookRow
from ccm_gitops.overview import TaskRow
from ccm_gitops.report.saving import newly_saved
from ccm_gitops.schedule.model import Changed, Cron, Interval, Manual, Several, Single, Threshold
from ccm_gitops.secrets import MASK, variables
from ccm_gitops.server.shapes.control import NextRun, Today
from ccm_gitops.server.shapes.executions import Execution
from ccm_gitops.server.shapes.tasks import Task, TaskStats
from ccm_gitops.server.shapes.webhooks import Letter, Webhook
from ccm_gitops.state.model import State, TaskState
from ccm_gitops.upcoming import upcoming as slots_of

Line = Mapping[str, Any]


_SCHEDULE_FIELDS = (
    *("cron_expression", "timezone", "day_match", "interval_minutes", "threshold_metric"),
    *("threshold_operator", "threshold_value", "cooldown", "rearm", "changed", "schedules"),
)
_MOST = 1_000  # slots that are listed


def task(model: TaskModel, row: TaskRow, lines: Iterable[Line], running: str | None) -> Task:
    """A task; `lines` are its executions, `running` the one that runs now."""
    return Task(
        id=model.id,
        name=model.name,
        description=model.description,
        task_type=model.type,
        schedule=row.schedule,
        project_filter=list(model.projects) if model.projects is not None else None,
        task_config=task_config(model.config),
        notify_on_success=model.notify.on_success,
        notify_on_failure=model.notify.on_failure,
        webhook_ids=list(model.notify.webhooks),
        machine_id=model.machine,
        enabled=model.enabled,
        publish=_publish(model.publish),
        needs=list(model.needs),
        last_run_at=row.last_run_at,
        last_status=row.last_status,
        next_run_at=row.next_run_at,
        running=running,
        stats=stats(lines),
        **schedule_fields(model),
    )


def schedule_fields(model: TaskModel) -> dict[str, Any]:
    """The fields of the original's flat schedule; those of the other kinds are null."""
    schedule = model.schedule
    if isinstance(schedule, Several):
        parts = [_present(_flat(part)) for part in schedule.parts]
        return _flat(None) | {"schedule_type": "several", "schedules": parts}
    return _flat(schedule)


def _flat(schedule: Single | None) -> dict[str, Any]:
    fields: dict[str, Any] = dict.fromkeys(_SCHEDULE_FIELDS)
    match schedule:
        case None:
            return fields
        case Cron(expression, timezone, day_match):
            given: dict[str, Any] = {
                "schedule_type": "cron",
                "cron_expression": expression,
                "timezone": timezone,
                "day_match": day_match,
            }
        case Interval(every):
            minutes = every / timedelta(minutes=1)
            given = {"schedule_type": "interval", "interval_minutes": minutes}
        case Threshold(metric, operator, value, cooldown, rearm):
            given = {
                "schedule_type": "threshold",
                "threshold_metric": metric,
                "threshold_operator": operator,
                "threshold_value": value,
                "cooldown": format_duration(cooldown) if cooldown else None,
                "rearm": rearm,
            }
        case Changed(patterns):
            given = {"schedule_type": "changed", "changed": list(patterns)}
        case Manual():
            given = {"schedule_type": "manual"}
    return fields | given


def task_config(config: TaskConfig) -> dict[str, Any]:
    """A task's configuration with its defaults; literal values of `env` are masked."""
    fields: dict[str, Any] = asdict(config)
    if isinstance(config, OptimizeConfig):
        least = fields.pop("auto_apply_min_tokens")
        fields["autoApply"] = None if least is None else {"minTokensSaved": least}
    if isinstance(config, CustomConfig):
        fields["env"] = {name: _masked(value) for name, value in config.env.items()}
    if isinstance(fields.get("rules"), dict):
        fields["rules"]["disable"] = sorted(fields["rules"]["disable"])
    return {to_camel(key): value for key, value in _present(fields).items()}


def _publish(publish: Publish) -> dict[str, Any]:
    token = _masked(publish.token) if publish.token else None
    return _present({**asdict(publish), "token": token})


def _masked(template: str) -> str:
    """A reference to a variable as it is; a literal value might be a secret."""
    return template if variables(template) == (template[2:-1],) else MASK


def stats(lines: Iterable[Line]) -> TaskStats:
    """The figures of one task's executions."""
    known = list(lines)
    taken = [line["duration_ms"] for line in known if line["duration_ms"] is not None]
    return TaskStats(
        executions=len(known),
        completed=_count(known, "completed"),
        failed=_count(known, "failed"),
        skipped=_count(known, "skipped"),
        tokens_saved=sum(newly_saved(known)),
        issues_found=sum(line["issues_found"] for line in known),
        average_duration_ms=round(sum(taken) / len(taken)) if taken else None,
    )


def execution(line: Line) -> Execution:
    """One line of the history."""
    names = {name: line.get(name) for name in Execution.model_fields if name in line}
    return Execution(
        **{
            **names,
            "machine_id": line["machine"] or None,
            "trigger_type": line["trigger"],
            "slot": _instant(line.get("slot")),
            "started_at": _instant(line["started_at"]),
            "completed_at": _instant(line["completed_at"]),
        }
    )


def claimed(model: TaskModel, state: TaskState, now: datetime) -> Execution | None:
    """The execution that a claim stands for; `pending` once its lease is over."""
    claim = state.claim
    if claim is None:
        return None
    return Execution(
        id=claim.execution,
        task_id=model.id,
        task_name=model.name,
        task_type=model.type,
        machine_id=claim.machine,
        status="running" if claim.expires_at > now else "pending",
        trigger_type=claim.trigger,
        slot=claim.slot,
        started_at=claim.at,
        completed_at=None,
        duration_ms=None,
        attempts=claim.attempt,
        result=None,
        error=None,
        projects_processed=0,
        issues_found=0,
        tokens_saved=0,
        notifications_sent=[],
    )


def webhook(model: WebhookModel, row: WebhookRow) -> Webhook:
    """A webhook with its health; of its address no more than may be shown."""
    letters = [
        Letter(
            id=item["id"],
            event=item["event"],
            task_id=item["task"],
            created_at=parse_instant(item["created_at"]),
            attempts=item["attempts"],
            reason=item["reason"],
        )
        for item in row.undeliverable
    ]
    return Webhook(
        id=model.id,
        name=model.name,
        description=model.description,
        webhook_type=model.type,
        webhook_url=row.url,
        config={to_camel(key): value for key, value in model.config.items()},
        event_types=sorted(model.events) if model.events else None,
        enabled=model.enabled,
        machine_id=model.machine,
        allow_private=model.allow_private,
        signed=bool(model.secret),
        health=row.health,
        last_used_at=row.last_used_at,
        failure_count=row.failure_count,
        last_error=row.last_error,
        paused_until=row.paused_until,
        waiting=row.waiting,
        undeliverable=letters,
    )


def upcoming(
    config: Config, state: State, machine: str, now: datetime, until: datetime
) -> list[NextRun]:
    """Every slot after now and up to `until` on this machine, earliest first; at most 1,000."""
    tasks = {item.id: item for item in config.tasks}
    slots = (slot for slot in slots_of(config, state, machine, now, until) if not slot.is_due)
    return [
        NextRun(
            task_id=slot.task,
            task_name=slot.name,
            task_type=tasks[slot.task].type,
            at=slot.at,
            machine_id=tasks[slot.task].machine,
        )
        for slot in islice(slots, _MOST)
    ]


def today(lines: Sequence[Line], zone: str, now: datetime) -> Today:
    """The figures of the day in a time zone."""
    day = now.astimezone(ZoneInfo(zone)).date()
    found = [
        (line, saved)
        for line, saved in zip(lines, newly_saved(lines), strict=True)
        if parse_instant(line["started_at"]).astimezone(ZoneInfo(zone)).date() == day
    ]
    known = [line for line, _ in found]
    return Today(
        executions=len(known),
        completed=_count(known, "completed"),
        failed=_count(known, "failed"),
        skipped=_count(known, "skipped"),
        tokens_saved=sum(saved for _, saved in found),
    )


def _count(lines: Iterable[Line], status: str) -> int:
    return sum(line["status"] == status for line in lines)


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
