"""`ccm-gitops install`: what starts the runner on schedule, by cron, systemd or GitHub Actions."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from ccm_gitops.cli.common import config_option
from ccm_gitops.cli.parameters import Duration
from ccm_gitops.durations import format_duration
from ccm_gitops.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
_CRON_PATH = "/usr/bin:/bin"


@click.group()
def install() -> None:
    """Have the runner started on schedule; `uninstall` takes it back.

    \b
    Examples:
      ccm-gitops install cron
      ccm-gitops install systemd --every 5m --env-file ~/.config/ccm-gitops.env
      ccm-gitops install github-actions --print
    """


def _local_options(command: F) -> F:
    env_file = click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True)
    for option in (
        click.option("--print", "only_print", is_flag=True, help="Show it and change nothing."),
        click.option(
            "--env-file",
            metavar="FILE",
            type=env_file,
            help="Lines NAME=value: the variables that the configuration asks for.",
        ),
        click.option(
            "--every",
            metavar="DURATION",
            type=Duration(),
            default="15m",
            show_default=True,
            help="How often it looks for what is due.",
        ),
        config_option,
    ):
        command = option(command)
    return command


@install.command()
@_local_options
def cron(config_path: str | None, every: timedelta, env_file: Path | None, only_print: bool) -> int:
    """One marked line in your crontab; installing again replaces it."""
    from ccm_gitops.setup.crontab import entry, with_entry
    from ccm_gitops.setup.system import read_crontab, write_crontab

    config = _config(config_path, env_file)
    path = None if _search_path() == _CRON_PATH else _search_path()
    line = entry(_command(config), every, str(config), path=path, env_file=env_file)
    if only_print:
        click.echo(line)
        return 0
    write_crontab(with_entry(read_crontab(os.environ), line, str(config)), os.environ)
    click.echo(f"installed for {config}, every {format_duration(every)}")
    click.echo("`ccm-gitops uninstall cron` removes it", err=True)
    return 0


@install.command()
@_local_options
@click.option("--name", default="ccm-gitops", show_default=True, help="The units' name.")
def systemd(
    config_path: str | None, every: timedelta, env_file: Path | None, only_print: bool, name: str
) -> int:
    """A service and a timer of your own systemd (`systemctl --user`)."""
    from ccm_gitops.files import write_atomic
    from ccm_gitops.setup.system import systemctl
    from ccm_gitops.setup.systemd import Unit, is_ours, units, units_folder

    config = _config(config_path, env_file)
    files = units(Unit(name, _command(config), every, config, _search_path(), env_file))
    if only_print:
        click.echo("\n".join(f"# {file}\n{text}" for file, text in files.items()), nl=False)
        return 0
    folder = units_folder(os.environ, Path.home())
    for file in files:
        if (folder / file).exists() and not is_ours((folder / file).read_text(), config):
            raise UsageError(f"{folder / file} is there and not ours; take another --name")
    for file, text in files.items():
        write_atomic(folder / file, text.encode())
    click.echo(f"wrote {', '.join(files)} to {folder}")
    systemctl(("daemon-reload",), os.environ)
    systemctl(("enable", "--now", f"{name}.timer"), os.environ)
    click.echo(
        f"started, every {format_duration(every)}; `ccm-gitops uninstall systemd` removes it"
    )
    return 0


@install.command("github-actions")
@config_option
@click.option("--source", metavar="REQUIREMENT", help="What pip installs; else this version.")
@click.option("--print", "only_print", is_flag=True, help="Show it and change nothing.")
def github_actions(config_path: str | None, source: str | None, only_print: bool) -> int:
    """A workflow in the repository of the configuration, which runs what is due every hour."""
    from ccm_gitops.cli.common import read_config
    from ccm_gitops.config.variables import variables_of
    from ccm_gitops.files import write_atomic
    from ccm_gitops.gitrepo.repository import enclosing
    from ccm_gitops.setup.workflow import PATH, SOURCE, is_ours, workflow

    config = read_config(config_path, with_warnings=True)
    path = Path(os.path.abspath(config.path))
    root = enclosing(path.parent)
    if root is None:
        raise UsageError(f"{path} is in no git repository, so no workflow can run it")
    text = workflow(source or SOURCE, path.relative_to(root).as_posix(), variables_of(config))
    if only_print:
        click.echo(text, nl=False)
        return 0
    target = root / PATH
    if target.exists() and not is_ours(target.read_text(encoding="utf-8")):
        raise UsageError(f"{target} is there and not ours; move it away first")
    write_atomic(target, text.encode())
    click.echo(f"wrote {target}; commit and push it")
    return 0


def _config(config_path: str | None, env_file: Path | None) -> Path:
    """The valid configuration's absolute path; says which variables the scheduler will lack."""
    from ccm_gitops.cli.common import read_config
    from ccm_gitops.config.variables import variables_of

    config = read_config(config_path, with_warnings=True)
    names = variables_of(config)
    if names and not env_file:
        click.echo(
            f"note: {', '.join(names)} must be set for the runner: write them as NAME=value into "
            "a file that only you can read, and name it by --env-file",
            err=True,
        )
    return Path(os.path.abspath(config.path))


def _command(config: Path) -> tuple[str, ...]:
    program = shutil.which(sys.argv[0]) or sys.argv[0]
    return (os.path.abspath(program), "run", "--quiet", "--config", str(config))


def _search_path() -> str:
    """cron's own folders, and before them git's where that is elsewhere."""
    git = shutil.which("git")
    folder = os.path.dirname(git) if git else "/usr/bin"
    return _CRON_PATH if folder in _CRON_PATH.split(":") else f"{folder}:{_CRON_PATH}"
