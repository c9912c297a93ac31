"""`ccm-gitops schedule webhooks`: who is told, is it well, a sample, and what was given up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import click

from ccm_gitops.cli.common import (
    clock,
    config_option,
    is_unknown,
    json_option,
    open_store,
    print_json,
    read_config,
)
from ccm_gitops.cli.complete import ids
from ccm_gitops.cli.groups import Group
from ccm_gitops.cli.webhook_editing import WEBHOOK_COMMANDS
from ccm_gitops.config.model import Config, EventKind, Webhook
from ccm_gitops.errors import DeliveryError, UsageError
from ccm_gitops.state.model import State
from ccm_gitops.state.store import Update


@click.group(cls=Group)
def webhooks() -> None:
    """Who is told, is it well, a sample message, and what was given up."""


for _command in WEBHOOK_COMMANDS:
    webhooks.add_command(_command)


@webhooks.command("list")
@config_option
@json_option
def list_(config_path: str | None, as_json: bool) -> int:
    """Every webhook with its health; addresses are masked."""
    from ccm_gitops.notify.overview import webhook_rows
    from ccm_gitops.report import table

    config = read_config(config_path)
    now = clock().now()
    rows = webhook_rows(config, open_store(config).load(), now)
    if as_json:
        print_json([row.to_json() for row in rows])
    else:
        none = "There are no webhooks; `ccm-gitops schedule webhooks add` adds one."
        click.echo(table.webhooks(rows, now) if rows else none)
    return 0


@webhooks.command()
@click.argument("webhook", metavar="ID", shell_complete=ids("webhooks"))
@config_option
@json_option
def show(webhook: str, config_path: str | None, as_json: bool) -> int:
    """One webhook, its health, and the messages to it that were given up."""
    from ccm_gitops.notify.overview import webhook_rows
    from ccm_gitops.report import table

    config = read_config(config_path)
    _find(config, webhook)
    rows = webhook_rows(config, open_store(config).load(), clock().now())
    (row,) = [row for row in rows if row.id == webhook]
    if as_json:
        print_json(row.to_json())
    else:
        click.echo(table.webhook(row))
    return 0


@webhooks.command()
@click.argument("webhook", metavar="ID", shell_complete=ids("webhooks"))
@config_option
@json_option
@click.option("--event", type=click.Choice(get_args(EventKind)), default="task_completed")
@click.option("--dry-run", is_flag=True, help="Print the body, send nothing.")
def test(webhook: str, config_path: str | None, as_json: bool, event: str, dry_run: bool) -> int:
    """Send a sample, marked as one; exit 1 with the receiver's reason when it is not taken.

    A sample that is taken ends a pause of the webhook.

    \b
    Examples:
      ccm-gitops schedule webhooks test dev-alerts
      ccm-gitops schedule webhooks test dev-alerts --event task_failed --dry-run
    """
    from ccm_gitops.notify.deliver import deliver, rendered
    from ccm_gitops.notify.sample import sample

    config = read_config(config_path)
    found = _find(config, webhook)
    kind: EventKind = next(known for known in get_args(EventKind) if known == event)
    entry = sample(found.id, kind, clock().now())
    if dry_run:
        print_json(rendered(entry, found))
        return 0
    attempt = deliver(entry, found, os.environ, clock())
    if attempt.status != "delivered":
        raise DeliveryError(f"{found.id}: not delivered: {attempt.reason}")
    _remember(config, found.id)
    if as_json:
        print_json({"webhook": found.id, "event": event, "status": "delivered"})
    else:
        click.echo(f"{found.id}: delivered, answered {attempt.code}")
    return 0


@webhooks.command()
@click.argument("which", metavar="[ID]", required=False, shell_complete=ids("webhooks"))
@config_option
@json_option
def replay(which: str | None, config_path: str | None, as_json: bool) -> int:
    """Put messages that were given up back in line: the next run sends them.

    ID is a webhook or one message (as `schedule status` lists them); without it, all are sent.
    """
    config = read_config(config_path)
    if which and "/" not in which:
        _find(config, which)
    now = clock().now()

    def change(state: State) -> Update[list[str]]:
        from ccm_gitops.notify.outbox import OutboxEntry, revived

        chosen = [
            raw["id"]
            for raw in state.outbox
            if raw.get("state") == "dead" and which in (None, raw["id"], raw["webhook_id"])
        ]
        outbox = tuple(
            revived(OutboxEntry.from_json(raw), now).to_json() if raw["id"] in chosen else raw
            for raw in state.outbox
        )
        healthy = _unpaused(state, {id.partition("/")[0] for id in chosen})
        return Update(replace(healthy, outbox=outbox), chosen)

    chosen = open_store(config).update(change)
    if which and "/" in which and not chosen:
        raise UsageError(f"no message {which} was given up; `schedule status` lists those that are")
    if as_json:
        print_json({"replayed": chosen})
    else:
        for line in _replayed(chosen):
            click.echo(line)
    return 0


def _replayed(chosen: list[str]) -> Iterator[str]:
    yield from chosen
    many = "" if len(chosen) == 1 else "s"
    yield f"{len(chosen)} message{many} put back in line" if chosen else "nothing was given up"


def _find(config: Config, webhook: str) -> Webhook:
    for found in config.webhooks:
        if found.id == webhook:
            return found
    raise is_unknown("webhook", webhook, [found.id for found in config.webhooks])


def _remember(config: Config, webhook: str) -> None:
    from ccm_gitops.notify.health import after_sample

    now = clock().now()
    open_store(config).update(lambda state: Update(after_sample(state, webhook, now), None))


def _unpaused(state: State, names: set[str]) -> State:
    """The state with these webhooks' failures forgotten."""
    known = {
        id: replace(item, failure_count=0, open_until=None, last_error=None)
        if id in names
        else item
        for id, item in state.webhooks.items()
    }
    return replace(state, webhooks=known)
