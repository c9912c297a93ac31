"""The manual page, made from the commands themselves; `make man` writes it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from ccm_gitops import __version__
from ccm_gitops.cli import cli
from tests.cli.reference import commands

_CLOSING = {
    "EXIT STATUS": {
        "0": "Done; nothing due is done, too.",
        "1": "A task failed, or a check found what it was asked to fail on.",
        "2": "Usage or configuration.",
        "75": "Try again: another runner holds the state.",
    },
    "ENVIRONMENT": {
        "CCM_CONFIG": "The configuration, where no --config is given.",
        "CCM_MACHINE": "The runner's name, else that of the host.",
        "CCM_NOW": "Replaces the clock; ISO 8601 with offset.",
        "CCM_TOKEN": "The token of serve.",
        "NO_COLOR": "Takes colour away.",
    },
    "FILES": {
        "schedules.yaml": "The configuration: in this folder, or above it in its repository.",
        ".ccm/state.json": "The state, beside the configuration, with the history in history/.",
    },
}


def render() -> str:
    """The page in the man macros; format: man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH CCM-GITOPS 1 "" "ccm-gitops {__version__}" "User Commands"'
    yield from (".SH NAME", f"ccm-gitops \\- {_escaped((cli.help or '').rstrip('.'))}")
    yield from (".SH SYNOPSIS", ".B ccm-gitops", _escaped("COMMAND [OPTIONS] [ARGS]..."))
    yield ".SH COMMANDS"
    for context in commands():
        if not isinstance(context.command, click.Group):
            yield from _command(context)
    for title, entries in _CLOSING.items():
        yield f".SH {title}"
        for name, text in entries.items():
            yield from (".TP", f".B {_escaped(name)}", _escaped(text))


def _command(context: click.Context) -> Iterator[str]:
    usage = " ".join(context.command.collect_usage_pieces(context))
    yield f'.SS "{_escaped(f"{context.info_name} {usage}")}"'
    for paragraph in inspect.cleandoc(context.command.help or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield from (".PP", ".nf", *map(_escaped, paragraph[2:].splitlines()), ".fi")
        else:
            yield from (".PP", _escaped(" ".join(paragraph.split())))
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            yield from (".TP", f".B {_escaped(record[0])}", _escaped(record[1]))


def _escaped(text: str) -> str:
    """A line of text: none of its characters is a request or an escape."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


if __name__ == "__main__":
    click.echo(render(), nl=False)
