"""From JSON to edits of the configuration: pure translations into its keys and values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic.alias_generators import to_camel

from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.edit import REMOVED, new_entry
from ccm_gitops.config.ids import slug
from ccm_gitops.config.model import Task
from ccm_gitops.durations import format_duration
from ccm_gitops.server import wire
from ccm_gitops.server.shapes.tasks import EditableTask, NewTask, TaskChange
from ccm_gitops.server.shapes.webhooks import EditableWebhook, NewWebhook, WebhookChange

Changes = dict[KeyPath, Any]

_TASK_KEYS: Mapping[str, KeyPath] = {
    "name": ("name",),
    "description": ("description",),
    "task_type": ("type",),
    "enabled": ("enabled",),
    "machine_id": ("machine",),
    "project_filter": ("projects",),
    "notify_on_success": ("notify", "on_success"),
    "notify_on_failure": ("notify", "on_failure"),
    "webhook_ids": ("notify", "webhooks"),
    "needs": ("needs",),
}
_WEBHOOK_KEYS: Mapping[str, KeyPath] = {
    "name": ("name",),
    "description": ("description",),
    "webhook_type": ("type",),
    "webhook_url": ("url",),
    "event_types": ("events",),
    "enabled": ("enabled",),
    "machine_id": ("machine",),
    "allow_private": ("allow_private",),
}
# By kind of schedule: where in it the flat fields stand.
_SCHEDULE_KEYS: Mapping[str, Mapping[str, KeyPath]] = {
    "cron": {"cron_expression": ("cron",), "day_match": ("day_match",)},
    "interval": {"interval_minutes": ("interval",)},
    "threshold": {
        "threshold_metric": ("threshold", "metric"),
        "threshold_operator": ("threshold", "operator"),
        "threshold_value": ("threshold", "value"),
        "cooldown": ("threshold", "cooldown"),
        "rearm": ("threshold", "rearm"),
    },
    "manual": {},
}
_NEVER_NULL = ("name", "task_type", "schedule_type", "webhook_type", "webhook_url")


def new_task(order: NewTask) -> dict[str, Any]:
    """The entry of a new task; raises ValueError where something is missing."""
    changes = _changes(order, _TASK_KEYS) | _inner(order, "task_config", "config")
    changes |= _inner(order, "publish", "publish")
    given = order.model_dump(exclude_unset=True)
    changes["schedule",] = schedule(given)
    return {"id": _id(order.id, order.name), **new_entry(changes)}


def task_changes(order: TaskChange, task: Task) -> Changes:
    """What a change of a task changes; raises ValueError where something is missing."""
    given = order.model_dump(exclude_unset=True)
    changes = _changes(order, _TASK_KEYS) | _inner(order, "task_config", "config")
    changes |= _inner(order, "publish", "publish")
    known = wire.schedule_fields(task)
    if given.get("schedule_type", known["schedule_type"]) != known["schedule_type"]:
        changes["schedule",] = schedule(given)
    else:
        changes |= _within_schedule(given, known)
    return _without_noise(changes, is_enabled=task.enabled)


def _within_schedule(given: Mapping[str, Any], known: Mapping[str, Any]) -> Changes:
    """What is new in a schedule of the same kind; what this interface does not know of it stays."""
    kind = known["schedule_type"]
    new = {name for name in given.keys() & known.keys() if given[name] != known[name]}
    if new and kind not in _SCHEDULE_KEYS:
        raise ValueError(f"a schedule of type {kind} is edited in the file, or replaced whole")
    changes: Changes = {}
    for name, place in _SCHEDULE_KEYS.get(kind, {}).items():
        if name in new:
            is_optional = name in ("day_match", "cooldown", "rearm")
            if given[name] is None and not is_optional:
                raise ValueError(f"scheduleType {kind} needs {to_camel(name)}")
            value = _value(given[name])
            changes["schedule", *place] = _minutes(value) if name == "interval_minutes" else value
    return changes


def _minutes(value: float) -> str:
    return format_duration(timedelta(minutes=value))


def new_webhook(order: NewWebhook) -> dict[str, Any]:
    """The entry of a new webhook."""
    changes = _changes(order, _WEBHOOK_KEYS) | _inner(order, "config", "config")
    return {"id": _id(order.id, order.name), **new_entry(changes)}


def webhook_changes(order: WebhookChange, *, is_enabled: bool) -> Changes:
    """What a change of a webhook changes."""
    changes = _changes(order, _WEBHOOK_KEYS) | _inner(order, "config", "config")
    return _without_noise(changes, is_enabled=is_enabled)


def schedule(fields: Mapping[str, Any]) -> Any:
    """The value of `schedule` from the original's flat fields; ValueError where one is missing."""

    def need(name: str, json_name: str) -> Any:
        if fields.get(name) is None:
            raise ValueError(f"scheduleType {fields['schedule_type']} needs {json_name}")
        return fields[name]

    match fields["schedule_type"]:
        case "cron":
            days = fields.get("day_match")
            extra = {"day_match": days} if days and days != "any" else {}
            return {"cron": need("cron_expression", "cronExpression"), **extra}
        case "interval":
            return {"interval": _minutes(need("interval_minutes", "intervalMinutes"))}
        case "threshold":
            return {
                "threshold": {
                    "metric": need("threshold_metric", "thresholdMetric"),
                    "operator": need("threshold_operator", "thresholdOperator"),
                    "value": need("threshold_value", "thresholdValue"),
                    **{
                        key: fields[key]
                        for key in ("cooldown", "rearm")
                        if fields.get(key) is not None
                    },
                }
            }
        case _:
            return "manual"


def variable_for(webhook: str, url: str | None) -> str | None:
    """The variable that stands in the file for a literal address; None where there is none."""
    if url is None or url.startswith("$"):
        return None
    return f"CCM_WEBHOOK_{webhook.upper().replace('-', '_')}"


def _changes(order: EditableTask | EditableWebhook, keys: Mapping[str, KeyPath]) -> Changes:
    given = order.model_dump(exclude_unset=True)
    for name in _NEVER_NULL:
        if name in given and given[name] is None:
            raise ValueError(f"{name.replace('_', ' ')} cannot be null")
    return {path: _value(given[name]) for name, path in keys.items() if name in given}


def _inner(order: EditableTask | EditableWebhook, name: str, key: str) -> Changes:
    """The changes inside a mapping, key by key; null takes the whole mapping out."""
    given = order.model_dump(exclude_unset=True)
    if name not in given:
        return {}
    if given[name] is None:
        return {(key,): REMOVED}
    return {(key, part): _value(value) for part, value in given[name].items()}


def _value(value: Any) -> Any:
    return REMOVED if value is None or value == [] else value


def _without_noise(changes: Changes, *, is_enabled: bool) -> Changes:
    """Nobody wants `enabled: true` written where it is so already."""
    if changes.get(("enabled",)) is is_enabled:
        return {path: value for path, value in changes.items() if path != ("enabled",)}
    return changes


def _id(given: str | None, name: str) -> str:
    id = given or slug(name)
    if not id:
        raise ValueError("no id can be made from this name; give one")
    return id
