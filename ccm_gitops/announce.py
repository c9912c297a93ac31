"""Messages of a run: put into the outbox with the state, sent afterwards, the rest left waiting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ccm_gitops.config.model import Config
from ccm_gitops.execution import Execution, NotificationReport
from ccm_gitops.notify.events import Event, events_of
from ccm_gitops.notify.outbox import OutboxEntry, enqueue
from ccm_gitops.notify.route import recipients
from ccm_gitops.runtime import Runtime
from ccm_gitops.state.model import State
from ccm_gitops.state.store import Update


def with_messages(
    state: State, config: Config, executions: Iterable[Execution], now: datetime
) -> State:
    """The state with a message for each event of the executions and each webhook that wants it.

    What an earlier stage of the same execution said already is not said again.
    """
    tasks = {task.id: task for task in config.tasks}
    entries = before = _entries(state)
    for execution in executions:
        for event in _news(execution):
            targets = recipients(
                tasks[execution.task_id], config.webhooks, event.kind, execution.machine
            )
            entries = enqueue(entries, event, targets, now)
    if entries == before:
        return state
    return replace(state, outbox=tuple(entry.to_json() for entry in entries))


def send_messages(runtime: Runtime, machine: str) -> tuple[NotificationReport, ...]:
    """Send what waits in the outbox, keep the rest for later runs, and say what became of each."""
    before = _entries(runtime.store.load())
    if not any(entry.state == "waiting" for entry in before):
        return ()
    # The HTTP client takes a while to import, and most runs have nothing to send.
    from ccm_gitops.notify.deliver import deliver  # noqa: PLC0415
    from ccm_gitops.notify.drain import Courier, drain  # noqa: PLC0415

    courier = Courier(
        deliver=lambda entry, webhook: deliver(entry, webhook, runtime.environ, runtime.clock),
        clock=runtime.clock,
        sleep=runtime.clock.sleep,
    )
    webhooks = {webhook.id: webhook for webhook in runtime.config.webhooks}
    drained = drain(before, webhooks, machine, courier)
    runtime.store.update(lambda state: Update(_merged(state, before, drained.entries), None))
    return drained.reports


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
