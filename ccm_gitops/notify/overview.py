"""The webhooks as people want to see them: who is told what, is it well, what was given up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Webhook
from ccm_gitops.notify.health import is_open
from ccm_gitops.secrets import MASK
from ccm_gitops.state.model import State, WebhookState

_VARIABLE = re.compile(r"\$\{(\w+)(:-[^}]*)?\}")
_PLACE = re.compile(r"(https?://)(?:[^/?#@]*@)?([\w.:\[\]-]+)(?=[/?#]|$)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class WebhookHealth:
    """A webhook and how it is: `health` is `ok`, `failing`, `paused` or `unused`."""

    id: str
    name: str
    type: str
    events: tuple[str, ...] | None
    enabled: bool
    machine: str | None
    health: str
    failure_count: int
    last_used_at: datetime | None
    last_error: str | None
    paused_until: datetime | None
    waiting: int


@dataclass(frozen=True, kw_only=True)
class WebhookRow(WebhookHealth):
    """With its masked address, and the messages that were given up."""

    url: str
    undeliverable: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The shape of `schedule webhooks list --json`."""
        times = {"last_used_at": self.last_used_at, "paused_until": self.paused_until}
        return {
            **self.__dict__,
            **{key: format_instant(at) if at else None for key, at in times.items()},
        }


def webhook_rows(config: Config, state: State, now: datetime) -> tuple[WebhookRow, ...]:
    """A row a webhook, in the order of the file."""
    return tuple(
        _row(webhook, state.webhooks.get(webhook.id, WebhookState()), state, now)
        for webhook in config.webhooks
    )


def dead_letters(state: State) -> tuple[dict[str, Any], ...]:
    """The messages that were given up, oldest first, each with its reason."""
    return tuple(
        {
            "id": entry["id"],
            "webhook": entry["webhook_id"],
            "event": entry["event"]["kind"],
            "task": entry["event"]["task_id"],
            "created_at": entry["created_at"],
            "attempts": entry["attempts"],
            "reason": entry.get("last_error"),
        }
        for entry in state.outbox
        if entry.get("state") == "dead"
    )


def waiting_and_given_up(state: State) -> tuple[int, int]:
    """How many messages wait to be delivered, and how many were given up."""
    waiting = sum(entry.get("state") == "waiting" for entry in state.outbox)
    return waiting, len(state.outbox) - waiting


def paused(state: State, now: datetime) -> dict[str, str]:
    """By webhook: until when nothing is sent to it, and why."""
    return {
        id: f"until {format_instant(item.open_until.replace(microsecond=0))}: {item.last_error}"
        for id, item in state.webhooks.items()
        if item.open_until and is_open(item, now)
    }


def shown_url(template: str) -> str:
    """What may be shown of a URL: names of variables, and scheme and host of what is literal."""
    if variable := _VARIABLE.fullmatch(template.strip()):
        return f"${{{variable[1]}:-{MASK}}}" if variable[2] else f"${{{variable[1]}}}"
    place = _PLACE.match(template.strip())
    return f"{place[1]}{place[2]}/{MASK}" if place else MASK


def _row(webhook: Webhook, health: WebhookState, state: State, now: datetime) -> WebhookRow:
    mine = [entry for entry in state.outbox if entry.get("webhook_id") == webhook.id]
    return WebhookRow(
        id=webhook.id,
        name=webhook.name,
        type=webhook.type,
        url=shown_url(webhook.url),
        events=tuple(sorted(webhook.events)) if webhook.events else None,
        enabled=webhook.enabled,
        machine=webhook.machine,
        health=_in_a_word(health, now),
        failure_count=health.failure_count,
        last_used_at=health.last_used_at,
        last_error=health.last_error,
        paused_until=health.open_until if is_open(health, now) else None,
        waiting=sum(entry.get("state") == "waiting" for entry in mine),
        undeliverable=tuple(d for d in dead_letters(state) if d["webhook"] == webhook.id),
    )


def _in_a_word(health: WebhookState, now: datetime) -> str:
    if is_open(health, now):
        return "paused"
    if health.failure_count:
        return "failing"
    return "ok" if health.last_used_at else "unused"
