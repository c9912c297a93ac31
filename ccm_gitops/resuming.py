"""Pull requests that waited for the hour to be over: whose turn it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ccm_gitops.config.model import Task
from ccm_gitops.sharding import Shard
from ccm_gitops.state.model import State

PER_HOUR = "limits.per_hour"  # stands in the reason of what waits for it
_LATELY = timedelta(hours=1)


def branch_of(task: Task) -> str:
    """The name of the task's own branch."""
    return task.publish.branch.replace("{task}", task.id)


def opened_lately(state: State, now: datetime) -> int:
    """How many pull requests of ours were opened within the last hour."""
    return sum(
        record.opened_at is not None and record.opened_at > now - _LATELY
        for project in state.projects.values()
        for record in project.branches.values()
    )


def resumable(task: Task, state: State, shard: Shard, now: datetime) -> tuple[str, ...]:
    """The projects in which the task's pull request waited for the hour, and may be opened now."""
    limit = task.publish.limits_per_hour
    if task.publish.mode != "pull_request" or limit is None or opened_lately(state, now) >= limit:
        return ()
    branch = branch_of(task)
    return tuple(
        id
        for id, project in sorted(state.projects.items())
        if branch in project.branches
        and PER_HOUR in (project.branches[branch].waiting or "")
        and shard.holds(id)
    )


def taken_up(state: State, task: Task, projects: Iterable[str]) -> State:
    """The state in which nothing of the task waits there: what still must, says so again."""
    branch = branch_of(task)
    changed = {}
    for id in projects:
        project = state.projects[id]
        record = replace(project.branches[branch], waiting=None)
        changed[id] = replace(project, branches={**project.branches, branch: record})
    return replace(state, projects={**state.projects, **changed})
