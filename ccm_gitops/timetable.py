"""A task's schedules with what the state remembers of each, and the slots that come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from heapq import merge

from ccm_gitops.schedule.due import next_slots
from ccm_gitops.schedule.memory import Memory, key
from ccm_gitops.schedule.model import Schedule, Several, Single
from ccm_gitops.state.model import TaskState


def memories(schedule: Schedule, state: TaskState) -> tuple[tuple[Single, Memory], ...]:
    """Each schedule of a task with its memory: a single one has that of the task itself."""
    if not isinstance(schedule, Several):
        return ((schedule, state),)
    return tuple((part, state.parts.get(key(part), Memory())) for part in schedule.parts)


def remember(schedule: Schedule, state: TaskState, made: Mapping[Single, Memory]) -> TaskState:
    """The task's state with new memories; those of schedules that are gone are forgotten."""
    if isinstance(schedule, Several):
        known = {key(part): made[part] for part in schedule.parts}
        return replace(state, parts=known, edges={}, seen={})
    memory = made[schedule]
    if memory is state and not state.parts:
        return state  # thousands of tasks wait, and nothing is new of them
    return replace(state, since=memory.since, edges=memory.edges, seen=memory.seen, parts={})


def spend(state: TaskState, slot: datetime | None, marks: Mapping[str, datetime]) -> TaskState:
    """The task's state once its slot is over; `marks` are the slots of several schedules."""
    parts = {
        name: replace(memory, since=marks.get(name, memory.since))
        for name, memory in state.parts.items()
    }
    return replace(state, since=slot or state.since, parts=parts)


def coming(schedule: Schedule, state: TaskState, now: datetime) -> Iterator[datetime]:
    """When a task is due after now, each instant once."""
    last = None
    for slot in merge(
        *(next_slots(part, since=known.since, now=now) for part, known in memories(schedule, state))
    ):
        if slot != last:
            yield slot
        last = slot
