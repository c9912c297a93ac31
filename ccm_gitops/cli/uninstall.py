"""`ccm-gitops uninstall`: take back what `install` wrote, and only that."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import click

from ccm_gitops.cli.common import config_option


@click.group()
def uninstall() -> None:
    """Take back what `install` wrote; whatever else is there stays."""


@uninstall.command()
@config_option
def cron(config_path: str | None) -> int:
    """Remove the crontab's line for this configuration."""
    from ccm_gitops.setup.crontab import without_entry
    from ccm_gitops.setup.system import read_crontab, write_crontab

    config = _path(config_path)
    old = read_crontab(os.environ)
    new = without_entry(old, str(config))
    if new == old:
        click.echo(f"the crontab has no line for {config}")
        return 0
    write_crontab(new, os.environ)
    click.echo(f"removed the line for {config}")
    return 0


@uninstall.command()
@config_option
@click.option("--name", default="ccm-gitops", show_default=True, help="The units' name.")
def systemd(config_path: str | None, name: str) -> int:
    """Stop the timer and remove its units."""
    from ccm_gitops.setup.system import SchedulerError, systemctl
    from ccm_gitops.setup.systemd import is_ours, units_folder

    config = _path(config_path)
    folder = units_folder(os.environ, Path.home())
    files = [folder / f"{name}.{kind}" for kind in ("timer", "service")]
    ours = [file for file in files if file.exists() and is_ours(file.read_text(), config)]
    if not ours:
        click.echo(f"there are no units {name} for {config}")
        return 0
    # Where no systemd of the user runs, there is nothing to stop.
    with contextlib.suppress(SchedulerError):
        systemctl(("disable", "--now", f"{name}.timer"), os.environ)
    for file in ours:
        file.unlink()
    with contextlib.suppress(SchedulerError):
        systemctl(("daemon-reload",), os.environ)
    click.echo(f"removed {', '.join(file.name for file in ours)}")
    return 0


@uninstall.command("github-actions")
@config_option
def github_actions(config_path: str | None) -> int:
    """Remove the workflow that `install github-actions` wrote."""
    from ccm_gitops.gitrepo.repository import enclosing
    from ccm_gitops.setup.workflow import PATH, is_ours

    config = _path(config_path)
    target = (enclosing(config.parent) or config.parent) / PATH
    if not target.exists() or not is_ours(target.read_text(encoding="utf-8")):
        click.echo(f"there is no workflow of ours at {target}")
        return 0
    target.unlink()
    click.echo(f"removed {target}; commit and push that")
    return 0


def _path(config_path: str | None) -> Path:
    from ccm_gitops.config.find import find_config

    return Path(os.path.abspath(find_config(config_path, os.environ, Path.cwd())))
