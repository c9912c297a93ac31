"""The stamp of a repository: another one whenever its base is another commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.gitrepo.stamp import base_stamp
from tests.support.repos import commit_files, git, make_repo


def commit(root: Path) -> None:
    commit_files(root, {"b": "2"})


def pack(root: Path) -> None:
    git(root, "pack-refs", "--all")
    commit(root)


def origin(root: Path) -> None:
    git(root, "branch", "other", "HEAD~1")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/other")


def behind_a_symbolic_ref(root: Path) -> None:
    git(root, "branch", "behind", "HEAD~1")
    git(root, "symbolic-ref", "refs/heads/main", "refs/heads/behind")


CHANGES: list[Callable[[Path], object]] = [
    commit,
    origin,
    behind_a_symbolic_ref,
    lambda root: git(root, "reset", "--quiet", "--soft", "HEAD~1"),
    lambda root: git(root, "switch", "--quiet", "--create", "topic", "HEAD~1"),
    lambda root: git(root, "switch", "--quiet", "--detach", "HEAD~1"),
    pack,
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("is_packed", [False, True])
def test_another_base_has_another_stamp(tmp_path, change, is_packed):
    root = make_repo(tmp_path / "r", {"a": "1"})
    commit_files(root, {"a": "2"})
    if is_packed:
        git(root, "pack-refs", "--all")
    before = Repository.open(root).base(None).commit, base_stamp(root, None)
    change(root)
    after = Repository.open(root).base(None).commit, base_stamp(root, None)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_while_nothing_moves_the_stamp_is_the_same_and_another_branch_has_its_own(tmp_path):
    root = make_repo(tmp_path / "r", {"a": "1"})
    git(root, "branch", "other")
    before = base_stamp(root, None), base_stamp(root, "other")
    (root / "a").write_text("dirty")
    git(root, "branch", "unrelated")
    assert (base_stamp(root, None), base_stamp(root, "other")) == before
    git(root, "branch", "--force", "other", commit_files(root, {"a": "3"}))
    assert base_stamp(root, "other") != before[1]


def test_in_a_linked_work_tree_it_is_that_of_its_own_branch(tmp_path):
    root = make_repo(tmp_path / "r", {"a": "1"})
    git(root, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "w"))
    before = base_stamp(tmp_path / "w", None)
    commit_files(tmp_path / "w", {"a": "2"})
    assert base_stamp(tmp_path / "w", None) != before


def test_what_is_no_repository_has_no_stamp(tmp_path):
    assert base_stamp(tmp_path, None) is None
