"""Mode pull_request: the task's branch; the pull request itself is opened by a forge."""

from __future__ import annotations

from dataclasses import replace

from ccm_gitops.publish import branch
from ccm_gitops.publish.model import Change, Order, Published, Target


def publish(target: Target, change: Change, order: Order) -> Published:
    """Publish the branch, as mode branch does, and say that the pull request is left to open."""
    published = branch.publish(target, change, order)
    if published.commit is None:
        return published
    return replace(published, reason="the pull request itself is not opened yet; open it by hand")
