"""`ccm-gitops report`: the dashboard as a static site, as Markdown, as tables or as JSON."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ccm_gitops.cli.common import (
    config_option,
    json_option,
    machine_option,
    print_json,
    read_config,
    runtime,
)
from ccm_gitops.cli.parameters import Duration
from ccm_gitops.cli.progress import progress
from ccm_gitops.errors import UsageError

if TYPE_CHECKING:
    from ccm_gitops.report.model import Dashboard
    from ccm_gitops.runtime import Runtime


@click.command()
@config_option
@machine_option
@json_option
@click.option(
    "--html",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the site into this folder.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a job summary.")
@click.option(
    "--inspect-for",
    metavar="DURATION",
    type=Duration(),
    default="1m",
    show_default=True,
    help="How long to look at the projects themselves, for sections, findings and archives; 0s: "
    "only what the history holds. With --html and --json.",
)
@click.option(
    "--check-every",
    metavar="DURATION",
    type=Duration(),
    help="How often a runner is started, as 15m: tells when the next check is, and if it is late.",
)
def report(
    config_path: str | None,
    machine: str,
    as_json: bool,
    folder: Path | None,
    as_markdown: bool,
    inspect_for: timedelta,
    check_every: timedelta | None,
) -> int:
    """Show what is scheduled, what happened, what was saved, and which project decays.

    \b
    Examples:
      ccm-gitops report
      ccm-gitops report --html public
      ccm-gitops report --markdown >> "$GITHUB_STEP_SUMMARY"
    """
    if as_json and as_markdown:
        raise UsageError("give either --json or --markdown")
    time = inspect_for if folder or as_json else timedelta(0)
    config = read_config(config_path)
    with progress() as on_progress:
        board = make_dashboard(runtime(config, on_progress), machine, time, check_every)
    if folder:
        _write_site(board, folder)
    if as_json:
        print_json(board.to_json())
    elif as_markdown or not folder:
        _print_summary(board, as_markdown=as_markdown)
    return 0


def make_dashboard(
    place: Runtime, machine: str, inspect_for: timedelta, check_every: timedelta | None
) -> Dashboard:
    """The dashboard of a configuration as of now; projects are looked at for so long at most."""
    from ccm_gitops.projects.discover import find_projects
    from ccm_gitops.report.dashboard import build_dashboard
    from ccm_gitops.report.model import Surroundings

    found = find_projects(place.config, machine, home=place.home, environ=place.environ)
    inspections = {}
    if inspect_for:
        from ccm_gitops.inspection import inspect_projects

        inspections = inspect_projects(place, found.projects, seconds=inspect_for.total_seconds())
    around = Surroundings(
        machine=machine,
        projects=found.projects,
        inspections=inspections,
        check_every=check_every,
        problems=tuple(map(str, found.problems)),
    )
    return build_dashboard(
        place.config, place.store.load(), place.store.history(), place.clock.now(), around
    )


def _write_site(board: Dashboard, folder: Path) -> None:
    from ccm_gitops.report.html.site import render_site

    site = render_site(board)
    for path, content in site.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    click.echo(f"wrote {len(site)} files; open {folder / 'index.html'}", err=True)


def _print_summary(board: Dashboard, *, as_markdown: bool) -> None:
    from ccm_gitops.report import summary

    text = summary.as_markdown(board) if as_markdown else f"{summary.as_table(board)}\n"
    click.echo(text, nl=False)
