"""Questions to a person at a terminal; never asked of a script."""

from __future__ import annotations

import shlex
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click

from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.edit import ids_of
from ccm_gitops.config.model import TaskType
from ccm_gitops.config.yaml_core import read_yaml
from ccm_gitops.durations import parse_duration
from ccm_gitops.schedule.cron import check_cron, next_slots
from ccm_gitops.schedule.model import Cron
from ccm_gitops.schedule.words import describe


def ask_for_task(given: dict[KeyPath, Any], text: str, now: datetime) -> dict[KeyPath, Any]:
    """A task's values, completed by asking; `text` is the configuration."""
    task = dict(given)
    if ("id",) not in task and ("name",) not in task:
        task["name",] = _ask("Name")
    if ("type",) not in task:
        task["type",] = _choose("What is done", get_args(TaskType))
    if task["type",] == "custom" and ("config", "command") not in task:
        task["config", "command"] = shlex.split(_ask("Command, with {project_path} for the folder"))
    if ("schedule",) not in task:
        task["schedule",] = _schedule(_zone(text), now)
    if ("projects",) not in task:
        task["projects",] = _several("Projects (empty: all)", ids_of(text, "projects"))
    if ("notify", "webhooks") not in task:
        told = _several("Webhooks to tell (empty: none)", ids_of(text, "webhooks"))
        task["notify", "webhooks"] = told
    return {path: value for path, value in task.items() if value != []}


def _ask(question: str, default: str | None = None) -> str:
    answer: str = click.prompt(question, default=default, err=True)
    return answer


def _choose(question: str, options: tuple[str, ...]) -> str:
    answer: str = click.prompt(question, type=click.Choice(options), default=options[0], err=True)
    return answer


def _several(question: str, known: list[str]) -> list[str]:
    if not known:
        return []
    click.echo(f"known: {', '.join(known)}", err=True)
    while True:
        answer = click.prompt(question, default="", show_default=False, err=True)
        chosen = answer.replace(",", " ").split()
        if not (unknown := sorted(set(chosen) - set(known))):
            return chosen
        click.echo(f"there is no {', '.join(unknown)}", err=True)


def _schedule(zone: str, now: datetime) -> Any:
    match _choose("When", ("cron", "interval", "score", "manual")):
        case "cron":
            return {"cron": _cron(zone, now)}
        case "interval":
            return {"interval": _interval()}
        case "score":
            value = click.prompt(
                "When the score is below", type=click.IntRange(1, 100), default=60, err=True
            )
            metric = {"metric": "optimization_score", "operator": "lt", "value": value}
            return {"threshold": metric}
    return "manual"


def _cron(zone: str, now: datetime) -> str:
    """An expression that was shown with its next three runs, and confirmed."""
    default = "0 9 * * *"
    while True:
        expression = _ask("Minute, hour, day, month, weekday", default)
        try:
            check_cron(expression)
        except ValueError as error:
            click.echo(str(error), err=True)
            continue
        cron = Cron(expression, zone)
        click.echo(f"  {describe(cron, zone)}; next", err=True)
        for slot in islice(next_slots(cron, after=now), 3):
            click.echo(f"    {slot.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}", err=True)
        if click.confirm("Is that right?", default=True, err=True):
            return expression
        default = expression


def _interval() -> str:
    while True:
        answer = _ask("Every (30m, 2h, 1d, …)", "1d")
        try:
            parse_duration(answer)
        except ValueError as error:
            click.echo(str(error), err=True)
        else:
            return answer


def _zone(text: str) -> str:
    document, _ = read_yaml(text.encode(), Path("schedules.yaml"))
    zone: str = (document.data.get("settings") or {}).get("timezone") or "UTC"
    return zone
