"""The flags of `schedule create` and `schedule edit`, and where in a task each belongs."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from ccm_gitops.cli.complete import ids
from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.model import PublishMode, Strategy, TaskType
from ccm_gitops.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
_METRICS = ("optimization_score", "token_count", "issue_count", "file_size")
_OPERATORS = ("lt", "lte", "gt", "gte", "eq")

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
# Parts of a schedule that make none by themselves, and the flags that they go with.
_PARTS: Mapping[str, tuple[KeyPath, tuple[str, ...]]] = {
    "day_match": (("schedule", "day_match"), ("cron",)),
    "operator": (("schedule", "threshold", "operator"), ("metric",)),
    "value": (("schedule", "threshold", "value"), ("metric",)),
    "cooldown": (("schedule", "threshold", "cooldown"), ("score", "metric")),
    "rearm": (("schedule", "threshold", "rearm"), ("score", "metric")),
}
_SCHEDULES = ("cron", "interval", "manual", "score", "metric")

_OPTIONS = (
    click.option("--name", help="The name that people read."),
    click.option("--description", help="A note for people."),
    click.option("--type", type=click.Choice(get_args(TaskType)), help="What is done."),
    click.option("--cron", metavar="EXPR", help='When, as "0 9 * * *", in settings.timezone.'),
    click.option("--day-match", type=click.Choice(["any", "all"]), help="With both day fields."),
    click.option("--interval", metavar="DURATION", help="Every so long, as 7d."),
    click.option("--manual", is_flag=True, default=None, help="Only when asked."),
    click.option("--score", type=click.IntRange(1, 100), help="When the score is below this."),
    click.option("--metric", type=click.Choice(_METRICS), help="When this crosses --value."),
    click.option("--operator", type=click.Choice(_OPERATORS), help="How both are compared."),
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


def changes_of(given: Mapping[str, Any]) -> dict[KeyPath, Any]:
    """The places of a task that the flags set; raises UsageError for flags that contradict."""
    flags = {name: value for name, value in given.items() if value not in (None, ())}
    for name in ("value", "rearm"):
        if name in flags and flags[name] % 1 == 0:
            flags[name] = int(flags[name])
    flags["schedule"] = _schedule(flags)
    if "command" in flags:
        flags["command"] = shlex.split(flags["command"])
    changes = {
        place: list(flags[name]) if isinstance(flags[name], tuple) else flags[name]
        for name, place in _PLACES.items()
        if flags.get(name) is not None
    }
    if flags["schedule"] is None:
        changes |= {place: flags[name] for name, (place, _) in _PARTS.items() if name in flags}
    return changes | dict(map(setting, flags.get("sets", ())))


def entry_of(changes: Mapping[KeyPath, Any]) -> dict[str, Any]:
    """A new task, or webhook, that has these values."""
    entry: dict[str, Any] = {}
    for path, value in changes.items():
        inner = entry
        for key in path[:-1]:
            inner = inner.setdefault(str(key), {})
        inner[str(path[-1])] = value
    return entry


def _schedule(flags: Mapping[str, Any]) -> Any:
    kinds = [name for name in _SCHEDULES if name in flags]
    if len(kinds) > 1:
        raise UsageError(f"give one of {' and '.join(f'--{name}' for name in kinds)}")
    if not kinds:
        return None
    for name, (_, owners) in _PARTS.items():
        if name in flags and kinds[0] not in owners:
            names = " and ".join(f"--{owner}" for owner in owners)
            raise UsageError(f"--{name.replace('_', '-')} goes with {names}")
    match kinds[0]:
        case "cron":
            match_days = {"day_match": flags["day_match"]} if "day_match" in flags else {}
            return {"cron": flags["cron"], **match_days}
        case "interval":
            return {"interval": flags["interval"]}
        case "manual":
            return "manual"
    return {"threshold": _threshold(flags)}


def _threshold(flags: Mapping[str, Any]) -> dict[str, Any]:
    if "score" in flags:
        condition = {"metric": "optimization_score", "operator": "lt", "value": flags["score"]}
    elif "operator" in flags and "value" in flags:
        condition = {key: flags[key] for key in ("metric", "operator", "value")}
    else:
        raise UsageError("--metric needs --operator and --value")
    return condition | {key: flags[key] for key in ("cooldown", "rearm") if key in flags}


def setting(text: str) -> tuple[KeyPath, Any]:
    """`notify.repeat_after=1d` as a path and the value that YAML reads there."""
    from ccm_gitops.config.yaml_core import read_yaml

    key, sign, value = text.partition("=")
    if not sign or not key:
        raise UsageError(f"--set {text}: write it as key=value, as notify.repeat_after=1d")
    document, _ = read_yaml(f"v: {value}".encode(), Path("--set"))
    return tuple(key.split(".")), document.data["v"]
