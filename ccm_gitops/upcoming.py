"""What comes next: the slots of the tasks within a time to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import takewhile
from typing import Any

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Task
from ccm_gitops.pausing import is_paused
from ccm_gitops.schedule.due import Due, Policy, decide
from ccm_gitops.schedule.model import Cron
from ccm_gitops.schedule.words import describe
from ccm_gitops.sharding import by_task
from ccm_gitops.state.model import State, TaskState
from ccm_gitops.timetable import coming, memories, remember


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One slot of a task; `is_due` when the next run takes it, since its time has come."""

    at: datetime
    task: str
    name: str
    schedule: str
    is_due: bool

    def to_json(self) -> dict[str, Any]:
        """One element of `schedule upcoming --json`."""
        return {
            "at": format_instant(self.at),
            "task": self.task,
            "name": self.name,
            "schedule": self.schedule,
            "due": self.is_due,
        }


def upcoming(
    config: Config, state: State, machine: str, now: datetime, until: datetime
) -> Iterator[Slot]:
    """What is due and what comes up to `until` on this machine, by time, then as in the file."""
    memory = by_task(state)
    of_tasks = (
        _slots(config, task, memory.get(task.id, TaskState()), now)
        for task in config.tasks
        if task.enabled and task.machine in (None, machine)
        if not is_paused(config.settings, memory.get(task.id, TaskState()))
    )
    slots = merge(*of_tasks, key=lambda slot: slot.at)
    return takewhile(lambda slot: slot.is_due or slot.at <= until, slots)


def _slots(config: Config, task: Task, state: TaskState, now: datetime) -> Iterator[Slot]:
    words = describe(task.schedule, config.settings.timezone)
    slot = partial(Slot, task=task.id, name=task.name, schedule=words)
    policy = Policy(config.settings.catch_up, config.settings.catch_up_window)
    after = dict(memories(task.schedule, state))
    due = []
    for part, memory in after.items():
        # As the runner does: a cron task that is enabled again counts from now.
        waits = isinstance(part, Cron) and not state.enabled
        since = None if waits else memory.since
        decision = decide(part, since=since, now=now, policy=policy)
        if isinstance(decision, Due):
            due.append(decision.slot)
            since = decision.slot
        after[part] = replace(memory, since=since)
    if due:
        yield slot(at=max(due), is_due=True)
    for at in coming(task.schedule, remember(task.schedule, state, after), now):
        yield slot(at=at, is_due=False)
