"""`ccm-gitops schedule show|create|edit|enable|disable|delete|quick`: the tasks of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ccm_gitops.cli.common import (
    cache_folder,
    clock,
    config_option,
    json_option,
    machine_option,
    open_store,
    print_json,
    read_config,
)
from ccm_gitops.cli.complete import ids
from ccm_gitops.cli.editing import (
    are_missing,
    can_ask,
    delete_entry,
    editing_options,
    hint,
    open_source,
    switch,
    write_back,
    yes_option,
)
from ccm_gitops.cli.task_fields import changes_of, removals, task_options
from ccm_gitops.errors import UsageError


@click.command()
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@config_option
@machine_option
@json_option
def show(task: str, config_path: str | None, machine: str, as_json: bool) -> int:
    """One task: what the file says of it, its last run and its next.

    \b
    Example:
      ccm-gitops schedule show weekly-optimize
    """
    from ccm_gitops.config.edit import entry
    from ccm_gitops.overview import task_rows
    from ccm_gitops.report.table import details

    config = read_config(config_path)
    written = entry(open_source(config_path).text, "tasks", task)
    rows = task_rows(config, open_store(config).load(), machine, clock().now())
    (row,) = [row for row in rows if row.id == task]
    more = {key: value for key, value in written.items() if key not in row.to_json()}
    if as_json:
        print_json({**row.to_json(), **more})
    else:
        click.echo(details({**row.to_json(), **more}))
    return 0


@click.command()
@click.option("--id", "id", metavar="ID", help="The task's id; absent: made from the name.")
@task_options
@editing_options
def create(config_path: str | None, is_committed: bool, **given: Any) -> int:
    """Add a task to the configuration; on a terminal, asks for what is missing.

    \b
    Examples:
      ccm-gitops schedule create --type analyze --cron "0 9 * * *" --name "Daily Analysis"
      ccm-gitops schedule create --type optimize --score 60 --cooldown 1d --id score-guard
      ccm-gitops schedule create --type custom --manual --id links --command "./check {project}"
    """
    from ccm_gitops.config.edit import add, new_entry
    from ccm_gitops.config.ids import slug

    source = open_source(config_path)
    changes = changes_of(given)
    if missing := _missing(changes):
        if not can_ask():
            raise are_missing(missing)
        from ccm_gitops.cli.questions import ask_for_task

        changes = ask_for_task(changes, source.text, clock().now())
    entry = new_entry(changes)
    id = entry.setdefault("id", slug(entry.get("name", "")))
    ordered = {"id": id, **entry}
    write_back(
        source, add(source.text, "tasks", ordered), f"Add task {id}", is_committed=is_committed
    )
    _tell_next(source.path, id)
    return 0


@click.command()
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@task_options
@click.option("--unset", "unset", multiple=True, metavar="KEY", help="Take a key out, as machine.")
@editing_options
def edit(
    task: str, config_path: str | None, is_committed: bool, unset: tuple[str, ...], **given: Any
) -> int:
    """Change a task in the configuration; everything else in the file stays as it is.

    Of several schedules, the one of the flag's kind changes; a number names one of a list.

    \b
    Examples:
      ccm-gitops schedule edit daily-analysis --cron "30 7 * * 1-5"
      ccm-gitops schedule edit score-guard --score 50 --webhook dev-alerts --commit
      ccm-gitops schedule edit daily-analysis --set notify.repeat_after=1d --unset machine
      ccm-gitops schedule edit daily-analysis --set "schedule.1.cron='0 18 * * *'"
    """
    from ccm_gitops.config.edit import change, entry

    source = open_source(config_path)
    known = entry(source.text, "tasks", task).get("schedule")
    changes = changes_of(given, known) | removals(unset)
    if not changes:
        raise UsageError("nothing was given to change; `schedule edit --help` lists the flags")
    text = change(source.text, "tasks", task, changes)
    write_back(source, text, f"Change task {task}", is_committed=is_committed)
    return 0


@click.command()
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@editing_options
def enable(task: str, config_path: str | None, is_committed: bool) -> int:
    """Let a task run by its schedule again; a cron task waits for its next slot.

    \b
    Example:
      ccm-gitops schedule enable weekly-report
    """
    switch("tasks", task, config_path, enabled=True, is_committed=is_committed)
    return 0


@click.command()
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@editing_options
def disable(task: str, config_path: str | None, is_committed: bool) -> int:
    """Keep a task in the file and do not run it by its schedule.

    \b
    Example:
      ccm-gitops schedule disable weekly-report --commit
    """
    switch("tasks", task, config_path, enabled=False, is_committed=is_committed)
    return 0


@click.command()
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@yes_option
@editing_options
def delete(task: str, yes: bool, config_path: str | None, is_committed: bool) -> int:
    """Take a task out of the configuration; its history stays.

    \b
    Example:
      ccm-gitops schedule delete link-check --yes
    """
    delete_entry("tasks", task, config_path, yes=yes, is_committed=is_committed)
    return 0


@click.command()
@click.argument("name", type=click.Choice(["daily-analysis", "weekly-optimize", "threshold-alert"]))
@click.option("--score", type=click.IntRange(1, 100), help="threshold-alert: below this; else 60.")
@click.option(
    "--webhook",
    "webhooks",
    multiple=True,
    metavar="ID",
    shell_complete=ids("webhooks"),
    help="Tell it; repeatable.",
)
@editing_options
def quick(
    name: str,
    score: int | None,
    webhooks: tuple[str, ...],
    config_path: str | None,
    is_committed: bool,
) -> int:
    """Add a task that is ready to use.

    daily-analysis looks at every project at 9; weekly-optimize tidies on Mondays at 8;
    threshold-alert says when a project's score falls below 60, or --score.

    \b
    Examples:
      ccm-gitops schedule quick daily-analysis
      ccm-gitops schedule quick threshold-alert --score 50 --webhook dev-alerts
    """
    from ccm_gitops.config.edit import add
    from ccm_gitops.config.quick import preset

    if score is not None and name != "threshold-alert":
        raise UsageError("--score goes with threshold-alert")
    source = open_source(config_path)
    text = add(source.text, "tasks", preset(name, score=score, webhooks=webhooks))
    write_back(source, text, f"Add task {name}", is_committed=is_committed)
    if not webhooks:
        hint = f"nobody is told of it; `ccm-gitops schedule edit {name} --webhook ID` changes that"
        click.echo(hint, err=True)
    return 0


def _tell_next(path: Path, task: str) -> None:
    """When a new task runs first, and how to try it out before."""
    from ccm_gitops.config.load import load_config
    from ccm_gitops.overview import task_rows
    from ccm_gitops.report.table import moment
    from ccm_gitops.state.model import State

    config, now = load_config(path, home=Path.home(), cache=cache_folder()).config, clock().now()
    (row,) = [row for row in task_rows(config, State(), "", now) if row.id == task]
    when = f"next run {moment(row.next_run_at, now)}; " if row.next_run_at else ""
    hint(f"{when}try it: ccm-gitops run --task {task} --force --dry-run")


def _missing(changes: dict[Any, Any]) -> list[str]:
    """What a new task needs and was not given, as flags to give."""
    missing = []
    if ("id",) not in changes and ("name",) not in changes:
        missing.append("--name (or --id)")
    if ("type",) not in changes:
        missing.append("--type (analyze, optimize, health_check or custom)")
    if ("schedule",) not in changes:
        missing.append("one of --cron, --interval, --score, --metric and --manual")
    if changes.get(("type",)) == "custom" and ("config", "command") not in changes:
        missing.append("--command")
    return missing


TASK_COMMANDS = (show, create, edit, enable, disable, delete, quick)
