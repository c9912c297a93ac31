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
    pages = "\n".join(
        f"## {path}\n\n```text\n{text}\n```\n" for path, text in _pages(cli, "ccm-gitops")
    )
    return f"{_HEAD}\n{pages}"


def _pages(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=path, terminal_width=96, max_content_width=96)
    yield path, "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _pages(found, f"{path} {name}")


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
