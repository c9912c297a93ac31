"""What keeps a channel readable: failures told on change, and hours without messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ccm_gitops.config.model import QuietHours, Task
from ccm_gitops.execution import Execution
from ccm_gitops.notify.events import Event
from ccm_gitops.notify.summary import low_scores, scores_of


@dataclass
class Told:
    """What was told last, kept up to date: by task the time of a failure, and the low scores."""

    failing: dict[str, datetime]
    alerted: dict[str, Mapping[str, int]]

    def on_change(
        self, task: Task, event: Event, execution: Execution, now: datetime
    ) -> Event | None:
        """The event as it is told, None where that was done lately."""
        notify = task.notify
        if event.kind == "task_completed":
            self._forget_risen(task.id, execution)
            return recovered(event) if self.failing.pop(task.id, None) else event
        if event.kind == "task_failed" and notify.repeat_after:
            if not is_told_again(self.failing.get(task.id), notify.repeat_after, now):
                return None
            self.failing[task.id] = now
        if event.kind == "health_alert" and notify.min_change:
            scores = low_scores(execution)
            if not has_moved(self.alerted.get(task.id, {}), scores, notify.min_change):
                return None
            self.alerted[task.id] = {**self.alerted.get(task.id, {}), **scores}
        return event

    def _forget_risen(self, task: str, execution: Execution) -> None:
        """A score that fell, rose and falls again is news; what was not looked at is neither."""
        risen = scores_of(execution).keys() - low_scores(execution).keys()
        kept = {key: score for key, score in self.alerted.pop(task, {}).items() if key not in risen}
        if kept:
            self.alerted[task] = kept


def has_moved(told: Mapping[str, int], scores: Mapping[str, int], least: int) -> bool:
    """Whether a score is new among the low ones, or `least` points from the one last told."""
    return any(key not in told or abs(score - told[key]) >= least for key, score in scores.items())


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
