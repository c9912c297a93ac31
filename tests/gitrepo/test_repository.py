from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccm_gitops.config.model import Author
from ccm_gitops.errors import GitError, RefMovedError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.gitrepo.repository import Repository, is_repository
from tests.support.repos import commit_files, git, make_bare, make_repo, refs

NOW = datetime(2026, 1, 19, 9, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "r", {"CLAUDE.md": "one"})


def _head(root: Path, revision: str = "HEAD") -> str:
    return git(root, "rev-parse", revision)


def _new_commit(root: Path) -> str:
    repository = Repository.open(root)
    files = {"CLAUDE.md": b"two"}
    base = repository.base("main").commit
    return repository.commit(base, files, message="m", author=Author(), when=NOW)


def test_the_base_is_the_branch_checked_out(root: Path):
    git(root, "switch", "--quiet", "--create", "topic")
    assert Repository.open(root).base(None) == Base("topic", _head(root))


def test_the_base_is_rather_the_branch_that_origin_calls_its_head(root: Path):
    main = _head(root)
    git(root, "update-ref", "refs/remotes/origin/main", main)
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    git(root, "switch", "--quiet", "--create", "topic")
    commit_files(root, {"x": "x"})
    assert Repository.open(root).base(None) == Base("main", main)


def test_origins_head_is_passed_over_where_there_is_no_such_local_branch(root: Path):
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert Repository.open(root).base(None) == Base("main", _head(root))


def test_a_named_branch_is_the_base(root: Path):
    git(root, "branch", "release")
    assert Repository.open(root).base("release") == Base("release", _head(root))


@pytest.mark.parametrize("branch", ["none", "ma*", "../HEAD", "--all", "main/below"])
def test_a_branch_that_does_not_exist_is_an_error(root: Path, branch: str):
    with pytest.raises(GitError, match="has no branch"):
        Repository.open(root).base(branch)


def test_a_detached_head_is_a_base_without_a_branch(root: Path):
    git(root, "checkout", "--quiet", "--detach")
    repository = Repository.open(root)
    assert repository.base(None) == Base(None, _head(root))
    assert repository.checked_out_branches() == {}


def test_an_empty_repository_has_no_base(tmp_path: Path):
    repository = Repository.open(make_repo(tmp_path / "empty"))
    with pytest.raises(GitError, match="has no branch main with a commit on it"):
        repository.base(None)


def test_a_branch_in_the_middle_of_a_rebase_is_the_base_and_counts_as_checked_out(root: Path):
    git(root, "switch", "--quiet", "--create", "topic")
    tip = commit_files(root, {"CLAUDE.md": "topic"})
    git(root, "switch", "--quiet", "main")
    commit_files(root, {"CLAUDE.md": "main"})
    git(root, "switch", "--quiet", "topic")
    git(root, "rebase", "main", check=False)
    repository = Repository.open(root)
    assert repository.base(None) == Base("topic", tip)
    assert repository.checked_out_branches() == {"topic": root}


def test_a_bisected_branch_counts_as_checked_out(root: Path):
    commit_files(root, {"a": "a"})
    commit_files(root, {"b": "b"})
    git(root, "bisect", "start", "HEAD", "HEAD~2")
    assert Repository.open(root).checked_out_branches() == {"main": root}


def test_a_linked_work_tree_is_a_repository_of_its_own_with_shared_branches(
    root: Path, tmp_path: Path
):
    linked = tmp_path / "linked"
    git(root, "worktree", "add", "--quiet", "-b", "topic", str(linked))
    repository = Repository.open(linked)
    assert repository.base(None) == Base("topic", _head(root))
    assert repository.checked_out_branches() == {"main": root, "topic": linked}
    assert Repository.open(root).checked_out_branches() == {"main": root, "topic": linked}
    commit = _new_commit(linked)
    repository.move_ref("refs/heads/ccm/t", commit, None)
    assert _head(root, "ccm/t") == commit
    assert repository.work_tree == linked


def test_a_bare_repository_has_a_base_and_nothing_checked_out(root: Path, tmp_path: Path):
    bare = make_bare(tmp_path / "bare.git", root)
    repository = Repository.open(bare)
    assert repository.base(None) == Base("main", _head(root))
    assert repository.checked_out_branches() == {}
    assert repository.work_tree is None


def test_the_head_of_a_bare_repository_with_work_trees_is_not_checked_out(
    root: Path, tmp_path: Path
):
    bare = make_bare(tmp_path / "bare.git", root)
    git(bare, "worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    assert Repository.open(bare).checked_out_branches() == {"topic": tmp_path / "linked"}


def test_packed_refs_and_alternates_are_read(root: Path, tmp_path: Path):
    shared = tmp_path / "shared"
    git(root, "clone", "--quiet", "--shared", str(root), str(shared))
    git(shared, "pack-refs", "--all")
    repository = Repository.open(shared)
    assert repository.base(None) == Base("main", _head(root))
    assert repository.has(_head(root))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_is_read_and_published_to(root: Path, tmp_path: Path):
    for folder, _, names in os.walk(root):
        for path in (folder, *(os.path.join(folder, name) for name in names)):
            os.chown(path, 65534, 65534)
    with pytest.raises(AssertionError, match="dubious ownership"):
        git(root, "status")
    repository = Repository.open(root)
    commit = _new_commit(root)
    repository.move_ref("refs/heads/ccm/t", commit, None)
    assert repository.ref("refs/heads/ccm/t") == commit
    clone = Clone.open(f"file://{root}", tmp_path / "cache")
    assert clone.base(None) == repository.base(None)
    clone.move_ref("refs/heads/ccm/u", clone.base("ccm/t").commit, None)
    assert repository.ref("refs/heads/ccm/u") == commit


@pytest.mark.parametrize("what", ["missing", "plain", "file"])
def test_what_is_no_repository_is_said(tmp_path: Path, what: str):
    (tmp_path / "plain").mkdir()
    (tmp_path / "file").write_text("")
    assert not is_repository(tmp_path / what)
    with pytest.raises(GitError, match="is not the top folder of a git repository"):
        Repository.open(tmp_path / what)


def test_a_folder_inside_a_repository_is_not_its_top(root: Path):
    (root / "docs").mkdir()
    with pytest.raises(GitError, match="is not the top folder"):
        Repository.open(root / "docs")


def test_a_repository_of_a_kind_that_this_git_cannot_read_is_an_error(root: Path):
    git(root, "config", "core.repositoryFormatVersion", "1")
    git(root, "config", "extensions.somethingNew", "true")
    with pytest.raises(GitError, match="somethingnew"):
        Repository.open(root).base(None)


def test_a_ref_moves_only_from_where_it_was(root: Path):
    repository = Repository.open(root)
    first, main = _new_commit(root), _head(root)
    repository.move_ref("refs/heads/ccm/t", first, None)
    repository.move_ref("refs/heads/ccm/t", main, first)
    with pytest.raises(RefMovedError, match="it moved meanwhile"):
        repository.move_ref("refs/heads/ccm/t", first, None)
    with pytest.raises(RefMovedError, match="it moved meanwhile"):
        repository.move_ref("refs/heads/ccm/t", main, first)
    with pytest.raises(RefMovedError, match="is at nothing"):
        repository.move_ref("refs/heads/none", first, main)
    assert refs(root) == {"refs/heads/main": main, "refs/heads/ccm/t": main}


def test_a_branch_below_another_branch_is_an_error_that_says_so(root: Path):
    git(root, "branch", "ccm")
    with pytest.raises(GitError, match="'refs/heads/ccm' exists") as caught:
        Repository.open(root).move_ref("refs/heads/ccm/t", _new_commit(root), None)
    assert not isinstance(caught.value, RefMovedError)


def test_a_symbolic_branch_does_not_carry_the_move_to_its_target(root: Path):
    main = _head(root)
    git(root, "symbolic-ref", "refs/heads/ccm/t", "refs/heads/main")
    commit = _new_commit(root)
    Repository.open(root).move_ref("refs/heads/ccm/t", commit, main)
    assert refs(root) == {"refs/heads/main": main, "refs/heads/ccm/t": commit}


@pytest.mark.parametrize("name", ["HEAD", "main", "refs/heads/a..b", "refs/heads/.x"])
def test_a_name_that_is_no_ref_is_refused(root: Path, name: str):
    main = _head(root)
    with pytest.raises(GitError):
        Repository.open(root).move_ref(name, main, None)
    assert refs(root) == {"refs/heads/main": main}


def test_a_remote_is_known_by_its_push_url_first(root: Path):
    repository = Repository.open(root)
    with pytest.raises(GitError, match="has no remote origin"):
        repository.remote("origin")
    git(root, "config", "remote.origin.url", "https://example.org/a.git")
    assert repository.remote("origin").url == "https://example.org/a.git"
    git(root, "config", "remote.origin.pushurl", "https://example.org/b.git")
    assert repository.remote("origin").url == "https://example.org/b.git"
