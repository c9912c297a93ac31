"""Messages that wait in the state, and what becomes of one after an attempt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from ccm_gitops.clock import format_instant, parse_instant
from ccm_gitops.config.model import Webhook
from ccm_gitops.errors import StateError
from ccm_gitops.notify.events import Event
from ccm_gitops.state.model import State

MAX_AGE = timedelta(days=3)
MAX_WAITING = 200  # messages per webhook; beyond it the oldest is given up
MAX_DEAD = 50  # given-up messages kept per webhook, to be looked at or sent again
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class OutboxEntry:
    """One message to one webhook; a `dead` one is kept to be seen and is not sent again."""

    id: str
    webhook_id: str
    event: Event
    created_at: datetime
    next_at: datetime
    attempts: int = 0
    state: Literal["waiting", "dead"] = "waiting"
    last_error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for the state."""
        error = {} if self.last_error is None else {"last_error": self.last_error}
        return {
            "id": self.id,
            "webhook_id": self.webhook_id,
            "event": self.event.to_json(),
            "created_at": format_instant(self.created_at),
            "next_at": format_instant(self.next_at),
            "attempts": self.attempts,
            "state": self.state,
            **error,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> OutboxEntry:
        """Read what `to_json` wrote; raises StateError for other data."""
        try:
            times = {key: parse_instant(raw[key]) for key in ("created_at", "next_at")}
            return cls(**{**raw, **times, "event": Event.from_json(raw["event"])})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StateError(
                f"the outbox holds a message that cannot be read ({type(error).__name__}: {error})"
            ) from error


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How one sending ended. `blocked`: it could not be tried, for want of a variable.

    `code` is the HTTP status, `reason` a sentence for people, `retry_after` seconds asked for.
    """

    status: Literal["delivered", "retry", "dead", "blocked"]
    code: int | None = None
    reason: str | None = None
    retry_after: float | None = None


def entries_of(state: State) -> tuple[OutboxEntry, ...]:
    """The messages that the state holds, oldest first; raises StateError for one that is none."""
    return tuple(OutboxEntry.from_json(raw) for raw in state.outbox)


def with_entries(state: State, entries: Iterable[OutboxEntry]) -> State:
    """The state with these messages in place of those that it held."""
    return replace(state, outbox=tuple(entry.to_json() for entry in entries))


def enqueue(
    entries: tuple[OutboxEntry, ...], event: Event, webhooks: Iterable[Webhook], now: datetime
) -> tuple[OutboxEntry, ...]:
    """The entries with the event added for each webhook; one that is there already stays."""
    known = {entry.id for entry in entries}
    added = [
        OutboxEntry(
            id=f"{webhook.id}/{event.id}",
            webhook_id=webhook.id,
            event=event,
            created_at=now,
            next_at=now,
        )
        for webhook in webhooks
    ]
    return (*entries, *(entry for entry in added if entry.id not in known))


def after_attempt(entry: OutboxEntry, attempt: Attempt, now: datetime) -> OutboxEntry | None:
    """The entry as it is kept, or None when it is delivered; dead once it is older than MAX_AGE."""
    if attempt.status == "delivered":
        return None
    if attempt.status == "blocked":
        # It stays as it is: a run that can do nothing for it leaves the state alone.
        tried, next_at = entry.attempts, entry.next_at
    else:
        tried = entry.attempts + 1
        asked = timedelta(seconds=attempt.retry_after or 0)
        next_at = now + max(_backoff(entry.id, tried), asked)
    is_dead = attempt.status == "dead" or max(now, next_at) - entry.created_at > MAX_AGE
    return replace(
        entry,
        attempts=tried,
        next_at=next_at,
        state="dead" if is_dead else "waiting",
        last_error=attempt.reason,
    )


def revived(entry: OutboxEntry, now: datetime) -> OutboxEntry:
    """A message that was given up, as new: its three days begin again."""
    return replace(entry, state="waiting", attempts=0, created_at=now, next_at=now, last_error=None)


def without_old_dead(entries: Iterable[OutboxEntry]) -> tuple[OutboxEntry, ...]:
    """The entries with the newest MAX_DEAD dead ones of each webhook."""
    ordered = list(entries)
    seen: dict[str, int] = {}
    kept = []
    for entry in reversed(ordered):
        if entry.state == "dead":
            seen[entry.webhook_id] = seen.get(entry.webhook_id, 0) + 1
            if seen[entry.webhook_id] > MAX_DEAD:
                continue
        kept.append(entry)
    return tuple(reversed(kept))


def _backoff(entry_id: str, attempts: int) -> timedelta:
    """Doubles, and differs by up to a fifth between entries: they do not all come back at once."""
    pause = min(_FIRST_PAUSE * (1 << min(attempts - 1, 20)), _LONGEST_PAUSE)
    digest = hashlib.sha256(f"{entry_id}:{attempts}".encode()).digest()
    return pause * (1 + digest[0] / 255 / 5)
