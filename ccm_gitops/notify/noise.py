"""What keeps a channel readable: failures told on change, and hours without messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ccm_gitops.config.model import QuietHours
from ccm_gitops.notify.events import Event


def is_told_again(told_at: datetime | None, repeat_after: timedelta, now: datetime) -> bool:
    """Whether a failure is told: the first one is, a further one when so much time has passed."""
    return told_at is None or now - told_at >= repeat_after


def recovered(event: Event) -> Event:
    """A completion in the words of one that comes after failures."""
    return replace(
        event, title="✅ Recovered", message=f"{event.task_name} works again. {event.message}"
    )


def quiet_until(quiet: QuietHours, now: datetime) -> datetime | None:
    """When the quiet hours that `now` falls into end; None outside of them."""
    local = now.astimezone(ZoneInfo(quiet.timezone))
    begins, ends = (datetime.combine(local.date(), at, local.tzinfo) for at in quiet.span)
    if quiet.span[0] < quiet.span[1]:
        return ends if begins <= local < ends else None
    if local < ends:
        return ends
    return ends + timedelta(days=1) if local >= begins else None
