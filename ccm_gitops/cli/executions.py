"""`ccm-gitops schedule executions`: one execution of the history, and doing it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from ccm_gitops.cli import complete
from ccm_gitops.cli.common import (
    config_option,
    json_option,
    machine_option,
    open_store,
    print_json,
    read_config,
)
from ccm_gitops.cli.editing import confirm, yes_option
from ccm_gitops.cli.groups import Group
from ccm_gitops.errors import UsageError

execution_argument = click.argument(
    "execution", metavar="EXECUTION", shell_complete=complete.executions
)


@click.group(cls=Group)
def executions() -> None:
    """One execution of the history, and doing it again."""


@executions.command()
@execution_argument
@config_option
@json_option
def show(execution: str, config_path: str | None, as_json: bool) -> int:
    """Everything that the history holds of an execution.

    \b
    Example:
      ccm-gitops schedule executions show daily-analysis-20260119T090000Z
    """
    from ccm_gitops.report import table

    line = _find(execution, config_path)
    if as_json:
        print_json(line)
        return 0
    click.echo(
        table.details({key: value for key, value in line.items() if key not in ("kind", "result")})
    )
    for project in line.get("result", {}).get("projects", ()):
        click.echo("\n" + table.details(project))
    return 0


@executions.command()
@execution_argument
@yes_option
@config_option
@machine_option
@json_option
def retry(execution: str, yes: bool, config_path: str | None, machine: str, as_json: bool) -> int:
    """Run the task of an execution again, now, in all its projects; its slots stay as they were.

    \b
    Example:
      ccm-gitops schedule executions retry daily-analysis-20260119T090000Z --yes
    """
    from ccm_gitops.cli.run import execute
    from ccm_gitops.plan import RunOptions

    line = _find(execution, config_path)
    task = line["task_id"]
    confirm(f"Run the task {task} again, as {execution} ({line['status']}) did?", yes=yes)
    options = RunOptions(machine=machine, tasks=frozenset({task}), force=True)
    return execute(config_path, options, as_json=as_json)


def _find(execution: str, config_path: str | None) -> Mapping[str, Any]:
    from ccm_gitops.config.suggest import did_you_mean, shown
    from ccm_gitops.overview import executions as of_history

    lines = {
        line["id"]: line for line in of_history(open_store(read_config(config_path)).history())
    }
    if execution in lines:
        return lines[execution]
    hint = did_you_mean(execution, lines) or "; `schedule history --json` lists them"
    raise UsageError(f"there is no execution {shown(execution)}{hint}")
