"""`ccm-gitops explain`: why a task is due or not, its next slots, what it sees of projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from ccm_gitops.cli.common import (
    config_option,
    is_unknown,
    json_option,
    machine_option,
    print_json,
    read_config,
    runtime,
)
from ccm_gitops.cli.complete import ids
from ccm_gitops.clock import format_instant

if TYPE_CHECKING:
    from ccm_gitops.config.model import Config, Task
    from ccm_gitops.runtime import Runtime
    from ccm_gitops.schedule.model import Changed, Threshold

_SLOTS = 5


@click.command()
@click.argument("task", metavar="ID", shell_complete=ids("tasks"))
@config_option
@machine_option
@json_option
def explain(task: str, config_path: str | None, machine: str, as_json: bool) -> int:
    """Why a task is due now or not, its next five slots, and what it sees of the projects.

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
        "timezone": config.settings.timezone,
        "slots": list(_slots(found, config, given)),
        **_sights(found, given, machine),
    }
    if as_json:
        print_json(document)
    else:
        for line in _lines(document):
            click.echo(line)
    return 0


def _find(config: Config, task: str) -> Task:
    for found in config.tasks:
        if found.id == task:
            return found
    raise is_unknown("task", task, [found.id for found in config.tasks])


def _words(task: Task, config: Config) -> str:
    from ccm_gitops.schedule.words import describe

    return describe(task.schedule, config.settings.timezone)


def _verdict(given: Runtime, task: str, machine: str) -> dict[str, Any]:
    """Whether a run would take the task now, and why."""
    from ccm_gitops.plan import RunOptions
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
    from ccm_gitops.sharding import by_task
    from ccm_gitops.state.model import TaskState
    from ccm_gitops.timetable import coming

    now, zone = given.clock.now(), ZoneInfo(config.settings.timezone)
    known = by_task(given.store.load()).get(task.id, TaskState())
    slots = coming(task.schedule, known, now)
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


def _sights(task: Task, given: Runtime, machine: str) -> dict[str, Any]:
    """What its schedules see of the projects now: values of thresholds, changes of files."""
    from ccm_gitops.measuring import take_survey
    from ccm_gitops.plan import RunOptions
    from ccm_gitops.projects.discover import find_projects
    from ccm_gitops.schedule.model import Changed, Threshold
    from ccm_gitops.sharding import by_task
    from ccm_gitops.state.model import TaskState
    from ccm_gitops.survey import Survey, watches
    from ccm_gitops.timetable import memories

    options, state = RunOptions(machine=machine), given.store.load()
    survey = Survey()
    if any(watches(task, options)):
        found = find_projects(given.config, machine, home=given.home, environ=given.environ)
        survey = take_survey(given, options, found, state)
    sights: dict[str, Any] = {"thresholds": [], "changed": None}
    for part, memory in memories(task.schedule, by_task(state).get(task.id, TaskState())):
        if isinstance(part, Threshold):
            values = survey.seen.values.get((task.id, part), {})
            sights["thresholds"].append(_threshold(part, values))
        elif isinstance(part, Changed):
            digests = survey.seen.digests.get((task.id, part), {})
            sights["changed"] = _changed(part, memory.seen, digests)
    first = next(iter(sights["thresholds"]), None)
    return {"threshold": first, **sights, "warnings": list(survey.warnings)}


def _threshold(part: Threshold, values: Mapping[str, float]) -> dict[str, Any]:
    """The value of each project now, and whether the condition holds there."""
    from ccm_gitops.schedule.threshold import holds

    return {
        "metric": part.metric,
        "operator": part.operator,
        "value": part.value,
        "projects": {
            id: {"value": value, "holds": holds(part, value)} for id, value in values.items()
        },
    }


def _changed(part: Changed, seen: Mapping[str, str], digests: Mapping[str, str]) -> dict[str, Any]:
    """Whether the watched files of each project changed; None where they were not seen before."""
    from ccm_gitops.schedule.changed import changed

    others = changed(seen, digests)
    return {
        "patterns": list(part.patterns),
        "projects": {id: id in others if id in seen else None for id in digests},
    }


def _slot_lines(slots: Sequence[Mapping[str, Any]], zone: str) -> Iterator[str]:
    """The slots in UTC and, where it differs, as the clocks on the wall have them."""
    pairs = [(slot["utc"], datetime.fromisoformat(slot["local"])) for slot in slots]
    is_utc = all(not local.utcoffset() for _, local in pairs)
    if slots:
        yield "next, in UTC:" if is_utc else f"next, in UTC and in {zone}:"
    for slot, (utc, local) in zip(slots, pairs, strict=True):
        note = f"  ({slot['note']})" if slot["note"] else ""
        yield f"  {utc}{'' if is_utc else f'  {local:%a %Y-%m-%d %H:%M}'}{note}"


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield f"{document['task']}: {document['schedule']}"
    yield f"{'due now' if document['due'] else 'not due'}: {document['why']}"
    yield from _slot_lines(document["slots"], document["timezone"])
    for threshold in document["thresholds"]:
        for id, seen in threshold["projects"].items():
            answer = "holds" if seen["holds"] else "does not hold"
            condition = f"{threshold['operator']} {threshold['value']:g} {answer}"
            yield f"  {id}: {threshold['metric']} is {seen['value']:g}; {condition}"
    words = {None: "is new; its next change counts", True: "changed", False: "did not change"}
    for id, changed in (document["changed"] or {}).get("projects", {}).items():
        yield f"  {id}: {words[changed]}"
    yield from document["warnings"]
