"""The commit message: the caller's words, then trailers that say which task made it."""

from __future__ import annotations

from ccm_gitops.publish.model import Change, Order


def full_message(change: Change, order: Order) -> str:
    """The message with `Ccm-Task`, `Ccm-Execution` and `Ccm-Content` (the change's digest)."""
    task, content = _content_trailers(change, order)
    execution = f"Ccm-Execution: {order.execution}"
    return "\n".join((change.message.rstrip(), "", task, execution, content, ""))


def says_the_same(message: str, change: Change, order: Order) -> bool:
    """True when a message is of this task and this content, whichever execution it names."""
    return set(_content_trailers(change, order)) <= set(message.splitlines())


def _content_trailers(change: Change, order: Order) -> tuple[str, str]:
    return f"Ccm-Task: {order.task}", f"Ccm-Content: {change.digest}"
