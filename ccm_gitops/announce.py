"""Messages of a run: put into the outbox with the state, sent afterwards, the rest left waiting."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Task
from ccm_gitops.errors import StateBusyError
from ccm_gitops.execution import Execution, NotificationReport
from ccm_gitops.notify.events import Event, events_of
from ccm_gitops.notify.noise import is_told_again, recovered
from ccm_gitops.notify.outbox import OutboxEntry, enqueue
from ccm_gitops.notify.route import recipients
from ccm_gitops.runtime import Runtime
from ccm_gitops.state.model import State, WebhookState
from ccm_gitops.state.store import Store, Update

_SAVED_TOGETHER = 20  # messages; each saving writes the state, or pushes its branch


def with_messages(
    state: State, config: Config, executions: Iterable[Execution], now: datetime
) -> State:
    """The state with a message for each event of the executions and each webhook that wants it.

    What an earlier stage of the same execution said already is not said again.
    """
    tasks = {task.id: task for task in config.tasks}
    entries = before = _entries(state)
    failing = dict(state.failing)
    for execution in executions:
        task = tasks[execution.task_id]
        for event in _news(execution):
            told = _on_change(task, event, failing, now)
            if told is None:
                continue
            targets = recipients(task, config.webhooks, event.kind, execution.machine)
            if told is not event:  # a recovery: who was told of the failure is told of its end
                also = recipients(task, config.webhooks, "task_failed", execution.machine)
                targets = tuple(hook for hook in config.webhooks if hook in (*targets, *also))
            entries = enqueue(entries, told, targets, now)
    if entries == before and failing == state.failing:
        return state
    return replace(state, outbox=tuple(entry.to_json() for entry in entries), failing=failing)


def _on_change(
    task: Task, event: Event, failing: dict[str, datetime], now: datetime
) -> Event | None:
    """The event as it is told, None where that was done lately; `failing` is kept up to date."""
    if event.kind == "task_completed" and task.id in failing:
        del failing[task.id]
        return recovered(event)
    if event.kind == "task_failed" and task.notify.repeat_after:
        if not is_told_again(failing.get(task.id), task.notify.repeat_after, now):
            return None
        failing[task.id] = now
    return event


def send_messages(runtime: Runtime, machine: str) -> tuple[NotificationReport, ...]:
    """Send what waits in the outbox, keep the rest for later runs, and say what became of each."""
    state = runtime.store.load()
    before = _entries(state)
    if not any(entry.state == "waiting" for entry in before):
        return ()
    # The HTTP client takes a while to import, and most runs have nothing to send.
    from ccm_gitops.notify.deliver import deliver  # noqa: PLC0415
    from ccm_gitops.notify.drain import drain  # noqa: PLC0415
    from ccm_gitops.notify.turn import Courier  # noqa: PLC0415

    courier = Courier(
        deliver=lambda entry, webhook: deliver(entry, webhook, runtime.environ, runtime.clock),
        clock=runtime.clock,
        sleep=runtime.clock.sleep,
        settled=_Progress(runtime.store),
    )
    webhooks = {webhook.id: webhook for webhook in runtime.config.webhooks}
    drained = drain(before, webhooks, machine, courier, state.webhooks)
    now = runtime.clock.now()
    lines = (*_settled(drained.reports, now), *_paused(state, drained.health, now))

    def change(state: State) -> Update[None]:
        merged = _merged(state, before, drained.entries)
        health = {**state.webhooks, **drained.health}
        known = {id: item for id, item in health.items() if id in webhooks}
        return Update(replace(merged, webhooks=known), None, lines)

    runtime.store.update(change)
    return drained.reports


@dataclass
class _Progress:
    """Saves now and then what became of messages: a runner that is killed repeats few of them."""

    store: Store
    _settled: dict[str, OutboxEntry | None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, id: str, left: OutboxEntry | None) -> None:
        with self._lock:
            self._settled[id] = left
            # Where the state is busy, the next message or the end of the run saves all.
            with contextlib.suppress(StateBusyError):
                if len(self._settled) >= _SAVED_TOGETHER:
                    self.store.update(self._save)
                    self._settled = {}

    def _save(self, state: State) -> Update[None]:
        entries = (self._settled.get(entry.id, entry) for entry in _entries(state))
        outbox = tuple(entry.to_json() for entry in entries if entry)
        return Update(replace(state, outbox=outbox), None)


def _settled(reports: Iterable[NotificationReport], now: datetime) -> tuple[Mapping[str, Any], ...]:
    """A line for the history for each message that will not be tried again by itself."""
    return tuple(
        {"kind": "notification", "started_at": format_instant(now), **asdict(report)}
        for report in reports
        if report.status != "waiting"
    )


def _paused(
    state: State, health: Mapping[str, WebhookState], now: datetime
) -> tuple[Mapping[str, Any], ...]:
    """A line for the history when a webhook's circuit opens."""
    return tuple(
        {
            "kind": "webhook_paused",
            "webhook": id,
            "started_at": format_instant(now),
            "until": format_instant(item.open_until),
            "failure_count": item.failure_count,
            "reason": item.last_error,
        }
        for id, item in health.items()
        if item.open_until and not state.webhooks.get(id, WebhookState()).open_until
    )


def _news(execution: Execution) -> Iterable[Event]:
    events = events_of(execution)
    if execution.status == "running":
        return events
    begun = events_of(replace(execution, status="running", completed_at=None, projects=()))
    said = {event.id for event in begun}
    return [event for event in events if event.id not in said]


def _entries(state: State) -> tuple[OutboxEntry, ...]:
    return tuple(OutboxEntry.from_json(raw) for raw in state.outbox)


def _merged(state: State, before: tuple[OutboxEntry, ...], after: tuple[OutboxEntry, ...]) -> State:
    """The state's outbox with our results put in; what others added meanwhile stays."""
    handled = {entry.id for entry in before}
    kept = {entry.id: entry for entry in after}
    entries = [kept.get(entry.id) if entry.id in handled else entry for entry in _entries(state)]
    return replace(state, outbox=tuple(entry.to_json() for entry in entries if entry))
