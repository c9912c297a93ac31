"""`ccm-gitops plan`: what a run would do, and why each other task would not."""

from __future__ import annotations

import click

from ccm_gitops.cli.common import (
    config_option,
    json_option,
    machine_option,
    print_json,
    read_config,
    runtime,
)
from ccm_gitops.plan import RunOptions


@click.command()
@config_option
@machine_option
@json_option
def plan(config_path: str | None, machine: str, as_json: bool) -> int:
    """Show what a run would do now, and why each other task would not; changes nothing.

    \b
    Example:
      ccm-gitops plan
    """
    from ccm_gitops.report import table
    from ccm_gitops.runner import look_ahead

    config = read_config(config_path, with_warnings=True)
    found = look_ahead(runtime(config), RunOptions(machine=machine))
    if as_json:
        print_json(found.to_json())
    else:
        click.echo(table.plan(found))
    return 0
