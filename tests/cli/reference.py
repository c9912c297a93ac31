"""docs/cli.md, made from the commands themselves; `python -m tests.cli.reference` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ccm_gitops.cli import cli

FILE = Path(__file__).parents[2] / "docs" / "cli.md"
_HEAD = """\
# The commands

Made from `--help` by `python -m tests.cli.reference`, and held to it by a test. By topic:
[how to …](how-to.md).

Data goes to stdout, words to stderr; with `--json` stdout is one JSON document. Exit codes: 0 done;
1 a task failed, or a check found what it was asked to fail on; 2 usage or configuration; 75 try
again, another runner holds the state. `CCM_NOW` (ISO 8601 with offset) replaces the clock;
`NO_COLOR` takes colour away. Commands that destroy ask on a terminal, and take `--yes`.
"""


def render() -> str:
    """The whole page."""
    pages = "\n".join(f"## {ctx.info_name}\n\n```text\n{_help(ctx)}\n```\n" for ctx in commands())
    return f"{_HEAD}\n{pages}"


def commands(command: click.Command = cli, path: str = "ccm-gitops") -> Iterator[click.Context]:
    """The command and all below it, each as the context of a call by its whole name."""
    context = click.Context(command, info_name=path, terminal_width=96, max_content_width=96)
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, f"{path} {name}")


def _help(context: click.Context) -> str:
    return "\n".join(line.rstrip() for line in context.get_help().splitlines())


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
