"""`ccm-gitops doctor`: is everything there that a run needs, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ccm_gitops.cli.common import (
    clock,
    config_option,
    json_option,
    open_store,
    print_json,
)
from ccm_gitops.errors import CcmError, TaskError

if TYPE_CHECKING:
    from ccm_gitops.config.model import Config
    from ccm_gitops.state.model import State

_OLDEST_GIT = (2, 34)
_LEAST_DISK = 100 * 1024 * 1024
_SLOTS = 10  # looked at for the shortest time between two of a task


@dataclass(frozen=True)
class Check:
    """One look: what was looked at, how it is, and what to do."""

    what: str
    status: Literal["ok", "warning", "wrong"]
    found: str
    advice: str = ""


@click.command()
@config_option
@json_option
def doctor(config_path: str | None, as_json: bool) -> int:
    """Look at git, configuration, variables, projects, state, clock and disk; say what to do.

    Exits with 1 when something is wrong.

    \b
    Example:
      ccm-gitops doctor
    """
    checks = list(_checks(config_path))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            advice = f"; {check.advice}" if check.advice else ""
            click.echo(f"{check.status:<8} {check.what}: {check.found}{advice}")
    return 1 if any(check.status == "wrong" for check in checks) else 0


def _checks(config_path: str | None) -> Iterator[Check]:
    from ccm_gitops.config.find import find_config
    from ccm_gitops.config.load import load_config

    yield _git()
    try:
        path = find_config(config_path, os.environ, Path.cwd())
        loaded = load_config(path, home=Path.home())
    except CcmError as error:
        first = str(error).splitlines()[0]
        yield Check("configuration", "wrong", first, "`ccm-gitops validate` shows all")
        return
    tasks = sum(task.enabled for task in loaded.config.tasks)
    yield Check("configuration", "ok", f"{path}, enabled tasks: {tasks}")
    for warning in loaded.warnings:
        yield Check("configuration", "warning", str(warning))
    yield from _variables(loaded.config)
    yield from _projects(loaded.config)
    yield from _state(loaded.config, clock().now())
    yield from _pull_requests(loaded.config)
    yield _disk(loaded.config.folder)


def _git() -> Check:
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


def _variables(config: Config) -> Iterator[Check]:
    from ccm_gitops.config.variables import variables_of

    for name in variables_of(config):
        if os.environ.get(name):
            yield Check("variable", "ok", f"{name} is set")
        else:
            advice = "set it where the runner starts; until then what uses it fails by name"
            yield Check("variable", "warning", f"{name} is not set here", advice)


def _projects(config: Config) -> Iterator[Check]:
    """The folders that projects name; what lies elsewhere is only known by a run."""
    from ccm_gitops.config.model import PathSource

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


def _pull_requests(config: Config) -> Iterator[Check]:
    """What the forges say of the tokens; nothing where no task makes pull requests."""
    if not any(task.publish.mode == "pull_request" for task in config.tasks):
        return
    from ccm_gitops.cli.forge_checks import forge_checks, waits_for_approval

    machine = os.environ.get("CCM_MACHINE") or os.uname().nodename
    for place, is_well, found in forge_checks(config, machine):
        advice = "" if is_well else "docs/publishing.md says what a token needs"
        yield Check("pull requests", "ok" if is_well else "wrong", f"{place}: {found}", advice)
    if waits_for_approval(config, os.environ):
        found = "they are opened with the workflow's own token"
        advice = "their checks wait for approval; take a fine-grained or an App token"
        yield Check("pull requests", "warning", found, advice)


def _state(config: Config, now: datetime) -> Iterator[Check]:
    try:
        store = open_store(config)
        state, files = store.load(), store.history_files()
    except CcmError as error:
        yield Check("state", "wrong", str(error))
        return
    yield Check("state", "ok", f"readable, {len(state.tasks)} tasks known")
    yield _history(state, files)
    yield _cadence(config, state, now)


def _history(state: State, files: Mapping[str, str]) -> Check:
    """Whether the lines of the history are those that were written, all of them and no other."""
    from ccm_gitops.state.chain import trace
    from ccm_gitops.state.model import Chain

    found = trace(files, state.chain or Chain())
    if found.breaks:
        where = f"before {found.after}" if found.after else "at its end"
        advice = "somebody changed or removed lines there; a backup would show which"
        return Check("history", "wrong", f"its chain breaks {where}", advice)
    notes = [f"{found.lines:,} lines, none changed or removed"]
    if found.beside:
        notes.append(f"{found.beside:,} beside the chain, of runs that were killed while writing")
    if found.earlier:
        notes.append(f"{found.earlier:,} from before there was a chain")
    return Check("history", "ok", "; ".join(notes))


def _cadence(config: Config, state: State, now: datetime) -> Check:
    """When a runner last looked, against the task that comes most often."""
    from ccm_gitops.clock import format_instant
    from ccm_gitops.durations import format_duration

    beat = state.heartbeat
    if beat is None:
        advice = "`ccm-gitops install cron` (or systemd, github-actions) has it started"
        return Check("runner", "warning", "has never looked", advice)
    last = f"last looked at {format_instant(beat.at)} on {beat.machine}"
    if beat.at > now:
        return Check("clock", "wrong", f"stands before the last run: {last}", "set the clock")
    shortest = _shortest(config, now)
    if shortest and now - beat.at > shortest[0]:
        every, task = shortest
        found = f"{last}, and {task} is due every {format_duration(every)}"
        return Check("runner", "wrong", found, "see that the runner is started that often")
    return Check("runner", "ok", last)


def _shortest(config: Config, now: datetime) -> tuple[timedelta, str] | None:
    """The shortest time between two slots of an enabled task, and the task."""
    from ccm_gitops.state.model import TaskState
    from ccm_gitops.timetable import coming

    gaps = (
        (after - before, task.id)
        for task in config.tasks
        if task.enabled
        for before, after in pairwise(islice(coming(task.schedule, TaskState(), now), _SLOTS))
    )
    return min(gaps, default=None)


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    found = f"{free // 1024**2:,} MiB free at {folder}"
    if free < _LEAST_DISK:
        return Check("disk", "wrong", found, "make room; a run writes state and clones")
    return Check("disk", "ok", found)
