"""Which webhooks an event of a task goes to."""

from __future__ import annotations

from collections.abc import Iterable

from ccm_gitops.config.model import EventKind, Task, Webhook


def recipients(
    task: Task, webhooks: tuple[Webhook, ...], kind: EventKind, machine: str
) -> tuple[Webhook, ...]:
    """Those that the task lists and that want the event here, in the order of the configuration."""
    if not _is_wanted(task, kind):
        return ()
    listed = [webhook for webhook in webhooks if webhook.id in task.notify.webhooks]
    return listeners(listed, kind, machine)


def listeners(webhooks: Iterable[Webhook], kind: EventKind, machine: str) -> tuple[Webhook, ...]:
    """Those that are enabled and want the event here."""
    return tuple(
        webhook
        for webhook in webhooks
        if webhook.enabled
        and webhook.machine in (None, machine)
        and (webhook.events is None or kind in webhook.events)
    )


def _is_wanted(task: Task, kind: EventKind) -> bool:
    if kind in ("task_started", "task_completed"):
        return task.notify.on_success
    if kind == "task_failed":
        return task.notify.on_failure
    return True
