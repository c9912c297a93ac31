"""`ccm-gitops optimize`: show or write the optimised context files of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ccm_gitops.cli.common import clock, print_json
from ccm_gitops.errors import ContextError, UsageError

if TYPE_CHECKING:
    from ccm_gitops.cli.folders import Found
    from ccm_gitops.context.optimize import Optimization


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--strategy", default="moderate", show_default=True, metavar="S")
@click.option("--diff", "as_diff", is_flag=True, help="Print the change as a diff.")
@click.option("--write", is_flag=True, help="Write the change into the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def optimize(
    paths: tuple[str, ...], strategy: str, as_diff: bool, write: bool, as_json: bool
) -> int:
    """Show what an optimisation would do to the context files of folders, or do it.

    Nothing is lost: every block stays, or is in a file that is written beside it; this is proved
    before anything is written, and `ccm-gitops archives restore` is the way back.

    \b
    Examples:
      ccm-gitops optimize .
      ccm-gitops optimize . --diff
      ccm-gitops optimize . --write
    """
    from ccm_gitops.cli.folders import find_files
    from ccm_gitops.context.optimize import STRATEGIES
    from ccm_gitops.context.optimize import optimize as optimize_file

    if as_diff and write:
        raise UsageError("--diff shows the change and --write makes it; give one of them")
    if strategy not in STRATEGIES:
        raise UsageError(f"there is no strategy {strategy}; there are {', '.join(STRATEGIES)}")
    done: list[tuple[Found, Optimization]] = []
    for found in find_files(paths):
        optimization = optimize_file(found.file, found.tree, strategy=strategy, now=clock().now())
        if write:
            _write(found, optimization)
        done.append((found, optimization))
    _render(done, as_json=as_json, as_diff=as_diff)
    return 0


def _write(found: Found, optimization: Optimization) -> None:
    from ccm_gitops.publish.worktree import write_files

    published = write_files(found.root, optimization.files, optimization.originals)
    if published.action == "refused":
        raise ContextError(f"{found.path}: {published.reason}")


def _render(done: list[tuple[Found, Optimization]], *, as_json: bool, as_diff: bool) -> None:
    if as_json:
        print_json([{"path": found.path, **item.to_json()} for found, item in done])
    elif as_diff:
        for _, item in done:
            click.echo(item.diff(), nl=False)
    else:
        from ccm_gitops.report import table

        click.echo(table.optimizations([(found.path, item) for found, item in done]))
