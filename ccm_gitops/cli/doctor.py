"""`ccm-gitops doctor`: is everything there that a run needs, and what to do where it is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from ccm_gitops.cli import checks, checks_of_runs
from ccm_gitops.cli.checks import Check
from ccm_gitops.cli.common import cache_folder, clock, config_option, json_option, print_json
from ccm_gitops.errors import CcmError
from ccm_gitops.report.layout import filled, painted


@click.command()
@config_option
@json_option
def doctor(config_path: str | None, as_json: bool) -> int:
    """Look at all that a run needs and at how the last ones went; say what to do.

    Of git, configuration, variables, commands, projects, tokens, state, tasks, webhooks, clock and
    disk. A forge is asked only where its token is set, for some seconds. Exits with 1 when
    something is wrong.

    \b
    Example:
      ccm-gitops doctor
    """
    found = list(_checks(config_path))
    if as_json:
        print_json([asdict(check) for check in found])
    else:
        for check in found:
            advice = f"; {check.advice}" if check.advice else ""
            line = filled(f"{check.status:<8} {check.what}: {check.found}{advice}", " " * 9)
            click.echo(painted(check.status) + line.removeprefix(check.status))
    return 1 if any(check.status == "wrong" for check in found) else 0


def _checks(config_path: str | None) -> Iterator[Check]:
    from ccm_gitops.config.find import find_config
    from ccm_gitops.config.load import load_config

    yield checks.git()
    try:
        path = find_config(config_path, os.environ, Path.cwd())
        loaded = load_config(path, home=Path.home(), cache=cache_folder())
    except CcmError as error:
        first = str(error).splitlines()[0]
        yield Check("configuration", "wrong", first, "`ccm-gitops validate` shows all")
        return
    config, now = loaded.config, clock().now()
    tasks = sum(task.enabled for task in config.tasks)
    yield Check("configuration", "ok", f"{path}, enabled tasks: {tasks}")
    for warning in loaded.warnings:
        yield Check("configuration", "warning", str(warning))
    yield from checks.variables(config)
    yield from checks.commands(config)
    yield from checks.signing(config)
    yield from checks.projects(config)
    yield from checks.pull_requests(config)
    yield from checks_of_runs.state(config, now)
    yield checks.disk(config.folder)
