"""One webhook's turn in a run: its messages in order, at its pace, as far as it takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from ccm_gitops.clock import Clock, format_instant
from ccm_gitops.config.model import Webhook
from ccm_gitops.execution import NotificationReport
from ccm_gitops.notify.health import CLOSED, after_try, is_open
from ccm_gitops.notify.noise import quiet_until
from ccm_gitops.notify.outbox import Attempt, OutboxEntry, after_attempt
from ccm_gitops.state.model import WebhookState

_BUDGET = 60.0  # seconds per webhook and run, after which nothing more is begun
_PAUSES = (1.0, 5.0)  # seconds before the second and the third try within a run


@dataclass(frozen=True)
class Courier:
    """How one message is sent once, the clock, and how to wait some seconds.

    `settled` is told of each message that was tried: its id, and the entry as it is kept. Several
    threads call it.
    """

    deliver: Callable[[OutboxEntry, Webhook], Attempt]
    clock: Clock
    sleep: Callable[[float], None]
    settled: Callable[[str, OutboxEntry | None], None] = lambda id, left: None


Outcome = tuple[OutboxEntry | None, NotificationReport | None]


@dataclass
class Turn:
    """`health` follows what happens; times are seconds of the courier's clock."""

    webhook: Webhook
    courier: Courier
    health: WebhookState
    _deadline: float = field(init=False)
    _ready: float = field(init=False)

    def __post_init__(self) -> None:
        clock = self.courier.clock
        self._deadline = clock.elapsed() + _BUDGET
        used = self.health.last_used_at
        since = (clock.now() - used).total_seconds() if used else self._spacing
        self._ready = clock.elapsed() + self._spacing - min(max(since, 0.0), self._spacing)

    def send(self, queue: list[OutboxEntry]) -> dict[str, Outcome]:
        """Stops at the first message that has to wait, so that no later one overtakes it."""
        outcomes: dict[str, Outcome] = {}
        obstacle: str | None = None
        for entry in queue:
            obstacle = obstacle or self._obstacle(entry)
            if obstacle:
                outcomes[entry.id] = (entry, report(entry, "waiting", obstacle))
                continue
            left, said, attempt = self._send(entry)
            outcomes[entry.id] = (left, said)
            self.courier.settled(entry.id, left)
            if attempt.status == "retry":
                obstacle = "waits behind an earlier message"
            if attempt.code in CLOSED:
                obstacle = "waits: the receiver refused an earlier message"
        return outcomes

    @property
    def _spacing(self) -> float:
        limit = self.webhook.rate_limit
        return limit.total_seconds() if limit else 0.0

    def _obstacle(self, entry: OutboxEntry) -> str | None:
        clock = self.courier.clock
        if is_open(self.health, clock.now()) and self.health.open_until:
            until = format_instant(self.health.open_until.replace(microsecond=0))
            why = f"{self.health.failure_count} failures in a row, {self.health.last_error}"
            return f"the webhook is paused until {until} ({why})"
        hours = self.webhook.quiet_hours
        if hours and (ends := quiet_until(hours, clock.now())):
            return f"waits until {format_instant(ends)}, the end of its quiet hours"
        if entry.next_at > clock.now():
            why = f" ({entry.last_error})" if entry.last_error else ""
            return f"waits until {format_instant(entry.next_at.replace(microsecond=0))}{why}"
        if clock.elapsed() >= self._deadline:
            return "waits for the next run: this one gave the webhook its minute"
        if self._ready >= self._deadline:
            return "waits for the next run: its rate_limit allows no more in this one"
        return None

    def _send(self, entry: OutboxEntry) -> tuple[OutboxEntry | None, NotificationReport, Attempt]:
        """Try, and where that may help try again within the run."""
        pauses = iter(() if self.health.open_until else _PAUSES)
        while True:
            attempt = self._try(entry)
            left = after_attempt(entry, attempt, self.courier.clock.now())
            if left is None:
                done = replace(entry, attempts=entry.attempts + 1)
                return None, report(done, "delivered", None), attempt
            pause = next(pauses, None)
            if left.state == "dead" or pause is None or not self._may_repeat(attempt, pause):
                lost = left.state == "dead" or attempt.status == "blocked"
                status: Literal["undeliverable", "waiting"] = "undeliverable" if lost else "waiting"
                return left, report(left, status, attempt.reason), attempt
            entry = left

    def _try(self, entry: OutboxEntry) -> Attempt:
        clock = self.courier.clock
        if (wait := self._ready - clock.elapsed()) > 0:
            self.courier.sleep(wait)
        attempt = self.courier.deliver(entry, self.webhook)
        self._ready = clock.elapsed() + self._spacing
        self.health = after_try(self.health, attempt, clock.now())
        return attempt

    def _may_repeat(self, attempt: Attempt, pause: float) -> bool:
        """Whether there is time for another try; it begins when it may."""
        clock = self.courier.clock
        if attempt.status != "retry" or is_open(self.health, clock.now()):
            return False
        wait = max(pause, attempt.retry_after or 0.0)
        self._ready = max(self._ready, clock.elapsed() + wait)
        return self._ready < self._deadline


def report(
    entry: OutboxEntry,
    status: Literal["delivered", "waiting", "undeliverable", "dropped"],
    reason: str | None,
) -> NotificationReport:
    """What became of a message, for the run's report."""
    return NotificationReport(
        webhook=entry.webhook_id,
        event=entry.event.kind,
        status=status,
        attempts=entry.attempts,
        reason=reason,
        event_id=entry.event.id,
        execution_id=entry.event.execution_id,
    )
