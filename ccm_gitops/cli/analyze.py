"""`ccm-gitops analyze`: score context files and say what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from ccm_gitops.cli.common import clock, print_json

if TYPE_CHECKING:
    from ccm_gitops.context.analysis import Analysis

Analyses = Sequence[tuple[str, "Analysis"]]


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json", "github", "markdown"]),
    help="How findings are printed; github where $GITHUB_ACTIONS is set, else table.",
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="N", help="Exit 1 below N.")
def analyze(paths: tuple[str, ...], style: str | None, fail_under: int | None) -> int:
    """Analyse the context files of folders, or single files, as they stand on disk.

    \b
    Examples:
      ccm-gitops analyze .
      ccm-gitops analyze CLAUDE.md --fail-under 70
    """
    from ccm_gitops.cli.folders import find_files
    from ccm_gitops.context.analysis import analyze as analyze_file

    now = clock().now()
    analyses = [
        (found.path, analyze_file(found.file, found.tree, now=now)) for found in find_files(paths)
    ]
    style = style or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "table")
    _RENDER[style](analyses)
    lowest = min(analysis.score for _, analysis in analyses)
    return 1 if fail_under is not None and lowest < fail_under else 0


def _table(analyses: Analyses) -> None:
    from ccm_gitops.report import table

    click.echo(table.analyses(analyses))


def _json(analyses: Analyses) -> None:
    print_json([{"path": path, **analysis.to_json()} for path, analysis in analyses])


def _github(analyses: Analyses) -> None:
    from ccm_gitops.report.github import analysis_annotations

    for path, analysis in analyses:
        for line in analysis_annotations(path, analysis):
            click.echo(line)


def _markdown(analyses: Analyses) -> None:
    from ccm_gitops.report import markdown

    click.echo(markdown.analyses(analyses), nl=False)


_RENDER: dict[str, Callable[[Analyses], None]] = {
    "table": _table,
    "json": _json,
    "github": _github,
    "markdown": _markdown,
}
