"""What a run tells: a message for each event and each webhook that wants it, put into the state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from ccm_gitops.config.model import Config, Group
from ccm_gitops.execution import Execution
from ccm_gitops.notify.events import Event, events_of
from ccm_gitops.notify.grouping import per_project, with_projects
from ccm_gitops.notify.noise import Told
from ccm_gitops.notify.outbox import enqueue, entries_of, with_entries
from ccm_gitops.notify.route import recipients
from ccm_gitops.state.model import State

_PARTS: Mapping[Group, Callable[[Event, Execution], tuple[Event, ...]]] = {
    "task": lambda event, execution: (event,),
    "run": lambda event, execution: (with_projects(event, execution),),
    "project": per_project,
}


def with_messages(
    state: State,
    config: Config,
    executions: Iterable[Execution],
    now: datetime,
    run_url: str | None = None,
) -> State:
    """The state with a message for each event of the executions and each webhook that wants it.

    What an earlier stage of the same execution said already is not said again.
    """
    tasks = {task.id: task for task in config.tasks}
    entries = before = entries_of(state)
    told = Told(dict(state.failing), dict(state.alerted))
    for execution in executions:
        task = tasks[execution.task_id]
        for news in _news(execution):
            event = told.on_change(task, news, execution, now)
            if event is None:
                continue
            targets = recipients(task, config.webhooks, event.kind, execution.machine)
            if event is not news:  # a recovery: who was told of the failure is told of its end
                also = recipients(task, config.webhooks, "task_failed", execution.machine)
                targets = tuple(hook for hook in config.webhooks if hook in (*targets, *also))
            for webhook in targets:
                for part in _PARTS[webhook.group](event, execution):
                    linked = replace(part, run_url=run_url)
                    entries = enqueue(entries, linked, (webhook,), now)
    if entries == before and told == Told(dict(state.failing), dict(state.alerted)):
        return state
    noted = replace(state, failing=told.failing, alerted=told.alerted)
    return with_entries(noted, entries)


def run_page(environ: Mapping[str, str]) -> str | None:
    """The page of this run on GitHub Actions, by the variables that it sets; None elsewhere."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environ.get(name) for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None


def _news(execution: Execution) -> Iterable[Event]:
    events = events_of(execution)
    if execution.status == "running":
        return events
    begun = events_of(replace(execution, status="running", completed_at=None, projects=()))
    said = {event.id for event in begun}
    return [event for event in events if event.id not in said]
