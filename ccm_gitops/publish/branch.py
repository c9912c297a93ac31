"""Mode branch: the task's own branch, one commit on the base, never over somebody's work."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from ccm_gitops.errors import GitError, RefMovedError
from ccm_gitops.gitrepo.objects import Commit
from ccm_gitops.gitrepo.remote import Remote
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.publish.message import full_message, says_the_same
from ccm_gitops.publish.model import Action, Change, Order, Published, Target

_Tip = tuple[Target | Remote, str | None]  # a place, and where the branch is there
_TRIES = 5  # each loses to another writer of the same branch only
_PAUSE = 0.05  # seconds after the first, then doubled: the other one gets done meanwhile


def publish(target: Target, change: Change, order: Order) -> Published:
    """Put the change on the task's branch, as its only commit on the change's base.

    A branch that holds the content already is left alone, and one whose tip is not the known tip
    is refused. Raises RefMovedError when the branch keeps moving, GitError when git refuses.
    """
    for number in range(_TRIES - 1):
        try:
            return _publish_once(target, change, order)
        except RefMovedError:
            # What stands there then decides: ours, the same, or a refusal.
            time.sleep(_PAUSE * 2**number * random.uniform(0.5, 1))
    return _publish_once(target, change, order)


def foresee(target: Target, change: Change, order: Order) -> Published:
    """What `publish` would answer now, as far as the branch tells without anything being written.

    Raises GitError when a place cannot be reached.
    """
    tips = _tips(target, order)
    refused = _objection(target, change, order, tips)
    if refused and (tree := new_tree(target, change)):
        # A tip that the state does not know may still be ours.
        refused = _objection(target, change, order, _moves(target, change, order, tree, tips)[1])
    return refused or Published(action="created", branch=order.branch)


def proposed_at(target: Target, order: Order) -> datetime | None:
    """When the commit that stands on the task's branch was made; None unless it seems ours.

    Whether it is, `standing` tells by its content: the state that knew it may be lost.
    """
    tip = target.ref(f"refs/heads/{order.branch}")
    if tip is None or not target.has(tip):
        return None
    found = target.describe(tip)
    is_signed = found.committer == f"{order.author.name} <{order.author.email}>"
    return found.when if tip == order.known_tip or is_signed else None


def standing(target: Target, change: Change, order: Order) -> Published | None:
    """The branch as it stands, when it says everywhere what the change would say; else None."""
    tree = new_tree(target, change)
    tips = {place.ref(f"refs/heads/{order.branch}") for place in places(target, order)}
    tip = tips.pop() if len(tips) == 1 else None
    if tree and tip and _holds(target, change, order, tree, tip):
        return Published(action="unchanged", branch=order.branch, commit=tip, tip=tip)
    return None


def withdraw(target: Target, order: Order) -> Published | None:
    """Delete the task's branch, for there is nothing left to propose; None where there is none.

    A branch whose tip is not the known tip, and one that is checked out, stay as they are.
    """
    ref = f"refs/heads/{order.branch}"
    if order.known_tip is None or order.branch in target.checked_out_branches():
        return None
    ours = [place for place in places(target, order) if place.ref(ref) == order.known_tip]
    for place in ours:
        place.move_ref(ref, None, order.known_tip)
    if not ours:
        return None
    reason = f"nothing is left to propose; the branch {order.branch} was deleted"
    return Published(action="withdrawn", branch=order.branch, reason=reason)


def places(target: Target, order: Order) -> tuple[Target | Remote, ...]:
    """Where the refs of this order live: the remote to push to first, then the repository itself.

    First the remote: it may refuse, and the local branch must not be ahead of what was accepted.
    """
    if order.push and isinstance(target, Repository):
        return (target.remote(order.push, order.token), target)
    return (target,)


def new_tree(target: Target, change: Change) -> str | None:
    """The id of the tree that the change makes; None when it is that of the base."""
    base = change.base.commit
    tree = target.tree(base, change.files)
    return None if tree == target.describe(base).tree else tree


def make_commit(target: Target, change: Change, order: Order, tree: str) -> str:
    """The change's tree as one commit on its base, signed where that is ordered; no ref moves."""
    commit = target.commit_tree(
        tree,
        change.base.commit,
        message=full_message(change, order),
        author=order.author,
        when=order.when,
    )
    return target.sign(commit, order.signer) if order.signer else commit


def _publish_once(target: Target, change: Change, order: Order) -> Published:
    tree = new_tree(target, change)
    if tree is None:
        return Published(action="unchanged", reason="the base has this content already")
    tips = _tips(target, order)
    commit, moves = _moves(target, change, order, tree, tips)
    if refused := _objection(target, change, order, moves):
        return refused
    if commit is None:
        commit = make_commit(target, change, order, tree)
    for place, tip in moves:
        place.move_ref(f"refs/heads/{order.branch}", commit, tip)
    is_new = all(tip is None for _, tip in tips)
    action: Action = "unchanged" if not moves else "created" if is_new else "updated"
    return Published(action=action, branch=order.branch, commit=commit, tip=commit)


def _tips(target: Target, order: Order) -> list[_Tip]:
    ref = f"refs/heads/{order.branch}"
    return [(place, place.ref(ref)) for place in places(target, order)]


def _moves(
    target: Target, change: Change, order: Order, tree: str, tips: Sequence[_Tip]
) -> tuple[str | None, list[_Tip]]:
    """The tip that holds the change already, if there is one, and where the branch is not at it."""
    holds = partial(_holds, target, change, order, tree)
    commit = next((tip for _, tip in tips if tip and holds(tip)), None)
    return commit, [(place, tip) for place, tip in tips if tip is None or tip != commit]


def _objection(
    target: Target, change: Change, order: Order, moves: Sequence[_Tip]
) -> Published | None:
    """The refusal of these moves of the branch; None where it may move."""
    if change.base.branch == order.branch:
        return _refused(order, "is the base branch itself; name another, or use mode direct")
    for place, tip in moves:
        if tip not in (None, order.known_tip):
            return _refused(
                order,
                f"of {place} holds commits that ccm-gitops did not make; "
                "merge, rename or delete it to let ccm-gitops go on",
            )
    folder = target.checked_out_branches().get(order.branch)
    if folder and any(place is target for place, _ in moves):
        return _refused(order, f"is checked out in {folder}; it is left as it is")
    return None


def _holds(target: Target, change: Change, order: Order, tree: str, tip: str) -> bool:
    """True when `tip` is ours and says what we would say: the base may have moved on elsewhere."""
    if not target.has(tip):
        return False
    found = target.describe(tip)
    # A runner that was killed after its push left a tip that the state does not know.
    signature = f"{order.author.name} <{order.author.email}>"
    is_ours = found.committer == signature and says_the_same(found.message, change, order)
    if tip != order.known_tip and not is_ours:
        return False
    if found.parents == (change.base.commit,):
        return found.tree == tree
    return _is_same_change(target, found, change)


def _is_same_change(target: Target, found: Commit, change: Change) -> bool:
    """True when a commit on an older base makes the same of the same files."""
    if len(found.parents) != 1 or not target.has(found.parents[0]):
        return False
    parent = found.parents[0]
    then, now = target.entries(parent), target.entries(change.base.commit)
    if any(then.get(path) != now.get(path) for path in change.files):
        return False
    try:
        return target.tree(parent, change.files) == found.tree
    except GitError:  # there, a folder of today was a file
        return False


def _refused(order: Order, why: str) -> Published:
    return Published(
        action="refused", branch=order.branch, reason=f"the branch {order.branch} {why}"
    )
