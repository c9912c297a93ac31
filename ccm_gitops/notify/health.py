"""A webhook's health: failures in a row, and the circuit that they open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ccm_gitops.notify.outbox import Attempt
from ccm_gitops.state.model import State, WebhookState

OPENS_AFTER = 6  # failed tries in a row: two runs with three tries each
_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=6)
# Answers that are about the webhook, not about the message: the next one would fare no better.
CLOSED = frozenset({401, 403, 404, 410})


def after_try(health: WebhookState, attempt: Attempt, now: datetime) -> WebhookState:
    """The health after one sending; what could not be tried for want of a variable changes none."""
    if attempt.status == "blocked":
        return health
    if not _is_failure(attempt):
        return WebhookState(last_used_at=now)
    failures = health.failure_count + 1
    pause = _FIRST_PAUSE * (1 << min(max(failures - OPENS_AFTER, 0), 10))
    is_open = failures >= OPENS_AFTER
    return WebhookState(
        failure_count=failures,
        last_used_at=now,
        last_error=attempt.reason,
        open_until=now + min(pause, _LONGEST_PAUSE) if is_open else None,
    )


def after_sample(state: State, webhook: str, now: datetime) -> State:
    """The state once a sample was taken: the webhook was used, and is well again."""
    return replace(state, webhooks={**state.webhooks, webhook: WebhookState(last_used_at=now)})


def _is_failure(attempt: Attempt) -> bool:
    """A receiver that asks for time, or refuses one message, is there and well."""
    if attempt.status == "retry":
        return attempt.code != 429
    return attempt.status == "dead" and (attempt.code is None or attempt.code in CLOSED)


def is_open(health: WebhookState, now: datetime) -> bool:
    """Whether nothing is sent; when the pause is over one message is tried, once."""
    return health.open_until is not None and now < health.open_until
