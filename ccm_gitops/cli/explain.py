"""`ccm-gitops explain`: why a task is due or not, its next slots, what its threshold sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from ccm_gitops.cli.common import (
    config_option,
    json_option,
    machine_option,
    print_json,
    read_config,
    runtime,
)
from ccm_gitops.cli.complete import ids
from ccm_gitops.clock import format_instant
from ccm_gitops.errors import UsageError

if TYPE_CHECKING:
    from ccm_gitops.config.model import Config, Task
    from ccm_gitops.runtime import Runtime

_SLOTS = 5


@click.command()
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@config_option
@machine_option
@json_option
def explain(task: str, config_path: str | None, machine: str, as_json: bool) -> int:
    """Why a task is due now or not, its next five slots, and what its threshold sees.

    \b
    Example:
      ccm-gitops explain daily-analysis
    """
    config = read_config(config_path)
    found = _find(config, task)
    given = runtime(replace(config, tasks=tuple(t for t in config.tasks if t.id == task)))
    document = {
        "task": task,
        "schedule": _words(found, config),
        **_verdict(runtime(config), task, machine),
        "slots": list(_slots(found, config, given)),
        "threshold": _threshold(found, given, machine),
    }
    if as_json:
        print_json(document)
    else:
        for line in _lines(document):
            click.echo(line)
    return 0


def _find(config: Config, task: str) -> Task:
    from ccm_gitops.config.suggest import did_you_mean, shown

    for found in config.tasks:
        if found.id == task:
            return found
    known = [found.id for found in config.tasks]
    hint = did_you_mean(task, known) or f"; the tasks are: {', '.join(known) or 'none'}"
    raise UsageError(f"there is no task {shown(task)}{hint}")


def _words(task: Task, config: Config) -> str:
    from ccm_gitops.schedule.words import describe

    return describe(task.schedule, config.settings.timezone)


def _verdict(given: Runtime, task: str, machine: str) -> dict[str, Any]:
    """Whether a run would take the task now, and why."""
    from ccm_gitops.planning import RunOptions
    from ccm_gitops.runner import look_ahead

    plan = look_ahead(given, RunOptions(machine=machine))
    for execution in plan.executions:
        if execution.task_id == task and execution.status == "pending":
            slot = f", slot {format_instant(execution.slot)}" if execution.slot else ""
            return {"due": True, "why": f"{execution.trigger}{slot}"}
    reasons = [skip.reason for skip in plan.skipped if skip.task == task]
    reasons += [e.error or e.status for e in plan.executions if e.task_id == task]
    return {"due": False, "why": "; ".join(reasons)}


def _slots(task: Task, config: Config, given: Runtime) -> Iterator[dict[str, str | None]]:
    from ccm_gitops.schedule.due import next_slots
    from ccm_gitops.sharding import by_task

    now, zone = given.clock.now(), ZoneInfo(config.settings.timezone)
    found = by_task(given.store.load()).get(task.id)
    slots = next_slots(task.schedule, since=found.since if found else None, now=now)
    before = now
    for slot in islice(slots, _SLOTS):
        yield {
            "utc": format_instant(slot),
            "local": slot.astimezone(zone).isoformat(),
            "note": _clock_change(before.astimezone(zone), slot.astimezone(zone)),
        }
        before = slot


def _clock_change(before: datetime, after: datetime) -> str | None:
    """What the clocks of the zone do between two times."""
    old, new = before.utcoffset(), after.utcoffset()
    if old == new or old is None or new is None:
        return None
    way = "forward" if new > old else "back"
    return f"the clocks go {way} before this: {before:%Z} to {after:%Z}"


def _threshold(task: Task, given: Runtime, machine: str) -> dict[str, Any] | None:
    """The value of each project now, and whether the condition holds there."""
    from ccm_gitops.measuring import take_survey
    from ccm_gitops.planning import RunOptions
    from ccm_gitops.projects.discover import find_projects
    from ccm_gitops.schedule.model import Threshold
    from ccm_gitops.schedule.threshold import holds

    if not isinstance(task.schedule, Threshold):
        return None
    options = RunOptions(machine=machine)
    found = find_projects(given.config, machine, home=given.home, environ=given.environ)
    survey = take_survey(given, options, found, given.store.load())
    return {
        "metric": task.schedule.metric,
        "operator": task.schedule.operator,
        "value": task.schedule.value,
        "projects": {
            id: {"value": value, "holds": holds(task.schedule, value)}
            for id, value in survey.values.get(task.id, {}).items()
        },
        "warnings": list(survey.warnings),
    }


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield f"{document['task']}: {document['schedule']}"
    yield f"{'due now' if document['due'] else 'not due'}: {document['why']}"
    for slot in document["slots"]:
        note = f"  ({slot['note']})" if slot["note"] else ""
        yield f"  {slot['utc']}  {slot['local']}{note}"
    threshold = document["threshold"]
    for id, seen in (threshold or {}).get("projects", {}).items():
        answer = "holds" if seen["holds"] else "does not hold"
        condition = f"{threshold['operator']} {threshold['value']:g} {answer}"
        yield f"  {id}: {threshold['metric']} is {seen['value']:g}; {condition}"
    yield from (threshold or {}).get("warnings", ())
