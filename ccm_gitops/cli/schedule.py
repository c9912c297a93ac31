"""`ccm-gitops schedule`: the tasks, their history, and running one by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, get_args

import click

from ccm_gitops.cli.common import (
    clock,
    config_option,
    json_option,
    machine_option,
    open_store,
    print_json,
    read_config,
)
from ccm_gitops.cli.complete import ids
from ccm_gitops.cli.executions import executions
from ccm_gitops.cli.groups import Group
from ccm_gitops.cli.history import history
from ccm_gitops.cli.parameters import Duration
from ccm_gitops.cli.task_editing import TASK_COMMANDS
from ccm_gitops.cli.webhooks import webhooks
from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, TaskType
from ccm_gitops.state.model import State

_NO_TASKS = "There are no tasks; `ccm-gitops schedule create` or `schedule quick` adds one."


@click.group(cls=Group)
def schedule() -> None:
    """The tasks, their history, and running one by hand."""


schedule.add_command(webhooks)
schedule.add_command(executions)
schedule.add_command(history)
for _command in TASK_COMMANDS:
    schedule.add_command(_command)


@schedule.command("list")
@config_option
@machine_option
@json_option
@click.option("--enabled", "only_enabled", is_flag=True, help="Only tasks that are enabled.")
@click.option("--type", "kind", type=click.Choice(get_args(TaskType)), help="Only this type.")
def list_(
    config_path: str | None, machine: str, as_json: bool, only_enabled: bool, kind: str | None
) -> int:
    """Every task with its schedule, its last run and its next.

    \b
    Example:
      ccm-gitops schedule list --enabled --type optimize
    """
    from ccm_gitops.overview import task_rows
    from ccm_gitops.report import table

    config = read_config(config_path)
    now = clock().now()
    rows = [
        row
        for row in task_rows(config, open_store(config).load(), machine, now)
        if (row.enabled or not only_enabled) and kind in (None, row.type)
    ]
    if as_json:
        print_json([row.to_json() for row in rows])
    else:
        none = "There is no such task." if config.tasks else _NO_TASKS
        click.echo(table.tasks(rows, now) if rows else none)
    return 0


@schedule.command("run")
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@config_option
@machine_option
@json_option
def run_(task: str, config_path: str | None, machine: str, as_json: bool) -> int:
    """Run one task now; its slots stay as they were. The same as `run --task ID --force`."""
    from ccm_gitops.cli.run import execute
    from ccm_gitops.plan import RunOptions

    options = RunOptions(machine=machine, tasks=frozenset({task}), force=True)
    return execute(config_path, options, as_json=as_json)


@schedule.command()
@config_option
@json_option
@click.option(
    "--max-age",
    metavar="DURATION",
    type=Duration(),
    help="Exit 1 when no runner looked within this time.",
)
def status(config_path: str | None, as_json: bool, max_age: timedelta | None) -> int:
    """When a runner last looked, what is running, and what waits to be delivered."""
    from ccm_gitops.notify.overview import dead_letters, paused, waiting_and_given_up
    from ccm_gitops.overview import running

    config = read_config(config_path)
    state = open_store(config).load()
    now = clock().now()
    beat = state.heartbeat
    is_stale = max_age is not None and (beat is None or now - beat.at > max_age)
    waiting, given_up = waiting_and_given_up(state)
    document = {
        "last_check_at": format_instant(beat.at) if beat else None,
        "machine": beat.machine if beat else None,
        "stale": is_stale,
        "tasks": len(config.tasks),
        "enabled": sum(task.enabled for task in config.tasks),
        "running": running(state, now),
        "paused": _paused(config, state),
        "waiting_pull_requests": _waiting_pull_requests(state),
        "messages": {"waiting": waiting, "undeliverable": given_up},
        "undeliverable": dead_letters(state),
        "paused_webhooks": paused(state, now),
    }
    if as_json:
        print_json(document)
    else:
        for line in _status_lines(document):
            click.echo(line)
    return 1 if is_stale else 0


@schedule.command()
@config_option
@machine_option
@json_option
@click.option(
    "--hours",
    type=click.IntRange(1, 24 * 366),
    default=24,
    show_default=True,
    help="How far to look.",
)
def upcoming(config_path: str | None, machine: str, as_json: bool, hours: int) -> int:
    """What is due, and the slots to come.

    \b
    Example:
      ccm-gitops schedule upcoming --hours 72
    """
    from ccm_gitops.report import table
    from ccm_gitops.upcoming import upcoming as find_upcoming

    config = read_config(config_path)
    now = clock().now()
    until = now + timedelta(hours=hours)
    slots = list(find_upcoming(config, open_store(config).load(), machine, now, until))
    if as_json:
        print_json([slot.to_json() for slot in slots])
    elif slots:
        click.echo(table.upcoming(slots, now))
    else:
        click.echo(f"Nothing comes within {hours} hours.")
    return 0


def _paused(config: Config, state: State) -> dict[str, str]:
    from ccm_gitops.pausing import is_paused, paused_because
    from ccm_gitops.sharding import by_task

    memory = by_task(state)
    return {
        task.id: paused_because(task.id, memory[task.id])
        for task in config.tasks
        if task.enabled and task.id in memory and is_paused(config.settings, memory[task.id])
    }


def _waiting_pull_requests(state: State) -> list[dict[str, str]]:
    return [
        {"project": id, "branch": branch, "reason": record.waiting}
        for id, project in sorted(state.projects.items())
        for branch, record in sorted(project.branches.items())
        if record.waiting
    ]


def _status_lines(document: Mapping[str, Any]) -> Iterator[str]:
    if document["last_check_at"]:
        yield f"last check: {document['last_check_at']} by {document['machine']}"
    else:
        yield "last check: never; `ccm-gitops run` is not being called"
    yield f"tasks: {document['tasks']}, {document['enabled']} enabled"
    for task, machine in document["running"].items():
        yield f"running: {task} on {machine}"
    for task, reason in document["paused"].items():
        yield f"paused: {task} {reason.removeprefix('paused ')}"
    for wait in document["waiting_pull_requests"]:
        yield f"pull request: {wait['project']} {wait['branch']} {wait['reason']}"
    messages = document["messages"]
    yield f"messages: {messages['waiting']} waiting, {messages['undeliverable']} undeliverable"
    for letter in document["undeliverable"]:
        yield f"undeliverable: {letter['id']} ({letter['event']}): {letter['reason']}"
    for webhook, reason in document["paused_webhooks"].items():
        yield f"paused: {webhook} {reason}"
    if document["stale"]:
        yield "stale: no runner looked within --max-age"
