"""Empties the outbox as far as the receivers let it: webhooks side by side, each in order."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ccm_gitops.config.model import Webhook
from ccm_gitops.execution import NotificationReport
from ccm_gitops.notify.outbox import MAX_WAITING, OutboxEntry, without_old_dead
from ccm_gitops.notify.turn import Courier, Outcome, Turn, report
from ccm_gitops.state.model import WebhookState

_THREADS = 8


@dataclass(frozen=True)
class Drained:
    """The entries that are left, in their order, and a report per message that waited.

    `health` has the webhooks that were there to be tried.
    """

    entries: tuple[OutboxEntry, ...]
    reports: tuple[NotificationReport, ...]
    health: Mapping[str, WebhookState] = field(default_factory=dict)


def drain(
    entries: tuple[OutboxEntry, ...],
    webhooks: Mapping[str, Webhook],
    machine: str,
    courier: Courier,
    health: Mapping[str, WebhookState],
) -> Drained:
    """Send what is due; `webhooks` and `health` by id.

    Every waiting message is reported once, but for those of another machine's webhooks, which are
    left as they are. A webhook takes at most a minute and what its last request needs.
    """
    queues: dict[str, list[OutboxEntry]] = {}
    for entry in entries:
        if entry.state == "waiting":
            queues.setdefault(entry.webhook_id, []).append(entry)
    turns = {
        id: Turn(webhooks[id], courier, health.get(id, WebhookState()))
        for id in queues
        if _is_here(webhooks.get(id), machine)
    }
    outcomes: dict[str, Outcome] = {}
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        jobs = [pool.submit(_drain_queue, queues[id], turn) for id, turn in turns.items()]
        for job in jobs:
            outcomes |= job.result()
    for id in queues.keys() - turns.keys():
        outcomes |= _dropped(queues[id], webhooks.get(id))
    kept = [outcomes.get(entry.id, (entry, None))[0] for entry in entries]
    reports = [outcomes[entry.id][1] for entry in entries if entry.id in outcomes]
    return Drained(
        without_old_dead(entry for entry in kept if entry),
        tuple(report for report in reports if report),
        {id: turn.health for id, turn in turns.items()},
    )


def _is_here(webhook: Webhook | None, machine: str) -> bool:
    return webhook is not None and webhook.enabled and webhook.machine in (None, machine)


def _dropped(queue: list[OutboxEntry], webhook: Webhook | None) -> dict[str, Outcome]:
    if webhook and webhook.enabled:
        return {}
    reason = "the webhook is disabled" if webhook else "the webhook is not configured any more"
    return {entry.id: (None, report(entry, "dropped", reason)) for entry in queue}


def _drain_queue(queue: list[OutboxEntry], turn: Turn) -> dict[str, Outcome]:
    overflow = queue[: max(0, len(queue) - MAX_WAITING)]
    outcomes = {entry.id: _given_up(entry) for entry in overflow}
    return outcomes | turn.send(queue[len(overflow) :])


def _given_up(entry: OutboxEntry) -> Outcome:
    reason = f"given up: more than {MAX_WAITING} messages were waiting"
    dead = replace(entry, state="dead", last_error=reason)
    return dead, report(dead, "undeliverable", reason)
