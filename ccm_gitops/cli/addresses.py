"""A webhook's address on the command line: asked for, checked, and kept out of the file."""

from __future__ import annotations

import shlex
from typing import Any

import click

from ccm_gitops.cli.editing import can_ask
from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.formats import is_web_address
from ccm_gitops.errors import UsageError
from ccm_gitops.http.addresses import private_host
from ccm_gitops.notify.overview import shown_url
from ccm_gitops.secrets import variables

Changes = dict[KeyPath, Any]


def ask_for_address(kind: str) -> str:
    """An address for this kind of receiver; what is typed is not shown, but for its host."""
    while True:
        question = "Address, or a variable such as ${SLACK_WEBHOOK_URL} (not shown)"
        url: str = click.prompt(question, hide_input=True, err=True)
        if problem := _problem_of(url, kind):
            click.echo(f"it {problem}", err=True)
            continue
        click.echo(f"  {shown_url(url)}", err=True)
        return url


def checked(changes: Changes, kind: str, *, is_allowed: bool) -> Changes:
    """The changes, with `allow_private` for a private address where a person agrees.

    `is_allowed` is what the file says of that already. Raises UsageError for what is no address.
    """
    url = changes.get(("url",))
    if not isinstance(url, str):
        return changes
    if problem := _problem_of(url, kind):
        raise UsageError(f"--url: {problem}")
    host = private_host(url)
    if host is None or is_allowed or ("allow_private",) in changes:
        return changes
    refused = f"{host} is a private address, and is refused unless it is allowed"
    if can_ask() and click.confirm(f"{refused}. Is it your own?", default=True, err=True):
        return {**changes, ("allow_private",): True}
    click.echo(f"warning: {refused}; if it is your own, give --allow-private", err=True)
    return changes


def kept_out(changes: Changes, id: str, *, literal: bool) -> tuple[dict[KeyPath, Any], list[str]]:
    """The changes with variables for literal secrets, and the lines of a shell that set these."""
    name = f"CCM_WEBHOOK_{id.upper().replace('-', '_')}"
    lines = []
    kept = dict(changes)
    for path, variable in ((("url",), name), (("secret",), f"{name}_SECRET")):
        value = changes.get(path)
        if isinstance(value, str) and not literal and not variables(value):
            kept[path] = f"${{{variable}}}"
            lines.append(f"export {variable}={shlex.quote(value)}")
    return kept, lines


def _problem_of(url: str, kind: str) -> str | None:
    """What is wrong with a literal address that will not stand in the file to be checked."""
    if kind == "apprise" or "$" in url or is_web_address(url):
        return None
    return "must begin with https:// (or http://), or be a variable such as ${NAME}"
