"""`ccm-gitops schedule history`: what ran, newest first, or everything that was written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, get_args

import click

from ccm_gitops.cli.common import (
    clock,
    config_option,
    json_option,
    open_store,
    print_json,
    read_config,
)
from ccm_gitops.cli.complete import ids
from ccm_gitops.cli.parameters import Duration
from ccm_gitops.clock import parse_instant
from ccm_gitops.execution import Trigger

Line = Mapping[str, Any]


@click.command()
@config_option
@json_option
@click.option("--task", metavar="ID", shell_complete=ids("tasks"), help="Only this task's.")
@click.option("--status", type=click.Choice(["completed", "failed", "skipped"]))
@click.option(
    "--trigger", type=click.Choice(get_args(Trigger)), help="Only what this gave rise to."
)
@click.option("--project", metavar="ID", shell_complete=ids("projects"), help="Only in this one.")
@click.option("--ran-on", metavar="MACHINE", help="Only what ran on this machine.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@click.option(
    "--since",
    metavar="DURATION",
    type=Duration(),
    help="Only what started within this time, as 7d.",
)
@click.option("--all", "is_whole", is_flag=True, help="Claims, retries, messages and so on too.")
def history(
    config_path: str | None,
    as_json: bool,
    limit: int,
    since: timedelta | None,
    is_whole: bool,
    **filters: str | None,
) -> int:
    """The newest executions, newest first; with --all every line of the history.

    \b
    Examples:
      ccm-gitops schedule history --task daily-analysis --status failed --since 7d
      ccm-gitops schedule history --all --limit 50
    """
    from ccm_gitops.overview import executions as of_history
    from ccm_gitops.report import audit_trail, table

    config = read_config(config_path)
    now = clock().now()
    lines = open_store(config).history()
    fits = _filter(filters, now - since if since else None)
    found = [line for line in (lines if is_whole else of_history(lines)) if fits(line)]
    newest = found[: -limit - 1 : -1]
    if as_json:
        print_json(newest)
    elif newest:
        click.echo(audit_trail.trail(newest) if is_whole else table.history(newest, now))
    else:
        click.echo("Nothing such has run.")
    return 0


def _filter(filters: Mapping[str, str | None], earliest: datetime | None) -> Callable[[Line], bool]:
    """Does a line have the values that were asked for."""
    wanted = {
        name: filters[flag]
        for name, flag in (
            *(("task_id", "task"), ("status", "status")),
            *(("trigger", "trigger"), ("machine", "ran_on")),
        )
        if filters[flag]
    }
    project = filters["project"]

    def fits(line: Line) -> bool:
        if any(line.get(name) != value for name, value in wanted.items()):
            return False
        if project and project not in _projects(line):
            return False
        began = line.get("started_at") or line["at"]
        return earliest is None or parse_instant(began) >= earliest

    return fits


def _projects(line: Line) -> Iterable[Any]:
    """The projects that a line is about."""
    if "project" in line:
        return (line["project"],)
    return (item["id"] for item in line.get("result", {}).get("projects", ()))
