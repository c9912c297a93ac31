"""Mode direct: one commit on top of the base branch, unless somebody works on that branch here."""

from __future__ import annotations

from dataclasses import replace

from ccm_gitops.errors import BaseMovedError, RefMovedError
from ccm_gitops.publish import branch
from ccm_gitops.publish.model import Change, Order, Published, Target


def publish(target: Target, change: Change, order: Order) -> Published:
    """Put the change on the base branch; where that is checked out, on the task's branch.

    Raises BaseMovedError when the base moved since the change was made: it must be made again on
    the new base, for what it proved may hold there no more.
    """
    base = change.base
    if base.branch is None:
        return _on_task_branch(target, change, order, "the head is detached")
    if folder := target.checked_out_branches().get(base.branch):
        return _on_task_branch(target, change, order, f"{base.branch} is checked out in {folder}")
    tree = branch.new_tree(target, change)
    if tree is None:
        return Published(action="unchanged", reason="the base has this content already")
    commit = branch.make_commit(target, change, order, tree)
    try:
        for place in branch.places(target, order):
            place.move_ref(f"refs/heads/{base.branch}", commit, base.commit)
    except RefMovedError as error:
        raise BaseMovedError(str(error)) from error
    return Published(action="applied", branch=base.branch, commit=commit)


def _on_task_branch(target: Target, change: Change, order: Order, why: str) -> Published:
    published = branch.publish(target, change, order)
    reason = f"{why}: the change goes to the branch {order.branch} instead"
    if published.reason:
        reason = f"{reason}; {published.reason}"
    return replace(published, reason=reason)
