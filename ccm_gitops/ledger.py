"""What a run writes into the state: claims, renewals, results; pure, so a store may repeat it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from ccm_gitops.execution import Execution, Status
from ccm_gitops.plan import LEASE, ON_REQUEST, Plan, Planned
from ccm_gitops.planning import within_hour
from ccm_gitops.resuming import taken_up
from ccm_gitops.state.model import (
    BranchRecord,
    Claim,
    Figures,
    Heartbeat,
    LastRun,
    ProjectState,
    State,
    TaskState,
)
from ccm_gitops.timetable import spend


def claim(state: State, plan: Plan, machine: str, now: datetime) -> State:
    """Remember the plan: a claim for each task that is due, the slots that are spent."""
    tasks = dict(plan.memory)
    for spent in plan.spent:
        before = spend(tasks[spent.key], spent.slot, spent.marks)
        started_at = spent.begun.at if spent.begun else now
        last = LastRun(
            execution=spent.execution, status=spent.status, started_at=started_at, completed_at=now
        )
        # A slot that nobody ran says nothing of the task's health: its last run stays.
        tasks[spent.key] = replace(
            before,
            claim=None,
            last=last if spent.status == "failed" else before.last,
            failures=_in_a_row(before, spent.status),
        )
    for item in plan.due:
        state = taken_up(state, item.task, item.resumed)
        # After what is spent: a run that replaces another takes its place.
        tasks[item.key] = replace(tasks[item.key], claim=_claim(item, machine, now))
    return replace(
        state,
        heartbeat=_later(state.heartbeat, Heartbeat(at=now, machine=machine)),
        tasks={**state.tasks, **tasks},
        starts=(*within_hour(state.starts, now), *(now for _ in plan.due)),
    )


def _claim(item: Planned, machine: str, now: datetime) -> Claim:
    return Claim(
        execution=item.execution,
        trigger=item.trigger,
        machine=machine,
        at=now,
        expires_at=now + LEASE,
        slot=item.slot,
        attempt=item.attempt,
        fired=item.fired,
        changed=item.changed,
        marks=item.marks,
    )


def _later(known: Heartbeat | None, new: Heartbeat) -> Heartbeat:
    """A clock that stepped back does not hide that there were later runs."""
    return known if known and known.at > new.at else new


def renew(state: State, planned: Iterable[Planned], now: datetime) -> State:
    """Lengthen the leases of what is still running."""
    tasks = dict(state.tasks)
    for item in planned:
        found = _own_claim(state, item)
        if found:
            lease = replace(found, expires_at=now + LEASE)
            tasks[item.key] = replace(tasks[item.key], claim=lease)
    return replace(state, tasks=tasks)


def lost(state: State, planned: Iterable[Planned]) -> frozenset[str]:
    """The executions whose claims are no longer ours: they are over, or somebody else's."""
    return frozenset(item.execution for item in planned if not _own_claim(state, item))


def release(state: State, planned: Iterable[Planned]) -> State:
    """Give back what was claimed and not finished: the next run takes it up at once."""
    tasks = dict(state.tasks)
    for item in planned:
        found = _own_claim(state, item)
        if found:
            # Nobody waits for the second try of a person's command. Any other slot keeps its
            # claim, expired, which knows its tries and what fired.
            given_back = replace(found, expires_at=found.at)
            lease = None if found.trigger in ON_REQUEST else given_back
            tasks[item.key] = replace(tasks[item.key], claim=lease)
    return replace(state, tasks=tasks)


def settle(state: State, planned: Planned, execution: Execution) -> State:
    """Record how an execution ended and spend its slot.

    Leaves the state alone when the claim is no longer ours: another runner took over.
    """
    if not _own_claim(state, planned):
        return state
    now = execution.completed_at
    assert now is not None
    # Forced runs, which have no slot, leave the slots as they were.
    before = spend(state.tasks[planned.key], planned.slot, planned.marks)
    after = replace(
        before,
        claim=None,
        last=LastRun(
            execution=execution.id,
            status=execution.status,
            started_at=execution.started_at or now,
            completed_at=now,
        ),
        failures=_in_a_row(before, execution.status),
    )
    return replace(state, tasks={**state.tasks, planned.key: after})


def _in_a_row(before: TaskState, status: Status) -> int:
    """Failures since the last execution that completed; one that was skipped says nothing."""
    if status == "completed":
        return 0
    return before.failures + (status == "failed")


def remember_branches(state: State, records: Mapping[str, Mapping[str, BranchRecord]]) -> State:
    """Record, by project and branch, what is known of the branches that are ours."""
    projects = dict(state.projects)
    for project, branches in records.items():
        before = projects.get(project, ProjectState())
        projects[project] = replace(before, branches={**before.branches, **branches})
    return replace(state, projects=projects)


def compare_scores(state: State, execution: Execution) -> Execution:
    """The execution with what each file's score was when it was last looked at."""
    results = tuple(
        replace(
            result,
            previous_score=state.projects.get(result.id, ProjectState()).scores.get(
                result.file or ""
            ),
        )
        for result in execution.projects
    )
    return replace(execution, projects=results)


def remember_scores(state: State, execution: Execution) -> State:
    """Record the score of each file that the execution looked at."""
    projects = dict(state.projects)
    for result in execution.projects:
        if result.score is not None:
            before = projects.get(result.id, ProjectState())
            scores = {**before.scores, result.file or "": result.score}
            projects[result.id] = replace(before, scores=scores)
    return replace(state, projects=projects)


def remember_figures(state: State, figures: Mapping[str, Figures]) -> State:
    """Record the projects' newest measures."""
    projects = dict(state.projects)
    for project, measured in figures.items():
        projects[project] = replace(projects.get(project, ProjectState()), figures=measured)
    return replace(state, projects=projects)


def _own_claim(state: State, planned: Planned) -> Claim | None:
    found = state.tasks.get(planned.key, TaskState()).claim
    if found and (found.execution, found.attempt) == (planned.execution, planned.attempt):
        return found
    return None
