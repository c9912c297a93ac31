"""Repositories that are not the usual checkout: each is treated, or says what it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ccm_gitops.config.model import Publish, PublishMode
from tests.publish.scene import BLOATED
from tests.publish.working import do
from tests.support.repos import commit_files, git, make_bare, make_repo, refs

FILES = {"CLAUDE.md": BLOATED, "README.md": "hello\n"}
Odd = tuple[dict[str, Any], Path]  # the project, and the repository where its branches are


def usual(root: Path) -> Odd:
    return {"path": make_repo(root / "r", FILES)}, root / "r"


def sha256(root: Path) -> Odd:
    return {"path": make_repo(root / "r", FILES, object_format="sha256")}, root / "r"


def sha256_remote(root: Path) -> Odd:
    server = make_bare(root / "s.git", make_repo(root / "r", FILES, object_format="sha256"))
    return {"repo": f"file://{server}"}, server


def linked(root: Path) -> Odd:
    repository = make_repo(root / "r", FILES)
    git(repository, "worktree", "add", "--quiet", "-b", "topic", str(root / "w"))
    return {"path": root / "w"}, repository


def bare(root: Path) -> Odd:
    server = make_bare(root / "s.git", make_repo(root / "r", FILES))
    return {"path": server}, server


def detached(root: Path) -> Odd:
    repository = make_repo(root / "r", FILES)
    git(repository, "checkout", "--quiet", "--detach")
    return {"path": repository}, repository


def shallow(root: Path) -> Odd:
    origin = make_repo(root / "o", {"CLAUDE.md": "short\n"})
    commit_files(origin, FILES)
    git(root, "clone", "--quiet", "--depth=1", f"file://{origin}", str(root / "r"))
    return {"path": root / "r"}, root / "r"


def empty(root: Path) -> Odd:
    return {"path": make_repo(root / "r")}, root / "r"


def empty_remote(root: Path) -> Odd:
    git(root, "init", "--quiet", "--bare", str(root / "s.git"))
    return {"repo": f"file://{root / 's.git'}"}, root / "s.git"


def another_branch(root: Path) -> Odd:
    return {"path": make_repo(root / "r", FILES), "branch": "gone"}, root / "r"


DIRECT = [
    (bare, "applied", ""),
    (sha256_remote, "applied", ""),
    (usual, "committed", "main is checked out in .*: the change goes to the branch ccm/tidy"),
    (linked, "committed", "topic is checked out in .*: the change goes to the branch ccm/tidy"),
    (detached, "committed", "the head is detached: the change goes to the branch ccm/tidy"),
]
WORKTREE = [
    (linked, "applied", ""),
    (detached, "applied", ""),
    (shallow, "applied", ""),
    (bare, "refused", "has no working folder"),
    (sha256_remote, "refused", "has no working folder"),
]
BRANCH = [(make, "committed", "") for make in (sha256, sha256_remote, linked, bare)]
BRANCH += [(make, "committed", "") for make in (detached, shallow)]
IMPOSSIBLE = [
    (empty, "failed", "has no branch main with a commit on it"),
    (empty_remote, "failed", "has no branch with a commit on it"),
    (another_branch, "failed", "has no branch gone with a commit on it"),
]


@pytest.mark.parametrize(
    ("mode", "make", "action", "said"),
    [
        *(("branch", *row) for row in (*BRANCH, *IMPOSSIBLE)),
        *(("direct", *row) for row in DIRECT),
        *(("worktree", *row) for row in WORKTREE),
    ],
)
def test_each_is_treated_or_says_why_not(
    tmp_path: Path, mode: PublishMode, make: Callable[[Path], Odd], action: str, said: str
):
    project, repository = make(tmp_path)
    before = refs(repository)
    [result] = do(tmp_path, project, Publish(mode=mode)).results
    assert result.action == action
    assert re.search(said, result.error or result.details.get("reason", ""))
    moved = {name for name, id in refs(repository).items() if before.get(name) != id}
    expected: Mapping[str, set[str]] = {
        "committed": {"refs/heads/ccm/tidy"},
        "applied": {"refs/heads/main"},
    }
    assert moved == (set() if mode == "worktree" else expected.get(action, set()))
    if moved:
        git(repository, "fsck", "--strict")
        assert git(repository, "show", f"{result.commit}:README.md") == "hello"
