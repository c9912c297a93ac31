"""What is published, on whose behalf, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ccm_gitops.config.model import Author, Publish
from ccm_gitops.context.optimize import Optimization
from ccm_gitops.errors import ForgeError
from ccm_gitops.forges import Forge
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.gitrepo.signing import Signer
from ccm_gitops.secrets import Secret

Target = Repository | Clone
Action = Literal[
    "created",
    "updated",
    "unchanged",
    "refused",
    "applied",
    "written",
    "declined",  # people turned it down before
    "waiting",  # too many are open
    "merged",  # the base has what stood there
    "withdrawn",  # what stood there is not needed any more
]


@dataclass(frozen=True, kw_only=True)
class Change:
    """New content for some files: path → bytes, or None to delete; made on the commit of `base`.

    `before` holds what was read from a working folder (path → bytes, files that were there only);
    mode worktree writes over nothing else. The other modes do not need it. `optimizations` say
    more of the change, for a pull request.
    """

    base: Base
    files: Mapping[str, bytes | None]
    message: str
    before: Mapping[str, bytes] = field(default_factory=dict)
    optimizations: tuple[Optimization, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of paths and bytes: equal content, equal digest."""
        digest = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            mark = "-" if content is None else str(len(content))
            digest.update(f"{len(path)} {mark} {path}".encode("utf-8", "surrogateescape"))
            digest.update(content or b"")
        return digest.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Order:
    """On whose behalf a change is published.

    `branch` is the task's branch, its slots filled; `known_tip` the commit that the state knows as
    ours there. `push` names a remote of a local project that the branch goes to as well, with
    `token` where it is an HTTPS one. `may_open` counts a new pull request, or says why it waits.
    """

    task: str
    execution: str
    branch: str
    author: Author
    when: datetime
    known_tip: str | None = None
    push: str | None = None
    token: Secret | None = None
    publish: Publish = field(default_factory=Publish)
    forge: Forge | None = None
    may_open: Callable[[], str | None] = lambda: None
    signer: Signer | None = None


@dataclass(frozen=True, kw_only=True)
class Published:
    """What became of a change.

    `commit` is the one that holds it; `tip` what the state should remember as ours on `branch`
    (None: leave what it knows). `reason` is a sentence for people where there is something to say;
    `replaces` is the proposed commit, merged by nobody, that this one stands for now. `is_opened`
    says that the pull request is a new one. With `failure` the branch is there, and its pull
    request is not.
    """

    action: Action
    branch: str | None = None
    commit: str | None = None
    tip: str | None = None
    reason: str | None = None
    pull_request: str | None = None
    replaces: str | None = None
    is_opened: bool = False
    failure: ForgeError | None = None
