"""Webhooks as JSON; an address is masked on its way out, and is never more than a host."""

from __future__ import annotations

from typing import Any

from ccm_gitops.config.model import EventKind, WebhookType
from ccm_gitops.server.shapes.base import Instant, Order, Shape


class Letter(Shape):
    """A message that was given up."""

    id: str
    event: str
    task_id: str
    created_at: Instant
    attempts: int
    reason: str | None


class Webhook(Shape):
    """A webhook with its health: `ok`, `failing`, `paused` or `unused`."""

    id: str
    name: str
    description: str | None
    webhook_type: WebhookType
    webhook_url: str
    """Masked: the variable that holds it, or its scheme and host."""
    config: dict[str, Any]
    event_types: list[EventKind] | None
    enabled: bool
    machine_id: str | None
    allow_private: bool
    signed: bool
    health: str
    last_used_at: Instant | None
    failure_count: int
    last_error: str | None
    paused_until: Instant | None
    waiting: int
    undeliverable: list[Letter]


class WebhookList(Shape):
    """The webhooks that were asked for, in the order of the file."""

    webhooks: list[Webhook]
    total: int


class TestRequest(Order):
    """Which event the sample is of."""

    __test__ = False  # no test, whatever pytest makes of the name

    event_type: EventKind = "task_completed"


class TestResult(Shape):
    """What the receiver made of a sample."""

    __test__ = False

    success: bool
    status_code: int | None
    message: str
