"""How a change leaves: one module per mode, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ccm_gitops.config.model import PublishMode
from ccm_gitops.publish import branch, direct, pull_request, worktree
from ccm_gitops.publish.model import Change, Order, Published, Target

MODES: Mapping[PublishMode, Callable[[Target, Change, Order], Published]] = {
    "branch": branch.publish,
    "pull_request": pull_request.publish,
    "direct": direct.publish,
    "worktree": worktree.publish,
}
