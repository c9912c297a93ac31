"""`ccm-gitops schedule webhooks add|edit|enable|disable|delete`: the webhooks of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

import click

from ccm_gitops.cli.addresses import ask_for_address, checked, kept_out
from ccm_gitops.cli.complete import ids
from ccm_gitops.cli.editing import (
    are_missing,
    can_ask,
    delete_entry,
    editing_options,
    hint,
    open_source,
    switch,
    write_back,
    yes_option,
)
from ccm_gitops.cli.task_fields import removals, setting
from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.model import EventKind, WebhookType
from ccm_gitops.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

_PLACES: Mapping[str, KeyPath] = {
    "id": ("id",),
    "name": ("name",),
    "type": ("type",),
    "url": ("url",),
    "event": ("events",),
    "enabled": ("enabled",),
    "machine": ("machine",),
    "description": ("description",),
    "username": ("config", "username"),
    "channel": ("config", "channel"),
    "details_url": ("config", "details_url"),
    "secret": ("secret",),
    "allow_private": ("allow_private",),
}
_OPTIONS = (
    click.option("--name", help="The name that people read."),
    click.option("--type", type=click.Choice(get_args(WebhookType)), help="The receiver's kind."),
    click.option("--url", help="The address; a literal one is kept out of the file."),
    click.option("--secret", help="Signs n8n and generic; a literal one is kept out as well."),
    click.option("--literal", is_flag=True, help="Write address and secret into the file."),
    click.option("--event", multiple=True, type=click.Choice(get_args(EventKind)),
                 help="Only this event; repeatable."),
    click.option("--enabled/--disabled", default=None, help="Whether messages are sent."),
    click.option("--machine", metavar="NAME", help="Only on this machine."),
    click.option("--description", help="A note for people."),
    click.option("--username", help="The sender's name, where the receiver takes one."),
    click.option("--channel", help="The channel, where the receiver takes one."),
    click.option("--details-url", metavar="URL", help="Where the link in the message leads."),
    click.option("--allow-private/--no-allow-private", default=None,
                 help="Whether private addresses may be called."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
                 help="Any other key, as rate_limit=30/m; repeatable."),
)  # fmt: skip


def webhook_options(command: F) -> F:
    """Every flag that says something about a webhook."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.option("--id", "id", metavar="ID", help="The webhook's id; absent: made from the name.")
@webhook_options
@editing_options
def add(config_path: str | None, is_committed: bool, literal: bool, **given: Any) -> int:
    """Add a webhook; its address stays out of the file, and the line that sets it is printed.

    \b
    Examples:
      ccm-gitops schedule webhooks add --type slack --url "https://hooks..." --name "Alerts"
      ccm-gitops schedule webhooks add --id own-n8n --type n8n --url '${N8N_URL}' --allow-private
    """
    from ccm_gitops.config import edit as editing
    from ccm_gitops.config.ids import slug

    source = open_source(config_path)
    changes = _changes(given)
    if missing := _missing(changes):
        if not can_ask():
            raise are_missing(missing)
        changes = _asked(changes)
    id = changes.get(("id",)) or slug(changes.get(("name",), ""))
    changes = checked(changes, changes["type",], is_allowed=False)
    changes, lines = kept_out(changes, id, literal=literal)
    entry = {"id": id, **editing.new_entry(changes)}
    text = editing.add(source.text, "webhooks", entry)
    write_back(source, text, f"Add webhook {id}", is_committed=is_committed)
    _print_variables(lines)
    hint(f"a sample: ccm-gitops schedule webhooks test {id}")
    hint(f"have a task tell it: ccm-gitops schedule edit TASK --webhook {id}")
    return 0


@click.command()
@click.argument("webhook", metavar="ID", shell_complete=ids("webhooks"))
@webhook_options
@click.option("--unset", multiple=True, metavar="KEY", help="Take a key out, as events.")
@editing_options
def edit(
    webhook: str,
    config_path: str | None,
    is_committed: bool,
    literal: bool,
    unset: tuple[str, ...],
    **given: Any,
) -> int:
    """Change a webhook in the configuration; everything else in the file stays as it is.

    \b
    Examples:
      ccm-gitops schedule webhooks edit dev-alerts --event task_failed --event health_alert
      ccm-gitops schedule webhooks edit dev-alerts --set quiet_hours=22:00-07:00 --unset machine
    """
    from ccm_gitops.config.edit import change, entry

    changes = _changes(given) | removals(unset)
    if not changes:
        raise UsageError("nothing was given to change; `webhooks edit --help` lists the flags")
    source = open_source(config_path)
    known = entry(source.text, "webhooks", webhook)
    is_allowed = bool(known.get("allow_private"))
    changes = checked(changes, known.get("type", ""), is_allowed=is_allowed)
    changes, lines = kept_out(changes, webhook, literal=literal)
    text = change(source.text, "webhooks", webhook, changes)
    write_back(source, text, f"Change webhook {webhook}", is_committed=is_committed)
    _print_variables(lines)
    return 0


@click.command()
@click.argument("webhook", metavar="ID", shell_complete=ids("webhooks"))
@editing_options
def enable(webhook: str, config_path: str | None, is_committed: bool) -> int:
    """Send messages there again.

    \b
    Example:
      ccm-gitops schedule webhooks enable dev-alerts
    """
    switch("webhooks", webhook, config_path, enabled=True, is_committed=is_committed)
    return 0


@click.command()
@click.argument("webhook", metavar="ID", shell_complete=ids("webhooks"))
@editing_options
def disable(webhook: str, config_path: str | None, is_committed: bool) -> int:
    """Keep a webhook in the file and send it nothing.

    \b
    Example:
      ccm-gitops schedule webhooks disable dev-alerts
    """
    switch("webhooks", webhook, config_path, enabled=False, is_committed=is_committed)
    return 0


@click.command()
@click.argument("webhook", metavar="ID", shell_complete=ids("webhooks"))
@yes_option
@editing_options
def delete(webhook: str, yes: bool, config_path: str | None, is_committed: bool) -> int:
    """Take a webhook out of the configuration, and out of the tasks that name it.

    \b
    Example:
      ccm-gitops schedule webhooks delete dev-alerts --yes
    """
    delete_entry("webhooks", webhook, config_path, yes=yes, is_committed=is_committed)
    return 0


def _changes(given: Mapping[str, Any]) -> dict[KeyPath, Any]:
    flags = {name: value for name, value in given.items() if value not in (None, ())}
    changes = {
        place: list(flags[name]) if isinstance(flags[name], tuple) else flags[name]
        for name, place in _PLACES.items()
        if name in flags
    }
    return changes | dict(map(setting, flags.get("sets", ())))


def _missing(changes: Mapping[KeyPath, Any]) -> list[str]:
    """What a new webhook needs and was not given, as flags to give."""
    missing = []
    if ("id",) not in changes and ("name",) not in changes:
        missing.append("--name (or --id)")
    if ("type",) not in changes:
        missing.append(f"--type ({', '.join(get_args(WebhookType))})")
    if ("url",) not in changes:
        missing.append("--url")
    return missing


def _asked(changes: dict[KeyPath, Any]) -> dict[KeyPath, Any]:
    if ("id",) not in changes and ("name",) not in changes:
        changes["name",] = click.prompt("Name", err=True)
    if ("type",) not in changes:
        kinds = click.Choice(get_args(WebhookType))
        changes["type",] = click.prompt("The receiver's kind", type=kinds, err=True)
    if ("url",) not in changes:
        changes["url",] = ask_for_address(changes["type",])
    return changes


def _print_variables(lines: list[str]) -> None:
    if lines:
        click.echo("set this where the runner starts; it is not in the file:", err=True)
    for line in lines:
        click.echo(line)


WEBHOOK_COMMANDS = (add, edit, enable, disable, delete)
