"""What a run will do, decided without doing it: config, state and time in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Settings, Task
from ccm_gitops.execution import Skip, Status, Trigger
from ccm_gitops.pausing import is_paused, paused_because
from ccm_gitops.schedule import due
from ccm_gitops.schedule.model import Cron, Threshold
from ccm_gitops.schedule.threshold import crossings
from ccm_gitops.sharding import WHOLE, Shard
from ccm_gitops.state.model import Claim, State, TaskState

# How long a claim holds without renewal; the runner renews it while it works.
LEASE = timedelta(minutes=5)
_CLAIMS_OF_ONE_SLOT = 2
# Asked for, not scheduled: nobody waits for the second try of such a run.
ON_REQUEST: frozenset[Trigger] = frozenset({"manual", "api"})


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What the caller asks of a run; `tasks` None means all, `force` runs them whatever is due.

    `trigger` says who forces: a person (`manual`) or a program (`api`).
    """

    machine: str
    tasks: frozenset[str] | None = None
    dry_run: bool = False
    force: bool = False
    trigger: Trigger = "manual"
    shard: Shard = WHOLE


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A task to run now; `fired` holds the projects that crossed a threshold with their values.

    `key` is where the state remembers the task.
    """

    task: Task
    key: str
    execution: str
    trigger: Trigger
    slot: datetime | None = None
    attempt: int = 1
    fired: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A slot that is over without a run, and goes into the history with its reason."""

    task: Task
    key: str
    execution: str
    trigger: Trigger
    status: Status
    reason: str
    slot: datetime | None
    attempt: int = 1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The decision on every task; `memory` is, by key, what the state must remember of it.

    `clock_behind` is the time of the last run, where the clock stands before it.
    """

    due: tuple[Planned, ...]
    spent: tuple[Spent, ...]
    waiting: tuple[Skip, ...]
    memory: Mapping[str, TaskState]
    clock_behind: datetime | None = None


Verdict = Planned | Spent | Skip
Values = Mapping[str, Mapping[str, float]]


def make_plan(
    config: Config, state: State, options: RunOptions, now: datetime, values: Values
) -> Plan:
    """Decide on every task.

    `values` maps the id of each threshold task to its projects' present metric values.
    """
    verdicts: list[Verdict] = []
    memory: dict[str, TaskState] = {}
    left = config.settings.max_executions_per_hour - len(within_hour(state.starts, now))
    for task in config.tasks:
        before = _remembered(task, options.shard.memory(state, task.id), now)
        verdict, after = _judge(
            task, before, options, _Moment(config.settings, options.shard, now, values)
        )
        if isinstance(verdict, Planned):
            left -= 1
        if left < 0 and isinstance(verdict, Planned):
            # Nothing is spent: neither the slot, nor a threshold that fired.
            verdict, after = Skip(task=task.id, reason="waits: max_executions_per_hour"), before
        verdicts.append(verdict)
        memory[options.shard.key(task.id)] = after
    return Plan(
        due=tuple(
            item for wave in waves(v for v in verdicts if isinstance(v, Planned)) for item in wave
        ),
        spent=tuple(v for v in verdicts if isinstance(v, Spent)),
        waiting=tuple(v for v in verdicts if isinstance(v, Skip)),
        memory=memory,
        clock_behind=state.heartbeat.at if state.heartbeat and state.heartbeat.at > now else None,
    )


def within_hour(starts: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Those of the starts that lie within the last hour."""
    return tuple(start for start in starts if now - timedelta(hours=1) < start <= now)


def waves(planned: Iterable[Planned]) -> Iterator[tuple[Planned, ...]]:
    """The same tasks in groups: each after those that it needs, in a group as in the file."""
    rest = list(planned)
    while rest:
        names = {item.task.id for item in rest}
        wave = tuple(item for item in rest if not names.intersection(item.task.needs))
        assert wave, "a circle of needs is refused with the configuration"
        yield wave
        rest = [item for item in rest if item not in wave]


def unmet_need(
    task: Task, outcomes: Mapping[str, Status], state: State, shard: Shard
) -> str | None:
    """Why a task may not run yet, or None: each need completed, in this run or the last time."""
    for need in task.needs:
        last = (shard.memory(state, need) or TaskState()).last
        status = outcomes.get(need) or (last.status if last else None)
        if status is None:
            return f"needs {need}, which has not run yet"
        if status != "completed":
            return f"needs {need}, which {status.replace('skipped', 'was skipped')}"
    return None


def next_due(
    config: Config, memory: Mapping[str, TaskState], options: RunOptions, now: datetime
) -> datetime | None:
    """The first slot after now over all enabled tasks of this machine."""
    slots = (
        due.next_slot(task.schedule, since=memory[key].since, now=now)
        for task in config.tasks
        if (key := options.shard.key(task.id)) in memory
        and task.enabled
        and not is_paused(config.settings, memory[key])
        and task.machine in (None, options.machine)
    )
    return min((slot for slot in slots if slot is not None), default=None)


@dataclass(frozen=True)
class _Moment:
    settings: Settings
    shard: Shard
    now: datetime
    values: Values


def _remembered(task: Task, found: TaskState | None, now: datetime) -> TaskState:
    """The task's memory; a cron task that is new, or enabled again, starts to count now."""
    state = found or TaskState(enabled=task.enabled)
    enabled_again = task.enabled and not state.enabled
    if isinstance(task.schedule, Cron) and (state.since is None or enabled_again):
        state = replace(state, since=now)
    if enabled_again:
        state = replace(state, failures=0)
    return replace(state, enabled=task.enabled)


def _judge(
    task: Task, state: TaskState, options: RunOptions, moment: _Moment
) -> tuple[Verdict, TaskState]:
    if options.tasks is not None and task.id not in options.tasks:
        return Skip(task=task.id, reason="not asked for"), state
    if task.machine not in (None, options.machine):
        return Skip(task=task.id, reason=f"runs on machine {task.machine} only"), state
    if state.claim and state.claim.expires_at > moment.now:
        until = format_instant(state.claim.expires_at)
        return Skip(
            task=task.id, reason=f"is running on {state.claim.machine} (claimed until {until})"
        ), state
    if options.force:
        return _planned(task, state, options.trigger, moment), state
    if not task.enabled:
        return Skip(task=task.id, reason="disabled"), state
    if is_paused(moment.settings, state):
        return Skip(task=task.id, reason=paused_because(task.id, state)), state
    if state.claim and state.claim.trigger not in ON_REQUEST:
        return _reclaim(task, state.claim, moment.shard), state
    if isinstance(task.schedule, Threshold):
        return _judge_threshold(task, task.schedule, state, moment)
    return _judge_time(task, state, moment), state


def _judge_time(task: Task, state: TaskState, moment: _Moment) -> Verdict:
    policy = due.Policy(moment.settings.catch_up, moment.settings.catch_up_window)
    decision = due.decide(task.schedule, since=state.since, now=moment.now, policy=policy)
    match decision:
        case due.Due(slot):
            return _planned(task, state, "scheduled", moment, slot=slot)
        case due.Missed(slot, reason):
            return Spent(
                task=task,
                key=moment.shard.key(task.id),
                execution=_execution_id(task, state, moment),
                trigger="scheduled",
                status="skipped",
                reason=reason,
                slot=slot,
            )
        case due.Waiting(reason):
            return Skip(task=task.id, reason=reason)


def _judge_threshold(
    task: Task, threshold: Threshold, state: TaskState, moment: _Moment
) -> tuple[Verdict, TaskState]:
    values = moment.values.get(task.id, {})
    fired, edges = crossings(threshold, values, state.edges, moment.now)
    state = replace(state, edges=edges)
    if not fired:
        return Skip(task=task.id, reason="no project has crossed the threshold"), state
    return _planned(task, state, "threshold", moment, fired=fired), state


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
        )
    return Spent(
        task=task,
        key=shard.key(task.id),
        execution=claim.execution,
        trigger=claim.trigger,
        status="failed",
        reason=f"was started {claim.attempt} times and never finished; its runner died each time",
        slot=claim.slot,
        attempt=claim.attempt,
    )


def _planned(
    task: Task,
    state: TaskState,
    trigger: Trigger,
    moment: _Moment,
    *,
    slot: datetime | None = None,
    fired: Mapping[str, float] | None = None,
) -> Planned:
    return Planned(
        task=task,
        key=moment.shard.key(task.id),
        execution=_execution_id(task, state, moment),
        trigger=trigger,
        slot=slot,
        fired=fired or {},
    )


def _execution_id(task: Task, state: TaskState, moment: _Moment) -> str:
    """Task and second (and shard); counted on where the same second has one already."""
    base = f"{task.id}-{moment.now:%Y%m%dT%H%M%SZ}{moment.shard.suffix}"
    last = state.last.execution if state.last else ""
    if last == base:
        return f"{base}-2"
    head, _, count = last.rpartition("-")
    return f"{base}-{int(count) + 1}" if head == base and count.isdigit() else base
