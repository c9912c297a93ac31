"""How a change leaves: one module per mode, and the tables of what they do and what they would."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ccm_gitops.config.model import PublishMode
from ccm_gitops.publish import branch, direct, pull_request, worktree
from ccm_gitops.publish.model import Change, Order, Published, Target

_Mode = Callable[[Target, Change, Order], Published]
MODES: Mapping[PublishMode, _Mode] = {
    "branch": branch.publish,
    "pull_request": pull_request.publish,
    "direct": direct.publish,
    "worktree": worktree.publish,
}
# The same with nothing written, pushed or asked of a forge.
FORESEEN: Mapping[PublishMode, _Mode] = {
    "branch": branch.foresee,
    "pull_request": pull_request.foresee,
    "direct": direct.foresee,
    "worktree": worktree.foresee,
}
