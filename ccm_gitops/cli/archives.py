"""`ccm-gitops archives`: what an optimisation moved out, and back again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ccm_gitops.cli import complete
from ccm_gitops.cli.common import is_unknown, json_option, print_json
from ccm_gitops.cli.everywhere import is_quiet
from ccm_gitops.cli.groups import Group
from ccm_gitops.errors import ContextError, UsageError

if TYPE_CHECKING:
    from ccm_gitops.context.archive import Entry
    from ccm_gitops.projects.folder import FolderTree

path_option = click.option(
    "--path",
    default=lambda: _here(),
    type=click.Path(),
    metavar="DIR",
    show_default="the project one is in",
    help="The project's folder, as it stands on disk.",
)


@click.group(cls=Group)
def archives() -> None:
    """What an optimisation moved out: list, show, put back."""


@archives.command("list")
@path_option
@json_option
def list_(path: str, as_json: bool) -> int:
    """Every piece of text that was moved out, oldest first."""
    from ccm_gitops.clock import format_instant
    from ccm_gitops.report.layout import table

    headers = ["id", "source", "section", "lines", "tokens", "date", "path"]
    rows = [
        [
            entry.id,
            entry.source,
            " > ".join(entry.section),
            f"{entry.lines[0]}-{entry.lines[1]}",
            entry.tokens,
            format_instant(entry.date),
            where,
        ]
        for where, entry in _entries(_tree(path))
    ]
    if as_json:
        print_json([dict(zip(headers, row, strict=True)) for row in rows])
    else:
        click.echo(table(headers, rows, right=(4,)) if rows else "Nothing was moved out.")
    return 0


@archives.command()
@click.argument("id", metavar="ID", shell_complete=complete.pieces)
@path_option
def show(id: str, path: str) -> int:
    """The text of one piece, as it stood in the context file."""
    from ccm_gitops.context.restoring import read_archives

    tree = _tree(path)
    source = _entry(tree, id).source
    [entry] = read_archives(tree, source, {id})
    click.echo(entry.text, nl=False)
    return 0


@archives.command()
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete.pieces)
@click.option("--all", "everything", is_flag=True, help="Every piece of every archive.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@path_option
def restore(ids: tuple[str, ...], everything: bool, yes: bool, path: str) -> int:
    """Put text back at its place and take it out of its archive.

    \b
    Examples:
      ccm-gitops archives restore --all
      ccm-gitops archives restore completed-work-93da94e5
    """
    from ccm_gitops.context.restoring import put_back
    from ccm_gitops.publish.worktree import write_files

    if bool(ids) == everything:
        raise UsageError("name the pieces to restore, or give --all")
    tree = _tree(path)
    chosen = [_entry(tree, id) for id in ids] if ids else [entry for _, entry in _entries(tree)]
    files = put_back(tree, chosen)
    if not files:
        click.echo("there is nothing to restore")
        return 0
    if not yes and not sys.stdin.isatty():
        raise UsageError("without a terminal nobody can be asked; give --yes")
    if not yes:
        click.confirm(
            f"Put back {len(chosen)} of what was moved out, changing {', '.join(files)}?",
            abort=True,
        )
    before = {name: data for name in files if (data := tree.read(name)) is not None}
    published = write_files(tree.root, files, before)
    if published.action == "refused":
        raise ContextError(f"{path}: {published.reason}")
    click.echo(f"restored {len(chosen)} piece{'' if len(chosen) == 1 else 's'}")
    if not is_quiet():
        click.echo(
            "the next run may propose it again; what has `<!-- ccm: keep -->` stays", err=True
        )
    return 0


def _here() -> str:
    from ccm_gitops.cli.folders import here

    return here()


def _tree(path: str) -> FolderTree:
    from ccm_gitops.projects.folder import FolderTree

    if not Path(path).is_dir():
        raise UsageError(f"{path}: there is no such folder")
    return FolderTree(Path(path))


def _entries(tree: FolderTree) -> list[tuple[str, Entry]]:
    from ccm_gitops.context.restoring import all_entries

    return list(all_entries(tree))


def _entry(tree: FolderTree, id: str) -> Entry:
    found = [entry for _, entry in _entries(tree) if entry.id == id]
    if not found:
        raise is_unknown("archived piece", id, [entry.id for _, entry in _entries(tree)])
    return found[0]
