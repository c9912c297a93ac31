"""Mode pull_request: the task's branch, and one pull request for it that people decide on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges.model import Draft, Forge, PullRequest
from ccm_gitops.publish import body, branch
from ccm_gitops.publish.model import Change, Order, Published, Target
from ccm_gitops.state.model import Proposal

_TOLD = "<!-- ccm-gitops: edited -->"
_NO_BASE = Published(action="refused", reason="a pull request needs a base branch")


def publish(target: Target, change: Change, order: Order) -> Published:
    """Put the change on the task's branch, and open or update its pull request.

    Where too many are open nothing is pushed: the change waits. Raises ForgeError when the forge
    refuses, GitError when git does.
    """
    forge = _forge(order)
    if change.base.branch is None:
        return _NO_BASE
    if _open(forge, order) is None:
        if waiting := _waits(forge, order):
            return waiting
        order = replace(order, may_open=lambda: None)  # it is counted
    return ensure(target, change, order, branch.publish(target, change, order))


def foresee(target: Target, change: Change, order: Order) -> Published:
    """What `publish` would answer now, as far as the branch tells; the forge is not asked."""
    if change.base.branch is None:
        return _NO_BASE
    return branch.foresee(target, change, order)


def ensure(target: Target, change: Change, order: Order, published: Published) -> Published:
    """See that the branch as published has its pull request, saying what the branch says.

    Where the forge refuses that, the branch is published all the same, and the failure told.
    """
    try:
        return _ensure(target, change, order, published)
    except ForgeError as error:
        return replace(published, failure=error)


def _ensure(target: Target, change: Change, order: Order, published: Published) -> Published:
    forge = _forge(order)
    request = _open(forge, order)
    if published.commit is None:
        if request and published.action == "refused":
            _tell_once(forge, request, published.reason or "")
        return replace(published, pull_request=request.url if request else None)
    draft = _draft(target, change, order, published.commit)
    if request is None:
        if waiting := _waits(forge, order):
            return replace(published, action="waiting", reason=waiting.reason)
        request, reason = _create(forge, order, draft)
        refused = _decorate(forge, request.number, order)
        return replace(
            published,
            # A branch that stood before has its proposal only now.
            action="created" if published.action == "unchanged" else published.action,
            pull_request=request.url,
            reason="; ".join(filter(None, (reason, refused, published.reason))) or None,
            is_opened=True,
        )
    is_marked = body.marked(request.body, order.task, "")
    if published.action == "updated" or not is_marked or request.base != draft.base:
        forge.update(request.number, title=draft.title, body=draft.body, base=draft.base)
    return replace(published, pull_request=request.url)


def _draft(target: Target, change: Change, order: Order, commit: str) -> Draft:
    forge, made_at = _forge(order), target.describe(commit).when
    return Draft(
        head=order.branch,
        base=change.base.branch or "",
        title=body.title(change, order, order.publish.title),
        body=body.body(change, order, commit, forge, made_at),
        is_draft=order.publish.draft,
    )


def _create(forge: Forge, order: Order, draft: Draft) -> tuple[PullRequest, str | None]:
    """Open it, and say what could not be had; one that another runner has opened counts."""
    try:
        return forge.create(draft), None
    except ForgeError as error:
        if request := _open(forge, order):
            return request, None
        # Some plans have drafts in public repositories only.
        if not draft.is_draft or "draft" not in str(error).lower():
            raise
        return forge.create(replace(draft, is_draft=False)), f"it is no draft: {error}"


def answers(order: Order) -> Sequence[Proposal]:
    """What people decided on the forge: contents of closed and merged pull requests."""
    found = [
        body.marked(request.body, order.task, request.tip)
        for request in _forge(order).find(order.branch)
        if request.state != "open"
    ]
    return [proposal for proposal in reversed(found) if proposal]


def withdraw(order: Order) -> Published | None:
    """Close the pull request, for there is nothing left to propose; None where none is ours."""
    forge = _forge(order)
    request = _open(forge, order)
    if request is None or request.tip != order.known_tip:
        return None
    reason = "nothing is left to propose: the base has what this asked for, or needs it no more"
    forge.comment(request.number, f"Closed: {reason}.")
    forge.close(request.number, body=body.unmarked(request.body))
    return Published(
        action="withdrawn", branch=order.branch, pull_request=request.url, reason=reason
    )


def _forge(order: Order) -> Forge:
    if order.forge is None:
        raise ForgeError("mode pull_request needs a forge")
    return order.forge


def _open(forge: Forge, order: Order) -> PullRequest | None:
    return next((item for item in forge.find(order.branch) if item.state == "open"), None)


def _waits(forge: Forge, order: Order) -> Published | None:
    limit = order.publish.limits_open
    ours = sum("<!-- ccm-gitops task=" in item.body for item in forge.list_open())
    if ours >= limit:
        reason = f"{ours} pull requests of ccm-gitops are open there (limits.open: {limit})"
    elif too_many := order.may_open():
        reason = too_many
    else:
        return None
    return Published(action="waiting", branch=order.branch, reason=f"waits: {reason}")


def _tell_once(forge: Forge, request: PullRequest, reason: str) -> None:
    if not any(_TOLD in text for text in forge.comments(request.number)):
        text = f"ccm-gitops leaves this to you: {body.escape(reason)}."
        forge.comment(request.number, f"{text}\n\n{_TOLD}")


def _decorate(forge: Forge, number: int, order: Order) -> str | None:
    """Labels, assignees and reviewers; one that the forge refuses costs no proposal."""
    wishes: list[tuple[Callable[[int, Sequence[str]], None], Sequence[str]]] = [
        (forge.label, order.publish.labels),
        (forge.assign, order.publish.assignees),
        (forge.ask, order.publish.reviewers),
    ]
    refused = []
    for grant, names in wishes:
        try:
            if names:
                grant(number, names)
        except ForgeError as error:
            refused.append(str(error))
    return "; ".join(refused) or None
