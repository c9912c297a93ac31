"""The verdict on one task: is it due now, is its slot over, or does it wait, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Settings, Task
from ccm_gitops.execution import Skip, Trigger
from ccm_gitops.pausing import is_paused, paused_because
from ccm_gitops.plan import ON_REQUEST, Planned, RunOptions, Seen, Spent, Verdict, Watch
from ccm_gitops.schedule import due
from ccm_gitops.schedule.changed import changed
from ccm_gitops.schedule.memory import Memory, key
from ccm_gitops.schedule.model import Changed, Cron, Several, Single, Threshold
from ccm_gitops.schedule.threshold import crossings
from ccm_gitops.sharding import Shard
from ccm_gitops.state.model import Claim, TaskState
from ccm_gitops.timetable import memories, remember, spend

_CLAIMS_OF_ONE_SLOT = 2


@dataclass(frozen=True)
class Moment:
    """What a verdict is made of, beside the task and its memory.

    `resumed` are the projects in which the task's pull request waited, and need wait no more.
    """

    settings: Settings
    shard: Shard
    now: datetime
    seen: Seen
    resumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Look:
    """What one schedule of a task says now, and what it remembers then."""

    decision: due.Decision
    memory: Memory
    fired: Mapping[str, float] = field(default_factory=dict)
    changed: tuple[str, ...] = ()


def remembered(task: Task, found: TaskState | None, now: datetime) -> TaskState:
    """The task's memory; what is new, or enabled again, starts to count now."""
    state = found or TaskState(enabled=task.enabled)
    enabled_again = task.enabled and not state.enabled
    fresh = {
        part: _counting(part, memory, now, afresh=enabled_again)
        for part, memory in memories(task.schedule, state)
    }
    state = remember(task.schedule, state, fresh)
    if state.enabled == task.enabled:
        return state
    return replace(state, enabled=task.enabled, failures=0 if enabled_again else state.failures)


def _counting(part: Single, memory: Memory, now: datetime, *, afresh: bool) -> Memory:
    if isinstance(part, Cron) and (memory.since is None or afresh):
        return replace(memory, since=now)
    return replace(memory, seen={}) if isinstance(part, Changed) and afresh else memory


def judge(
    task: Task, state: TaskState, options: RunOptions, moment: Moment
) -> tuple[Verdict, TaskState]:
    """The verdict on a task, and what is remembered of it then."""
    if options.tasks is not None and task.id not in options.tasks:
        return Skip(task=task.id, reason="not asked for"), state
    if task.machine not in (None, options.machine):
        return Skip(task=task.id, reason=f"runs on machine {task.machine} only"), state
    claim = state.claim
    if not claim or claim.expires_at <= moment.now:
        return _judge_free(task, state, options, moment)
    if task.concurrency == "replace":
        # As if it were over already: what is due then is a slot of its own.
        over = spend(state, claim.slot, claim.marks)
        verdict, after = _judge_free(task, over, options, moment)
        if isinstance(verdict, Planned):
            return replace(verdict, replaces=claim), after
    until = format_instant(claim.expires_at)
    reason = f"is running on {claim.machine} (claimed until {until})"
    return Skip(task=task.id, reason=reason), state


def _judge_free(
    task: Task, state: TaskState, options: RunOptions, moment: Moment
) -> tuple[Verdict, TaskState]:
    if options.force:
        looks = _looks(task, state, moment)
        return _planned(task, state, options.trigger, moment), _caught_up(task, state, looks)
    if not task.enabled:
        return Skip(task=task.id, reason="disabled"), state
    if is_paused(moment.settings, state):
        return Skip(task=task.id, reason=paused_because(task.id, state)), state
    claim = state.claim
    if claim and claim.trigger not in ON_REQUEST and claim.expires_at <= moment.now:
        return _reclaim(task, claim, moment.shard), state
    looks = _looks(task, state, moment)
    after = remember(task.schedule, state, {part: look.memory for part, look in looks.items()})
    return _verdict(task, after, looks, moment), after


def _looks(task: Task, state: TaskState, moment: Moment) -> dict[Single, _Look]:
    return {
        part: _look((task.id, part), memory, moment)
        for part, memory in memories(task.schedule, state)
    }


def _look(watch: Watch, memory: Memory, moment: Moment) -> _Look:
    part, seen = watch[1], moment.seen
    policy = due.Policy(moment.settings.catch_up, moment.settings.catch_up_window)
    decision = due.decide(part, since=memory.since, now=moment.now, policy=policy)
    match part:
        case Threshold():
            values = seen.values.get(watch, {})
            fired, edges = crossings(part, values, memory.edges, moment.now)
            return _Look(decision, replace(memory, edges=edges), fired=fired)
        case Changed():
            digests = seen.digests.get(watch, {})
            memory_then = replace(memory, seen={**memory.seen, **digests})
            return _Look(decision, memory_then, changed=changed(memory.seen, digests))
        case _:
            return _Look(decision, memory)


def _caught_up(task: Task, state: TaskState, looks: Mapping[Single, _Look]) -> TaskState:
    """What is remembered of a run that somebody asked for: it has seen the files as they are."""
    known = dict(memories(task.schedule, state))
    return remember(
        task.schedule,
        state,
        {part: replace(known[part], seen=look.memory.seen) for part, look in looks.items()},
    )


def _verdict(
    task: Task, state: TaskState, looks: Mapping[Single, _Look], moment: Moment
) -> Verdict:
    """One verdict of all the schedules: what is due at once is one run."""
    found = [(part, look.decision) for part, look in looks.items()]
    slots = {part: item.slot for part, item in found if isinstance(item, due.Due)}
    missed = {part: item for part, item in found if isinstance(item, due.Missed)}
    fired = {id: value for look in looks.values() for id, value in look.fired.items()}
    changes = tuple(id for look in looks.values() for id in look.changed)
    over = {**slots, **{part: item.slot for part, item in missed.items()}}
    marks = {key(part): slot for part, slot in over.items() if isinstance(task.schedule, Several)}
    if slots or fired or changes:
        return replace(
            _planned(task, state, _trigger(slots, fired), moment),
            slot=max(slots.values(), default=None),
            fired=fired,
            changed=changes,
            marks=marks,
            passed=_passed(slots, looks),
        )
    if missed:
        newest = max(missed.values(), key=lambda item: item.slot)
        return Spent(
            task=task,
            key=moment.shard.key(task.id),
            execution=_execution_id(task, state, moment),
            trigger="scheduled",
            status="skipped",
            reason=newest.reason,
            slot=newest.slot,
            marks=marks,
            passed=_passed(over, looks),
        )
    if moment.resumed:
        return replace(_planned(task, state, "scheduled", moment), resumed=moment.resumed)
    reasons = dict.fromkeys(item.reason for _, item in found if isinstance(item, due.Waiting))
    return Skip(task=task.id, reason="; ".join(reasons))


def _passed(slots: Mapping[Single, datetime], looks: Mapping[Single, _Look]) -> due.Passed | None:
    """The slots, over all schedules, that were missed before those that are over now."""
    found = [
        passed
        for part, slot in slots.items()
        if (passed := due.passed_over(part, since=looks[part].memory.since, slot=slot))
    ]
    if not found:
        return None
    first, last = min(item.first for item in found), max(item.last for item in found)
    return due.Passed(sum(item.count for item in found), first, last)


def _trigger(slots: Mapping[Single, datetime], fired: Mapping[str, float]) -> Trigger:
    if slots:
        return "scheduled"
    return "threshold" if fired else "changed"


def _reclaim(task: Task, claim: Claim, shard: Shard) -> Verdict:
    if claim.attempt < _CLAIMS_OF_ONE_SLOT:
        return Planned(
            task=task,
            key=shard.key(task.id),
            execution=claim.execution,
            trigger=claim.trigger,
            slot=claim.slot,
            attempt=claim.attempt + 1,
            fired=claim.fired,
            changed=claim.changed,
            marks=claim.marks,
        )
    reason = f"was started {claim.attempt} times and never finished; its runner died each time"
    return Spent.failed(task, shard.key(task.id), claim, reason)


def _planned(task: Task, state: TaskState, trigger: Trigger, moment: Moment) -> Planned:
    return Planned(
        task=task,
        key=moment.shard.key(task.id),
        execution=_execution_id(task, state, moment),
        trigger=trigger,
    )


def _execution_id(task: Task, state: TaskState, moment: Moment) -> str:
    """Task and second (and shard); counted on where the same second has one already."""
    base = f"{task.id}-{moment.now:%Y%m%dT%H%M%SZ}{moment.shard.suffix}"
    last = state.claim.execution if state.claim else state.last.execution if state.last else ""
    if last == base:
        return f"{base}-2"
    head, _, count = last.rpartition("-")
    return f"{base}-{int(count) + 1}" if head == base and count.isdigit() else base
