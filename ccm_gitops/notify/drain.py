"""Empties the outbox as far as the receivers let it: webhooks side by side, each in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from ccm_gitops.clock import Clock, format_instant
from ccm_gitops.config.model import Webhook
from ccm_gitops.execution import NotificationReport
from ccm_gitops.notify.outbox import (
    MAX_WAITING,
    Attempt,
    OutboxEntry,
    after_attempt,
    without_old_dead,
)

_THREADS = 8
_BUDGET = 60.0  # seconds per webhook and run, after which nothing more is begun
_PAUSES = (1.0, 5.0)  # seconds before the second and the third try within a run
# Answers that are about the webhook, not about the message: the next one would fare no better.
_CLOSED = frozenset({401, 403, 404, 410})


@dataclass(frozen=True)
class Courier:
    """How one message is sent once, the clock, and how to wait some seconds."""

    deliver: Callable[[OutboxEntry, Webhook], Attempt]
    clock: Clock
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class Drained:
    """The entries that are left, in their order, and a report per message that waited."""

    entries: tuple[OutboxEntry, ...]
    reports: tuple[NotificationReport, ...]


_Outcome = tuple[OutboxEntry | None, NotificationReport | None]


def drain(
    entries: tuple[OutboxEntry, ...],
    webhooks: Mapping[str, Webhook],
    machine: str,
    courier: Courier,
) -> Drained:
    """Send what is due; `webhooks` by id.

    Every waiting message is reported once, but for those of another machine's webhooks, which are
    left as they are. A webhook takes at most a minute and what its last request needs.
    """
    queues: dict[str, list[OutboxEntry]] = {}
    for entry in entries:
        if entry.state == "waiting":
            queues.setdefault(entry.webhook_id, []).append(entry)
    outcomes: dict[str, _Outcome] = {}
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        jobs = [
            pool.submit(_drain_queue, queue, webhooks.get(webhook_id), machine, courier)
            for webhook_id, queue in queues.items()
        ]
        for job in jobs:
            outcomes |= job.result()
    kept = [outcomes.get(entry.id, (entry, None))[0] for entry in entries]
    reports = [outcomes[entry.id][1] for entry in entries if entry.id in outcomes]
    return Drained(
        without_old_dead(entry for entry in kept if entry),
        tuple(report for report in reports if report),
    )


def _drain_queue(
    queue: list[OutboxEntry], webhook: Webhook | None, machine: str, courier: Courier
) -> dict[str, _Outcome]:
    if webhook is None or not webhook.enabled:
        reason = "the webhook is disabled" if webhook else "the webhook is not configured any more"
        return {entry.id: (None, _report(entry, "dropped", reason)) for entry in queue}
    if webhook.machine not in (None, machine):
        return {}
    overflow = queue[: max(0, len(queue) - MAX_WAITING)]
    outcomes = {entry.id: _given_up(entry) for entry in overflow}
    return outcomes | _send_in_order(queue[len(overflow) :], webhook, courier)


def _send_in_order(
    queue: list[OutboxEntry], webhook: Webhook, courier: Courier
) -> dict[str, _Outcome]:
    """Stops at the first message that has to wait, so that no later one overtakes it."""
    deadline = courier.clock.elapsed() + _BUDGET
    outcomes: dict[str, _Outcome] = {}
    obstacle: str | None = None
    for entry in queue:
        obstacle = obstacle or _obstacle(entry, courier.clock, deadline)
        if obstacle:
            outcomes[entry.id] = (entry, _report(entry, "waiting", obstacle))
            continue
        left, report, attempt = _send(entry, webhook, courier, deadline)
        outcomes[entry.id] = (left, report)
        if attempt.status == "retry":
            obstacle = "waits behind an earlier message"
        if attempt.code in _CLOSED:
            obstacle = "waits: the receiver refused an earlier message"
    return outcomes


def _obstacle(entry: OutboxEntry, clock: Clock, deadline: float) -> str | None:
    if entry.next_at > clock.now():
        why = f" ({entry.last_error})" if entry.last_error else ""
        return f"waits until {format_instant(entry.next_at.replace(microsecond=0))}{why}"
    if clock.elapsed() >= deadline:
        return "waits for the next run: this one gave the webhook its minute"
    return None


def _send(
    entry: OutboxEntry, webhook: Webhook, courier: Courier, deadline: float
) -> tuple[OutboxEntry | None, NotificationReport, Attempt]:
    """Try, and where that may help try again within the run."""
    pauses = iter(_PAUSES)
    while True:
        attempt = courier.deliver(entry, webhook)
        left = after_attempt(entry, attempt, courier.clock.now())
        if left is None:
            done = replace(entry, attempts=entry.attempts + 1)
            return None, _report(done, "delivered", None), attempt
        pause = next(pauses, None)
        wait = max(pause or 0.0, attempt.retry_after or 0.0)
        in_time = courier.clock.elapsed() + wait < deadline
        if attempt.status != "retry" or left.state == "dead" or pause is None or not in_time:
            lost = left.state == "dead" or attempt.status == "blocked"
            status: Literal["undeliverable", "waiting"] = "undeliverable" if lost else "waiting"
            return left, _report(left, status, attempt.reason), attempt
        courier.sleep(wait)
        entry = left


def _given_up(entry: OutboxEntry) -> _Outcome:
    reason = f"given up: more than {MAX_WAITING} messages were waiting"
    dead = replace(entry, state="dead", last_error=reason)
    return dead, _report(dead, "undeliverable", reason)


def _report(
    entry: OutboxEntry,
    status: Literal["delivered", "waiting", "undeliverable", "dropped"],
    reason: str | None,
) -> NotificationReport:
    return NotificationReport(
        webhook=entry.webhook_id,
        event=entry.event.kind,
        status=status,
        attempts=entry.attempts,
        reason=reason,
        event_id=entry.event.id,
        execution_id=entry.event.execution_id,
    )
