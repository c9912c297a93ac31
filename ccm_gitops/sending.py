"""Sends what waits in the state, and writes down what became of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from ccm_gitops import audit
from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Webhook
from ccm_gitops.errors import GitError, StateBusyError
from ccm_gitops.execution import NotificationReport
from ccm_gitops.notify.events import webhook_paused
from ccm_gitops.notify.grouping import grouped
from ccm_gitops.notify.health import is_open
from ccm_gitops.notify.noise import quiet_until
from ccm_gitops.notify.outbox import OutboxEntry, enqueue, entries_of, with_entries
from ccm_gitops.notify.route import listeners
from ccm_gitops.runtime import Runtime
from ccm_gitops.state.model import State, WebhookState
from ccm_gitops.state.store import Store, Update

_SAVED_TOGETHER = 20  # messages; each saving writes the state, or pushes its branch


def send_messages(
    runtime: Runtime, state: State, machine: str, *, at_end: bool
) -> tuple[NotificationReport, ...]:
    """Send what waits in the outbox, keep the rest for later runs, and say what became of each.

    `state` is that of the runtime's store, as it is now. What a webhook groups by run waits for
    the end of the run.
    """
    webhooks = {webhook.id: webhook for webhook in runtime.config.webhooks}
    by_run = {id for id, webhook in webhooks.items() if webhook.group == "run"}
    if at_end and by_run:
        state = _digested(runtime, state, [webhooks[id] for id in by_run])
    before = tuple(e for e in entries_of(state) if at_end or e.webhook_id not in by_run)
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
    drained = drain(before, webhooks, machine, courier, state.webhooks)
    now = runtime.clock.now()
    paused = _newly_paused(state, drained.health)
    lines = (
        *_settled(drained.reports, _known(before, drained.entries), now),
        *_paused_lines(paused, now),
    )

    def change(state: State) -> Update[State]:
        merged = _merged(state, before, drained.entries)
        merged = _with_pauses(merged, paused, runtime.config.webhooks, machine, now)
        health = {**state.webhooks, **drained.health}
        known = {id: item for id, item in health.items() if id in webhooks}
        made = replace(merged, webhooks=known)
        return Update(made, made, lines)

    state = runtime.store.update(change)
    if not paused:
        return drained.reports
    # The others are told at once: the next run may be a day away.
    return (*drained.reports, *send_messages(runtime, state, machine, at_end=at_end))


def _digested(runtime: Runtime, state: State, webhooks: Sequence[Webhook]) -> State:
    """The state in which what waits for each of the webhooks is one message, when it can be sent.

    The digest is saved before it is sent: a repeated message is the same message.
    """
    now = runtime.clock.now()
    ready = {
        webhook.id
        for webhook in webhooks
        if not is_open(state.webhooks.get(webhook.id, WebhookState()), now)
        and not (webhook.quiet_hours and quiet_until(webhook.quiet_hours, now))
    }

    def change(state: State) -> Update[State]:
        changed = with_entries(state, grouped(entries_of(state), ready))
        return Update(changed, changed)

    before = entries_of(state)
    return runtime.store.update(change) if grouped(before, ready) != before else state


@dataclass
class _Progress:
    """Saves now and then what became of messages: a runner that is killed repeats few of them."""

    store: Store
    _settled: dict[str, OutboxEntry | None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, id: str, left: OutboxEntry | None) -> None:
        with self._lock:
            self._settled[id] = left
            # Where the state is busy or out of reach, a later message or the run's end saves all.
            with contextlib.suppress(StateBusyError, GitError):
                if len(self._settled) >= _SAVED_TOGETHER:
                    self.store.update(self._save)
                    self._settled = {}

    def _save(self, state: State) -> Update[None]:
        entries = (self._settled.get(entry.id, entry) for entry in entries_of(state))
        return Update(with_entries(state, (entry for entry in entries if entry)), None)


def _known(
    before: Iterable[OutboxEntry], after: Iterable[OutboxEntry]
) -> set[tuple[str, str, str | None]]:
    """The messages that go on waiting, with the reasons that earlier runs have told."""
    kept = {entry.id for entry in after if entry.state == "waiting"}
    return {(e.webhook_id, e.event.id, e.last_error) for e in before if e.id in kept}


def _settled(
    reports: Iterable[NotificationReport], known: set[tuple[str, str, str | None]], now: datetime
) -> tuple[Mapping[str, Any], ...]:
    """A line for each message that is over, and one for each that cannot be tried for now."""
    return tuple(
        audit.line("notification", now, **asdict(report))
        for report in reports
        if report.status != "waiting"
        and (report.webhook, report.event_id, report.reason) not in known
    )


def _newly_paused(state: State, health: Mapping[str, WebhookState]) -> dict[str, WebhookState]:
    """The webhooks whose circuit has opened in this sending."""
    return {
        id: item
        for id, item in health.items()
        if item.open_until and not state.webhooks.get(id, WebhookState()).open_until
    }


def _with_pauses(
    state: State,
    paused: Mapping[str, WebhookState],
    webhooks: Sequence[Webhook],
    machine: str,
    now: datetime,
) -> State:
    """The state with a message to the other webhooks for each that is paused."""
    entries = entries_of(state)
    for hook in webhooks:
        if health := paused.get(hook.id):
            until, reason = health.open_until or now, health.last_error or "no answer"
            event = webhook_paused(hook, reason, until, now)
            others = [other for other in webhooks if other.id not in paused]
            entries = enqueue(entries, event, listeners(others, event.kind, machine), now)
    return with_entries(state, entries)


def _paused_lines(
    paused: Mapping[str, WebhookState], now: datetime
) -> tuple[Mapping[str, Any], ...]:
    """A line for the history for each webhook that is paused."""
    return tuple(
        audit.line(
            "webhook_paused",
            now,
            webhook=id,
            until=format_instant(item.open_until or now),
            failure_count=item.failure_count,
            reason=item.last_error,
        )
        for id, item in paused.items()
    )


def _merged(state: State, before: tuple[OutboxEntry, ...], after: tuple[OutboxEntry, ...]) -> State:
    """The state's outbox with our results put in; what others added meanwhile stays."""
    handled = {entry.id for entry in before}
    kept = {entry.id: entry for entry in after}
    entries = [kept.get(entry.id) if entry.id in handled else entry for entry in entries_of(state)]
    return with_entries(state, (entry for entry in entries if entry))
