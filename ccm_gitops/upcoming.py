"""What comes next: the slots of the tasks within a time to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Task
from ccm_gitops.pausing import is_paused
from ccm_gitops.schedule.due import Due, Policy, decide, next_slots
from ccm_gitops.schedule.model import Cron
from ccm_gitops.schedule.words import describe
from ccm_gitops.sharding import by_task
from ccm_gitops.state.model import State, TaskState


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
) -> tuple[Slot, ...]:
    """What is due and what comes up to `until` on this machine, by time, then as in the file."""
    memory = by_task(state)
    slots = [
        Slot(
            at=at,
            task=task.id,
            name=task.name,
            schedule=describe(task.schedule, config.settings.timezone),
            is_due=is_due,
        )
        for task in config.tasks
        if task.enabled and task.machine in (None, machine)
        if not is_paused(config.settings, memory.get(task.id, TaskState()))
        for at, is_due in _slots(config, task, memory.get(task.id), now, until)
    ]
    return tuple(sorted(slots, key=lambda slot: slot.at))


def _slots(
    config: Config, task: Task, found: TaskState | None, now: datetime, until: datetime
) -> Iterator[tuple[datetime, bool]]:
    # As the runner does: a cron task that is enabled again counts from now.
    waits = isinstance(task.schedule, Cron) and found is not None and not found.enabled
    since = found.since if found and not waits else None
    policy = Policy(config.settings.catch_up, config.settings.catch_up_window)
    decision = decide(task.schedule, since=since, now=now, policy=policy)
    if isinstance(decision, Due):
        yield decision.slot, True
        since = decision.slot
    for slot in takewhile(
        lambda slot: slot <= until, next_slots(task.schedule, since=since, now=now)
    ):
        yield slot, False
