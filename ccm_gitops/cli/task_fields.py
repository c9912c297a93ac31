"""The flags of `schedule create` and `schedule edit`, and where in a task each belongs."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from ccm_gitops.cli.complete import ids
from ccm_gitops.cli.task_schedule import METRICS, OPERATORS, schedule_changes
from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.model import PublishMode, Strategy, TaskType
from ccm_gitops.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

# An option's name, and the place of its value in the task.
_PLACES: Mapping[str, KeyPath] = {
    "id": ("id",),
    "name": ("name",),
    "description": ("description",),
    "type": ("type",),
    "schedule": ("schedule",),
    "enabled": ("enabled",),
    "machine": ("machine",),
    "project": ("projects",),
    "strategy": ("config", "strategy"),
    "dry_run": ("config", "dry_run"),
    "min_score": ("config", "min_score"),
    "auto_apply": ("config", "auto_apply", "min_tokens_saved"),
    "include_health_score": ("config", "include_health_score"),
    "alert_only": ("config", "alert_only"),
    "max_projects": ("config", "max_projects"),
    "alert_threshold": ("config", "alert_threshold"),
    "include_recommendations": ("config", "include_recommendations"),
    "command": ("config", "command"),
    "on_success": ("notify", "on_success"),
    "on_failure": ("notify", "on_failure"),
    "webhook": ("notify", "webhooks"),
    "publish": ("publish", "mode"),
    "branch": ("publish", "branch"),
    "push": ("publish", "push"),
    "needs": ("needs",),
}
_OPTIONS = (
    click.option("--name", help="The name that people read."),
    click.option("--description", help="A note for people."),
    click.option("--type", type=click.Choice(get_args(TaskType)), help="What is done."),
    click.option("--cron", metavar="EXPR", help='When, as "0 9 * * *", in settings.timezone.'),
    click.option("--day-match", type=click.Choice(["any", "all"]), help="With both day fields."),
    click.option("--interval", metavar="DURATION", help="Every so long, as 7d."),
    click.option("--manual", is_flag=True, default=None, help="Only when asked."),
    click.option("--score", type=click.IntRange(1, 100), help="When the score is below this."),
    click.option("--metric", type=click.Choice(METRICS), help="When this crosses --value."),
    click.option("--operator", type=click.Choice(OPERATORS), help="How both are compared."),
    click.option("--value", type=float, help="What --metric is compared with."),
    click.option("--cooldown", metavar="DURATION", help="Again while it stays so, as 1d."),
    click.option("--rearm", type=float, help="How far it must come back to count again."),
    click.option("--enabled/--disabled", default=None, help="Whether it runs by its schedule."),
    click.option("--machine", metavar="NAME", help="Only on this machine."),
    click.option("--project", multiple=True, metavar="ID", shell_complete=ids("projects"),
                 help="Only there; repeatable."),
    click.option("--strategy", type=click.Choice(get_args(Strategy)), help="optimize: how far."),
    click.option("--dry-run/--no-dry-run", default=None, help="optimize: say only."),
    click.option("--min-score", type=click.IntRange(0, 100), help="optimize: only below it."),
    click.option("--auto-apply", type=click.IntRange(0), metavar="TOKENS",
                 help="optimize: straight to the base branch above so many saved."),
    click.option("--include-health-score/--no-health-score", default=None, help="analyze."),
    click.option("--alert-only/--no-alert-only", default=None, help="analyze: report crossings."),
    click.option("--max-projects", type=click.IntRange(1), help="analyze: at most so many."),
    click.option("--alert-threshold", type=click.IntRange(0, 100), help="health_check."),
    click.option("--include-recommendations/--no-recommendations", default=None,
                 help="health_check."),
    click.option("--command", metavar="LINE", help="custom: the command and its arguments."),
    click.option("--webhook", multiple=True, metavar="ID", shell_complete=ids("webhooks"),
                 help="Tell it; repeatable."),
    click.option("--on-success/--no-on-success", default=None, help="Tell of start and end."),
    click.option("--on-failure/--no-on-failure", default=None, help="Tell of failures."),
    click.option("--publish", type=click.Choice(get_args(PublishMode)), help="How it leaves."),
    click.option("--branch", help="The branch, as ccm/{task}."),
    click.option("--push", metavar="REMOTE", help="Where a local project's branch goes."),
    click.option("--needs", multiple=True, metavar="ID", shell_complete=ids("tasks"),
                 help="Goes first; repeatable."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
                 help="Any other key, as notify.repeat_after=1d; repeatable."),
)  # fmt: skip


def task_options(command: F) -> F:
    """Every flag that says something about a task."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def changes_of(given: Mapping[str, Any], schedule: Any = None) -> dict[KeyPath, Any]:
    """The places of a task that the flags set; `schedule` is what the task has of it so far.

    Raises UsageError for flags that contradict, and where they do not say which schedule is meant.
    """
    flags = {name: value for name, value in given.items() if value not in (None, ())}
    if "command" in flags:
        flags["command"] = shlex.split(flags["command"])
    timing = schedule_changes(flags, schedule)
    flags["schedule"] = timing.pop(("schedule",), None)
    changes = {
        place: list(flags[name]) if isinstance(flags[name], tuple) else flags[name]
        for name, place in _PLACES.items()
        if flags.get(name) is not None
    }
    return changes | timing | dict(map(setting, flags.get("sets", ())))


def setting(text: str) -> tuple[KeyPath, Any]:
    """`notify.repeat_after=1d` as a path and the value that YAML reads there."""
    from ccm_gitops.config.yaml_core import read_yaml

    key, sign, value = text.partition("=")
    if not sign or not key:
        raise UsageError(f"--set {text}: write it as key=value, as notify.repeat_after=1d")
    document, _ = read_yaml(f"v: {value}".encode(), Path("--set"))
    return _path(key), document.data["v"]


def removals(keys: Iterable[str]) -> dict[KeyPath, Any]:
    """The changes that take keys out, of a list from its end: what goes does not move the next."""
    from ccm_gitops.config.edit import REMOVED

    paths = sorted(map(_path, keys), key=lambda path: [str(part).zfill(9) for part in path])
    return dict.fromkeys(reversed(paths), REMOVED)


def _path(key: str) -> KeyPath:
    """`schedule.0.cron` as a path; a number is an item's place in its list."""
    return tuple(int(part) if part.isdecimal() else part for part in key.split("."))
