"""What a run will do, decided without doing it: config, state and time in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from ccm_gitops.config.model import Config, Task
from ccm_gitops.execution import Skip, Status
from ccm_gitops.judging import Moment, judge, remembered
from ccm_gitops.pausing import is_paused
from ccm_gitops.plan import NOTHING_SEEN, Plan, Planned, RunOptions, Seen, Spent, Verdict
from ccm_gitops.resuming import resumable
from ccm_gitops.sharding import Shard
from ccm_gitops.state.model import Claim, State, TaskState
from ccm_gitops.timetable import coming


def make_plan(
    config: Config, state: State, options: RunOptions, now: datetime, seen: Seen = NOTHING_SEEN
) -> Plan:
    """Decide on every task."""
    verdicts: list[Verdict] = []
    memory: dict[str, TaskState] = {}
    left = config.settings.max_executions_per_hour - len(within_hour(state.starts, now))
    for task in config.tasks:
        before = remembered(task, options.shard.memory(state, task.id), now)
        resumed = resumable(task, state, options.shard, now)
        moment = Moment(config.settings, options.shard, now, seen, resumed)
        verdict, after = judge(task, before, options, moment)
        if isinstance(verdict, Planned):
            left -= 1
        if left < 0 and isinstance(verdict, Planned):
            # Nothing is spent: neither the slot, nor a threshold that fired.
            verdict, after = Skip(task=task.id, reason="waits: max_executions_per_hour"), before
        verdicts.append(verdict)
        memory[options.shard.key(task.id)] = after
    due = [item for item in verdicts if isinstance(item, Planned)]
    return Plan(
        due=tuple(item for wave in waves(due) for item in wave),
        spent=(
            *(item for item in verdicts if isinstance(item, Spent)),
            *(_replaced(item, item.replaces) for item in due if item.replaces),
        ),
        waiting=tuple(v for v in verdicts if isinstance(v, Skip)),
        memory=memory,
        clock_behind=state.heartbeat.at if state.heartbeat and state.heartbeat.at > now else None,
    )


def _replaced(item: Planned, claim: Claim) -> Spent:
    """The end of the run that another takes the place of."""
    reason = f"replaced by {item.execution}, which was due while it was still running"
    return Spent.failed(item.task, item.key, claim, reason)


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
        next(coming(task.schedule, memory[key], now), None)
        for task in config.tasks
        if (key := options.shard.key(task.id)) in memory
        and task.enabled
        and not is_paused(config.settings, memory[key])
        and task.machine in (None, options.machine)
    )
    return min((slot for slot in slots if slot is not None), default=None)
