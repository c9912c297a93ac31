"""`ccm-gitops analyze`: score context files and say what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ccm_gitops.cli.common import clock, config_option, print_json

if TYPE_CHECKING:
    from ccm_gitops.cli.folders import Project
    from ccm_gitops.context.analysis import Analysis

Analyses = Sequence[tuple[str, "Analysis"]]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json", "sarif", "github", "markdown"]),
    help="How findings are printed; github where $GITHUB_ACTIONS is set, else table.",
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="N", help="Exit 1 below N.")
@config_option
def analyze(
    paths: tuple[str, ...], style: str | None, fail_under: int | None, config_path: str | None
) -> int:
    """Analyse the context files of folders, or single files, as they stand on disk.

    Of a folder: the files that agents load at each start, what those import, rules, nested files
    and skills, each with how it is loaded, and what a start costs in all. Of a folder of projects
    that has no such files itself: each project. Exits with 1 below --fail-under, and when a file
    cannot be read as text.

    \b
    Examples:
      ccm-gitops analyze .
      ccm-gitops analyze CLAUDE.md --fail-under 70
    """
    from ccm_gitops.cli.folders import context_files, find_projects, here, spread
    from ccm_gitops.cli.progress import watched

    now, names = clock().now(), context_files(config_path)
    places = spread(paths or (here(names),), names)
    found_in = watched(find_projects(places, names), len(places))
    projects = [_analyze(project, now) for project in found_in]
    style = style or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "table")
    _RENDER[style]([pair for project in projects for pair in project])
    found = [analysis for project in projects for _, analysis in project]
    lowest = min(analysis.score for analysis in found)
    if any(issue.rule == "unreadable_file" for analysis in found for issue in analysis.issues):
        return 1
    return 1 if fail_under is not None and lowest < fail_under else 0


def _analyze(project: Project, now: datetime) -> Analyses:
    """The files that were asked for, each with what the start that loads it costs in all."""
    from ccm_gitops.context.analysis import analyze as analyze_file

    starting = frozenset[str]().union(*project.inventory.starts)
    others = [file for file in project.inventory.files if file.path in starting]
    files = {file.path: file for file in (*others, *project.files)}
    found = {path: analyze_file(file, project.tree, now=now) for path, file in files.items()}
    cost = {path: analysis.tokens for path, analysis in found.items()}
    return [
        (
            project.path,
            replace(found[file.path], start_tokens=project.inventory.start_cost(file.path, cost)),
        )
        for file in project.files
    ]


def _table(analyses: Analyses) -> None:
    from ccm_gitops.report import table

    click.echo(table.analyses(analyses))


def _json(analyses: Analyses) -> None:
    print_json([{"path": path, **analysis.to_json()} for path, analysis in analyses])


def _sarif(analyses: Analyses) -> None:
    from ccm_gitops.context.rules import RULES
    from ccm_gitops.report import sarif

    print_json(sarif.analyses(analyses, RULES))


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
    "sarif": _sarif,
    "github": _github,
    "markdown": _markdown,
}
