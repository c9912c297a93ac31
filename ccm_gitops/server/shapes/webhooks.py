"""Webhooks as JSON; an address is masked on its way out, and is never more than a host."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ccm_gitops.config.model import EventKind, WebhookType
from ccm_gitops.server.shapes.base import Id, Instant, Line, Order, Shape, Text

# `${NAME}` or an address; a variable inside an address could carry a secret to somebody's host.
Url = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=r"^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|https?://[^\s/$\x00-\x1f][^\s$\x00-\x1f]*)$",
        examples=["${SLACK_WEBHOOK_URL}"],
    ),
]
Events = Annotated[list[EventKind], Field(min_length=1)]


class WebhookConfig(Order):
    """How the messages look."""

    username: Line | None = None
    channel: Line | None = None
    details_url: Line | None = None
    title: Text | None = None
    message: Text | None = None


class EditableWebhook(Order):
    """What can be said of a webhook, in its creation and in a change."""

    description: Text | None = None
    config: WebhookConfig | None = None
    event_types: Events | None = None
    """The events that are sent; null: all."""
    enabled: bool | None = None
    machine_id: Line | None = None
    allow_private: bool | None = None
    """Whether loopback and private addresses may be called."""


class NewWebhook(EditableWebhook):
    """A webhook to create; without an `id` it is made from the name."""

    id: Id | None = None
    name: Line
    webhook_type: WebhookType
    webhook_url: Url


class WebhookChange(EditableWebhook):
    """What to change; a key that is there and null goes back to its default."""

    name: Line | None = None
    webhook_type: WebhookType | None = None
    webhook_url: Url | None = None


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


class EditedWebhook(Webhook):
    """A webhook as it is now, and the variable that its address must be put into, if any.

    This process knows the address until it ends; every later one has to be given the variable.
    """

    set_variable: str | None


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
