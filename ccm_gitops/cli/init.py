"""`ccm-gitops init`: a first configuration, its schema, and a workflow when asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ccm_gitops.errors import UsageError

if TYPE_CHECKING:
    from ccm_gitops.setup.starter import Place


@click.command()
@click.option("--github-actions", is_flag=True, help="Also write the scheduled workflow.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def init(github_actions: bool, force: bool) -> int:
    """Write schedules.yaml from what stands around it, its schema for editors, and a workflow.

    Repositories with context files, here and below, become its projects. Nothing that is there is
    overwritten without --force.

    \b
    Examples:
      ccm-gitops init
      ccm-gitops init --github-actions     in the repository whose workflow shall run it
    """
    from ccm_gitops.config.find import NAMES
    from ccm_gitops.config.model import DEFAULT_CONTEXT_FILES
    from ccm_gitops.config.schema import schema_path
    from ccm_gitops.files import write_atomic
    from ccm_gitops.gitrepo.repository import enclosing
    from ccm_gitops.setup.starter import starter
    from ccm_gitops.setup.surroundings import look_around
    from ccm_gitops.setup.workflow import PATH, SOURCE, workflow

    here = Path.cwd()
    root = enclosing(here)
    if github_actions and root != here:
        where = f"run it in {root}" if root else "make one with `git init`"
        raise UsageError(f"--github-actions writes into a repository's top folder; {where}")
    places = look_around(here, DEFAULT_CONTEXT_FILES)
    files = {
        "schedules.yaml": starter(places, _timezone(), on_github=github_actions).encode(),
        "schema/schedules.schema.json": schema_path().read_bytes(),
    }
    if github_actions:
        files[PATH] = workflow(SOURCE, "schedules.yaml", _variables(places)).encode()
    # A configuration of another name would be there and no longer found.
    taken = [name for name in dict.fromkeys((*NAMES, *files)) if os.path.lexists(here / name)]
    if taken and not force:
        raise _are_there(taken, github_actions=github_actions)
    for name, data in files.items():
        write_atomic(here / name, data)
        click.echo(f"wrote {name}")
    _next_steps(places, on_github=github_actions)
    return 0


def _are_there(taken: Sequence[str], *, github_actions: bool) -> UsageError:
    """The error for what is there already, with the command for a configuration that is."""
    from ccm_gitops.config.find import NAMES

    message = f"{', '.join(taken)}: already there; --force overwrites"
    if github_actions and not set(taken).isdisjoint(NAMES):
        message += ", `ccm-gitops install github-actions` writes the workflow for what is there"
    return UsageError(message)


def _variables(places: Sequence[Place]) -> tuple[str, ...]:
    """What the starter's projects ask for beyond the workflow's own token."""
    return ("CCM_TOKEN",) if any(place.path != "." for place in places) else ()


def _timezone() -> str:
    """This machine's zone, when it says so by a link into the zone files; else UTC."""
    target = os.path.realpath("/etc/localtime")
    _, _, name = target.partition("/zoneinfo/")
    return name if "/" in name and not name.startswith("Etc/") else "UTC"


def _next_steps(places: Sequence[Place], *, on_github: bool) -> None:
    found = ", ".join(place.path for place in places)
    if found:
        click.echo(f"\nprojects: {found}", err=True)
    else:
        click.echo("\nno repository with a CLAUDE.md or AGENTS.md found, here or below", err=True)
    steps = [] if found else ["name your repositories in schedules.yaml, under `projects`"]
    steps += ["ccm-gitops plan", "ccm-gitops run --task weekly-optimize --force --dry-run"]
    steps.append(
        "commit the files and push; docs/github-actions.md tells of tokens"
        if on_github
        else "ccm-gitops install cron     starts it every 15 minutes"
    )
    click.echo("next:\n" + "\n".join(f"  {step}" for step in steps), err=True)
