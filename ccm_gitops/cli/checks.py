"""What `doctor` looks at around a run: git, variables, commands, projects, forges, disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ccm_gitops.cli.common import this_machine
from ccm_gitops.errors import SecretError, SigningError, TaskError

if TYPE_CHECKING:
    from ccm_gitops.config.model import Config, Webhook

_OLDEST_GIT = (2, 34)
_LEAST_DISK = 100 * 1024 * 1024


Status = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True)
class Check:
    """One look: what was looked at, how it is, and what to do."""

    what: str
    status: Status
    found: str
    advice: str = ""


def git() -> Check:
    """Is there a git, and is it new enough."""
    from ccm_gitops.process import run_command

    oldest = ".".join(map(str, _OLDEST_GIT))
    try:
        done = run_command(["git", "--version"], cwd=Path.cwd(), env=os.environ, timeout=10)
    except TaskError as error:
        return Check("git", "wrong", str(error), f"install git {oldest} or newer")
    version = done.stdout.split()[2] if len(done.stdout.split()) > 2 else "unknown"
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < _OLDEST_GIT:
        return Check("git", "wrong", f"version {version}", f"install {oldest} or newer")
    return Check("git", "ok", f"version {version}")


def variables(config: Config) -> Iterator[Check]:
    """Is each variable set that the configuration names, and may the addresses be called."""
    from ccm_gitops.config.variables import variables_of

    for name in variables_of(config):
        if os.environ.get(name):
            yield Check("variable", "ok", f"{name} is set")
        else:
            advice = "set it where the runner starts; until then what uses it fails by name"
            yield Check("variable", "warning", f"{name} is not set here", advice)
    for webhook in config.webhooks:
        if host := _private_host(webhook):
            found = f"{webhook.id}: {host} is a private address, and is refused"
            advice = f"`ccm-gitops schedule webhooks edit {webhook.id} --allow-private`"
            yield Check("webhook", "wrong", found, advice)


def commands(config: Config) -> Iterator[Check]:
    """Are the programs there that enabled custom tasks start."""
    from ccm_gitops.config.model import CustomConfig

    for task in config.tasks:
        if not task.enabled or not isinstance(task.config, CustomConfig) or task.config.shell:
            continue
        program = task.config.command[0]
        if "{" in program:  # differs by project
            continue
        path = str(config.folder / program) if "/" in program else program
        if shutil.which(path):
            yield Check("command", "ok", f"{task.id}: {program} is there")
        else:
            found = f"{task.id}: {path} is not there, or may not be run"
            advice = "install it where the runner starts, or `chmod +x` it"
            yield Check("command", "wrong", found, advice)


def signing(config: Config) -> Iterator[Check]:
    """Are the keys there that enabled tasks sign with."""
    from ccm_gitops.ordering import signer_of

    for task in config.tasks:
        if task.enabled and task.publish.sign:
            try:
                signer_of(task.publish, os.environ)
            except SigningError as error:
                yield Check("signing", "wrong", f"{task.id}: {error}")
            else:
                yield Check("signing", "ok", f"{task.id}: {task.publish.sign}")


def projects(config: Config) -> Iterator[Check]:
    """The folders that projects name; what lies elsewhere is only known by a run."""
    from ccm_gitops.config.sources import PathSource

    missing = False
    for source in config.projects:
        if isinstance(source, PathSource) and not source.path.is_dir():
            missing = True
            advice = "mend its path, or take it out"
            yield Check(
                "project", "wrong", f"{source.id}: there is no folder {source.path}", advice
            )
    if not config.projects:
        yield Check("project", "warning", "none is declared", "name one under `projects`")
    elif not missing:
        yield Check("project", "ok", f"declared: {len(config.projects)}")


def disk(folder: Path) -> Check:
    """Is there room for the state and for clones."""
    free = shutil.disk_usage(folder).free
    found = f"{free // 1024**2:,} MiB free at {folder}"
    if free < _LEAST_DISK:
        return Check("disk", "wrong", found, "make room; a run writes state and clones")
    return Check("disk", "ok", found)


def pull_requests(config: Config) -> Iterator[Check]:
    """What the forges say of the tokens; nothing where no task makes pull requests."""
    if not any(task.publish.mode == "pull_request" for task in config.tasks):
        return
    from ccm_gitops.cli.forge_checks import forge_checks, waits_for_approval

    for place, status, found in forge_checks(config, this_machine()):
        advice = "docs/publishing.md says what a token needs" if status == "wrong" else ""
        yield Check("pull requests", status, f"{place}: {found}", advice)
    if waits_for_approval(config, os.environ):
        found = "they are opened with the workflow's own token"
        advice = "their checks wait for approval; take a fine-grained or an App token"
        yield Check("pull requests", "warning", found, advice)


def _private_host(webhook: Webhook) -> str | None:
    """The private host that a variable names, where that is not allowed."""
    from ccm_gitops.http.addresses import private_host
    from ccm_gitops.secrets import resolve, variables

    if webhook.allow_private or not variables(webhook.url):
        return None
    try:
        return private_host(resolve(webhook.url, os.environ).reveal().strip())
    except SecretError:
        return None
