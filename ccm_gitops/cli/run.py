"""`ccm-gitops run`: what is due, now."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from ccm_gitops.cli.common import (
    config_option,
    is_unknown,
    json_option,
    machine_option,
    print_json,
    read_config,
    runtime,
)
from ccm_gitops.cli.complete import ids
from ccm_gitops.errors import StateBusyError, UsageError
from ccm_gitops.execution import RunReport
from ccm_gitops.plan import RunOptions
from ccm_gitops.sharding import WHOLE, Shard, parse_shard


@click.command()
@config_option
@machine_option
@json_option
@click.option(
    "--task",
    "tasks",
    multiple=True,
    metavar="ID",
    shell_complete=ids("tasks"),
    help="Only this task; repeatable.",
)
@click.option("--shard", metavar="I/N", help="Only the projects of the part I of N, as 1/4.")
@click.option("--dry-run", is_flag=True, help="Do the work, but write, push and send nothing.")
@click.option("--force", is_flag=True, help="Run now, whatever is due; slots stay as they were.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what went wrong, as cron likes.")
def run(
    config_path: str | None,
    machine: str,
    as_json: bool,
    tasks: tuple[str, ...],
    shard: str | None,
    dry_run: bool,
    force: bool,
    quiet: bool,
) -> int:
    """Run the tasks that are due, publish what they change, tell the webhooks, and exit.

    Exits with 1 when a task failed, 2 when the configuration is wrong, 75 when another runner
    holds the state.

    \b
    Examples:
      ccm-gitops run
      ccm-gitops run --dry-run
      ccm-gitops run --task weekly-optimize --force
      */15 * * * *  ccm-gitops run --quiet --config /etc/ccm/schedules.yaml   (in a crontab)
    """
    options = RunOptions(
        machine=machine,
        tasks=frozenset(tasks) or None,
        dry_run=dry_run,
        force=force,
        shard=_shard(shard),
    )
    return execute(config_path, options, as_json=as_json, quiet=quiet)


def _shard(text: str | None) -> Shard:
    try:
        return parse_shard(text) if text else WHOLE
    except ValueError as error:
        raise UsageError(f"--shard: {error}") from error


def execute(
    config_path: str | None, options: RunOptions, *, as_json: bool, quiet: bool = False
) -> int:
    """Load, run, render; the exit code."""
    from ccm_gitops.cli.progress import progress
    from ccm_gitops.runner import run as run_due

    config = read_config(config_path, with_warnings=not quiet)
    unknown = sorted((options.tasks or set()) - {task.id for task in config.tasks})
    if unknown:
        raise is_unknown("task", unknown[0], [task.id for task in config.tasks])
    with progress() as on_progress:
        report = run_due(runtime(config, on_progress), options)
    if as_json:
        print_json(report.to_json())
    elif quiet:
        _print_failures(report)
    else:
        _print_tables(report)
    _print_for_github(report, os.environ)
    if options.force and options.tasks and not report.due and not report.executions:
        for skip in report.skipped:
            if skip.task in options.tasks:
                raise StateBusyError(f"{skip.task}: {skip.reason}")
    return 1 if report.failed else 0


def _print_tables(report: RunReport) -> None:
    from ccm_gitops.report.run_table import run_report

    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(run_report(report))


def _print_failures(report: RunReport) -> None:
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)
    for execution in report.executions:
        if execution.status == "failed":
            click.echo(f"{execution.task_id} failed: {execution.error}", err=True)
    for note in report.notifications:
        if note.status == "undeliverable":
            click.echo(f"webhook {note.webhook}: {note.event}: {note.reason}", err=True)


def _print_for_github(report: RunReport, environ: Mapping[str, str]) -> None:
    if environ.get("GITHUB_ACTIONS") == "true":
        from ccm_gitops.report.github import run_annotations

        for line in run_annotations(report):
            # stdout may hold the one JSON document; the runner reads commands on stderr too.
            click.echo(line, err=True)
    if summary := environ.get("GITHUB_STEP_SUMMARY"):
        from ccm_gitops.report.markdown import run_report

        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(run_report(report))
