"""What the commands share that change the configuration: read, edit, check, write, say so."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from ccm_gitops.cli.common import config_option
from ccm_gitops.cli.everywhere import is_quiet
from ccm_gitops.config.save import Source
from ccm_gitops.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


def editing_options(command: F) -> F:
    """`--config FILE` and `--commit`."""
    commit = click.option(
        "--commit", "is_committed", is_flag=True, help="Commit the file, and nothing else, as well."
    )
    return config_option(commit(command))


def yes_option(command: F) -> F:
    """`--yes/-y`."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask.")(command)


def open_source(config_path: str | None) -> Source:
    """The text of the configuration that the command is about."""
    from ccm_gitops.config.find import find_config
    from ccm_gitops.config.save import read_source

    return read_source(find_config(config_path, os.environ, Path.cwd()))


def write_back(source: Source, text: str, done: str, *, is_committed: bool) -> None:
    """Save the edited text, commit it if asked, and say what was done (`Add task a`)."""
    from ccm_gitops.config.save import save
    from ccm_gitops.gitrepo.own import commit_file

    if text == source.text:
        click.echo(f"{source.path}: nothing to change")
        return
    save(source, text, home=Path.home())
    id = commit_file(source.path, done) if is_committed else ""
    click.echo(f"{source.path}: {done}{f' ({id})' if id else ''}")


def confirm(question: str, *, yes: bool) -> None:
    """Ask on a terminal; raises UsageError where nobody can be asked and --yes is not given."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Without a terminal nobody can be asked; give --yes")
    click.confirm(question, abort=True, err=True)


def can_ask() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def hint(text: str) -> None:
    """What to do next, for a person at a terminal; a script has no use for it."""
    if sys.stderr.isatty() and not is_quiet():
        click.echo(text, err=True)


def are_missing(flags: Iterable[str]) -> UsageError:
    """The complete error for what was neither given nor can be asked."""
    return UsageError(f"missing: {'; '.join(flags)}")


Kind = Literal["tasks", "webhooks"]


def delete_entry(
    kind: Kind, id: str, config_path: str | None, *, yes: bool, is_committed: bool
) -> None:
    """Take a task or a webhook out of the file, and out of the tasks that name it; asks first."""
    from ccm_gitops.config.edit import index_of, remove, users_of

    source = open_source(config_path)
    index_of(source.text, kind, id)
    users = users_of(source.text, kind, id)
    place = "the needs of" if kind == "tasks" else "the tasks"
    also = f", and take it out of {place} {', '.join(users)}" if users else ""
    confirm(f"Delete {kind[:-1]} {id} from {source.path}{also}?", yes=yes)
    text = remove(source.text, kind, id, with_references=True)
    write_back(source, text, f"Delete {kind[:-1]} {id}", is_committed=is_committed)


def switch(
    kind: Kind,
    id: str,
    config_path: str | None,
    *,
    enabled: bool,
    is_committed: bool,
) -> None:
    """Set `enabled` of a task or a webhook; one that is so already stays as it is written."""
    from ccm_gitops.config.edit import change, entry

    source = open_source(config_path)
    text = source.text
    if entry(text, kind, id).get("enabled", True) is not enabled:
        text = change(text, kind, id, {("enabled",): enabled})
    verb = "Enable" if enabled else "Disable"
    write_back(source, text, f"{verb} {kind[:-1]} {id}", is_committed=is_committed)
