"""What the commands share: the options that each takes, and the loading of the configuration."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from ccm_gitops.cli.everywhere import is_quiet, is_verbose
from ccm_gitops.cli.streams import takes_all_signs
from ccm_gitops.clock import Clock, system_clock
from ccm_gitops.config.model import BranchState, Config, FileState
from ccm_gitops.errors import StateError, UsageError
from ccm_gitops.provenance import origin_of
from ccm_gitops.runtime import Runtime
from ccm_gitops.secrets import resolve
from ccm_gitops.state.store import Store

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """`--config/-c FILE`."""
    return click.option(
        "--config",
        "-c",
        "config_path",
        type=click.Path(),
        metavar="FILE",
        help="The configuration; else $CCM_CONFIG, else schedules.yaml, here or above.",
    )(command)


def machine_option(command: F) -> F:
    """`--machine M`, from `$CCM_MACHINE`, else the host's name."""
    return click.option(
        "--machine",
        metavar="NAME",
        default=this_machine,
        show_default="the host's name",
        help="Whose tasks, projects and webhooks these are; else $CCM_MACHINE.",
    )(command)


def this_machine() -> str:
    """The machine that this is where no `--machine` says so."""
    return os.environ.get("CCM_MACHINE") or os.uname().nodename


def json_option(command: F) -> F:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def read_config(config_path: str | None, *, with_warnings: bool = False) -> Config:
    """Find and load the configuration; the warnings, for what acts by it, go to stderr."""
    from ccm_gitops.config.find import find_config
    from ccm_gitops.config.load import load_config

    path = find_config(config_path, os.environ, Path.cwd())
    loaded = load_config(path, home=Path.home(), cache=cache_folder())
    if is_verbose():
        click.echo(f"configuration: {path}; state: {_state_place(loaded.config)}", err=True)
    for warning in loaded.warnings if with_warnings and not is_quiet() else ():
        click.echo(f"warning: {warning}", err=True)
    return loaded.config


def _state_place(config: Config) -> str:
    place = config.settings.state
    return str(place.path) if isinstance(place, FileState) else f"the branch {place.branch}"


def open_store(config: Config) -> Store:
    """The store that the configuration names."""
    from ccm_gitops.state.file_store import FileStore

    place = config.settings.state
    if isinstance(place, FileState):
        return FileStore(place.path, config.settings.history_keep)
    return _branch_store(config, place)


def _branch_store(config: Config, place: BranchState) -> Store:
    """The store on a branch of the repository that the configuration is in."""
    from ccm_gitops.gitrepo.clone import Clone
    from ccm_gitops.gitrepo.repository import Repository, enclosing
    from ccm_gitops.state.branch_store import BranchStore

    root = enclosing(config.folder)
    if root is None:
        raise StateError(f"settings.state.branch: {config.folder} is in no git repository")
    token = resolve(place.token, os.environ) if place.token else None
    remote = Repository.open(root).remote(place.remote, token)
    clone = Clone.open(remote.url, cache_folder(), token)
    settings = config.settings
    return BranchStore(clone, place.branch, settings.author, clock(), settings.history_keep)


def cache_folder() -> Path:
    """Where clones are kept: below the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ccm-gitops"


def runtime(config: Config, on_progress: Callable[[int, int], None] | None = None) -> Runtime:
    """Everything that a run is given from this process' surroundings."""
    return Runtime(
        config=config,
        store=open_store(config),
        clock=clock(),
        environ=dict(os.environ),
        home=Path.home(),
        cache=cache_folder(),
        origin=origin_of(os.environ, is_terminal=sys.stdin is not None and sys.stdin.isatty()),
        on_progress=on_progress or (lambda done, total: None),
    )


def clock() -> Clock:
    """The clock of this process."""
    return system_clock(os.environ)


def is_unknown(what: str, id: str, known: Sequence[str]) -> UsageError:
    """The error for an id that is not there, with what was probably meant."""
    from ccm_gitops.config.suggest import did_you_mean, shown

    hint = did_you_mean(id, known) or f"; the {what}s are: {', '.join(known) or 'none'}"
    return UsageError(f"there is no {what} {shown(id)}{hint}")


def print_json(document: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=not takes_all_signs()))
