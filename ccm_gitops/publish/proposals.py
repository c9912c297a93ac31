"""What became of what we proposed: it stands, or it is settled and is not proposed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.publish import branch, pull_request
from ccm_gitops.publish.model import Change, Order, Published, Target
from ccm_gitops.state.model import BranchRecord, Proposal

_KEPT = 20  # settled contents of one branch: the state stays small


def review(target: Target, base: Base, record: BranchRecord, order: Order) -> BranchRecord:
    """The record as of now: a proposal that was merged, or whose branch is gone, is settled.

    Without a forge a branch that somebody deleted says that its content was merged or turned
    down. Either way it needs no second proposal.
    """
    record = replace(record, waiting=None)  # until it is found to wait again
    if order.forge:
        for answer in pull_request.answers(order):
            record = settled(record, answer)
    standing = record.standing
    if standing and (_is_gone(target, record, order) or is_merged(target, base, standing)):
        return settled(record, standing)
    return record


def is_merged(target: Target, base: Base, proposal: Proposal) -> bool:
    """Does the base contain the proposal's commit, or the same of each file that it changed."""
    commit = proposal.commit
    if not target.has(commit):
        return False
    if target.is_ancestor(commit, base.commit):
        return True
    parents = target.describe(commit).parents
    if len(parents) != 1 or not target.has(parents[0]):
        return False
    before, after = target.entries(parents[0]), target.entries(commit)
    now = target.entries(base.commit)
    changed = [path for path in {*before, *after} if before.get(path) != after.get(path)]
    return all(now.get(path) == after.get(path) for path in changed)


def settled(record: BranchRecord, proposal: Proposal) -> BranchRecord:
    """The record with a proposal that is never to be made again."""
    others = tuple(item for item in record.settled if item.content != proposal.content)
    standing = record.standing
    if standing and standing.content == proposal.content:
        standing = None
    return replace(record, standing=standing, settled=(*others, proposal)[-_KEPT:])


def dates(record: BranchRecord, made_at: datetime | None) -> Iterator[datetime]:
    """When what is known was made, each date once, newest first; `made_at` is what stands now.

    A change carries its date (archives do). Made once more as of that date, what differs then
    differs in content, and not only in its date.
    """
    known = {proposal.made_at for proposal in record.settled}
    yield from sorted(known | ({made_at} if made_at else set()), reverse=True)


def turned_down(record: BranchRecord, change: Change, order: Order) -> Published | None:
    """The answer for a change that is settled already; None for one that may be proposed."""
    for proposal in record.settled:
        if proposal.content == change.digest:
            reason = (
                f"this content was proposed before (commit {proposal.commit[:10]}) and turned "
                "down or taken back; it is not proposed again until it differs, or the task has "
                "another `publish.branch`"
            )
            return Published(action="declined", branch=order.branch, reason=reason)
    return None


def remembered(
    target: Target, record: BranchRecord, change: Change, order: Order, published: Published
) -> BranchRecord:
    """The record after a change was published."""
    if published.action == "waiting":
        record = replace(record, waiting=published.reason)
    if published.is_opened:
        record = replace(record, opened_at=order.when)
    if published.commit is None:
        return record
    made_at = target.describe(published.commit).when
    proposal = Proposal(content=change.digest, made_at=made_at, commit=published.commit)
    if published.tip is None:
        # On the base itself: whoever takes it back does not want it again.
        return settled(record, proposal)
    return replace(record, tip=published.tip, standing=proposal, push=order.push)


def _is_gone(target: Target, record: BranchRecord, order: Order) -> bool:
    """Did somebody delete the branch where people decide on it."""
    if record.push != order.push:
        return False  # it never was at that place
    return branch.places(target, order)[0].ref(f"refs/heads/{order.branch}") is None
