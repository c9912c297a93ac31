"""Mode direct: one commit on top of the base branch, unless somebody works on that branch here."""

from __future__ import annotations

from dataclasses import replace

from ccm_gitops.errors import BaseMovedError, RefMovedError
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.publish import branch
from ccm_gitops.publish.model import Change, Order, Published, Target


def publish(target: Target, change: Change, order: Order) -> Published:
    """Put the change on the base branch; where that is checked out, on the task's branch.

    Raises BaseMovedError when the base moved since the change was made: it must be made again on
    the new base, for what it proved may hold there no more.
    """
    base = change.base
    if why := _objection(target, base):
        return _instead(order, why, branch.publish(target, change, order))
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


def foresee(target: Target, change: Change, order: Order) -> Published:
    """What `publish` would answer now, as far as reading tells.

    Raises BaseMovedError where the base is elsewhere by now, GitError where that cannot be read.
    """
    base = change.base
    if why := _objection(target, base):
        return _instead(order, why, branch.foresee(target, change, order))
    for place in branch.places(target, order):
        found = place.ref(f"refs/heads/{base.branch}")
        if found != base.commit:
            at = found[:10] if found else "nothing"
            raise BaseMovedError(
                f"{base.branch} of {place} is at {at}, and the change is made on "
                f"{base.commit[:10]}: nothing would be pushed over it"
            )
    return Published(action="applied", branch=base.branch)


def _objection(target: Target, base: Base) -> str | None:
    """Why the base branch is left alone; None where it may move."""
    if base.branch is None:
        return "the head is detached"
    folder = target.checked_out_branches().get(base.branch)
    return f"{base.branch} is checked out in {folder}" if folder else None


def _instead(order: Order, why: str, published: Published) -> Published:
    """What became of the change on the task's branch, and why it is there."""
    reason = f"{why}: the change goes to the branch {order.branch} instead"
    if published.reason:
        reason = f"{reason}; {published.reason}"
    return replace(published, reason=reason)
