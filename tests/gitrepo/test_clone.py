from __future__ import annotations

import os
import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccm_gitops.config.model import Author
from ccm_gitops.errors import GitError, RefMovedError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.gitrepo.tree import CommitTree
from tests.support.repos import commit_files, files_at, git, make_bare, make_repo, refs

NOW = datetime(2026, 1, 19, 9, tzinfo=UTC)


@pytest.fixture(params=["sha1", "sha256"])
def seed(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    root = make_repo(tmp_path / "seed", {"CLAUDE.md": "one"}, object_format=request.param)
    commit_files(root, {"CLAUDE.md": "two", "docs/a.md": "a"})
    return root


@pytest.fixture
def server(seed: Path, tmp_path: Path) -> Path:
    return make_bare(tmp_path / "server.git", seed)


def _open(server: Path, tmp_path: Path) -> Clone:
    return Clone.open(f"file://{server}", tmp_path / "cache")


def _commit(clone: Clone, base: Base, text: bytes = b"new") -> str:
    files = {"CLAUDE.md": text}
    return clone.commit(base.commit, files, message="m\n", author=Author(), when=NOW)


def test_the_base_is_the_default_branch_without_its_history(server: Path, tmp_path: Path):
    clone = _open(server, tmp_path)
    base = clone.base(None)
    assert base == Base("main", git(server, "rev-parse", "main"))
    tree = CommitTree(clone, base.commit)
    assert tree.paths() == {"CLAUDE.md", "docs/a.md"}
    assert tree.read("CLAUDE.md") == b"two"
    assert not clone.has(git(server, "rev-parse", "main~1"))


def test_a_branch_and_what_is_new_on_it_is_found_at_each_run(
    server: Path, seed: Path, tmp_path: Path
):
    _open(server, tmp_path).base(None)
    git(seed, "switch", "--quiet", "--create", "release")
    tip = commit_files(seed, {"CLAUDE.md": "three"})
    git(seed, "push", "--quiet", str(server), "release")
    clone = _open(server, tmp_path)
    assert clone.base("release") == Base("release", tip)
    assert CommitTree(clone, tip).read("CLAUDE.md") == b"three"


def test_a_commit_is_pushed_with_a_lease(server: Path, tmp_path: Path):
    clone = _open(server, tmp_path)
    base = clone.base(None)
    first, second = _commit(clone, base), _commit(clone, base, b"newer")
    before = refs(server)
    clone.move_ref("refs/heads/ccm/t", first, None)
    assert clone.ref("refs/heads/ccm/t") == first
    clone.move_ref("refs/heads/ccm/t", second, first)
    assert refs(server) == {**before, "refs/heads/ccm/t": second}
    assert files_at(server, "ccm/t") == {"CLAUDE.md": b"newer", "docs/a.md": b"a"}
    git(server, "fsck", "--strict")


@pytest.mark.parametrize("expected", ["nothing", "base"])
def test_a_branch_that_moved_is_not_pushed_over(server: Path, tmp_path: Path, expected: str):
    clone = _open(server, tmp_path)
    base = clone.base(None)
    first, second = _commit(clone, base), _commit(clone, base, b"newer")
    clone.move_ref("refs/heads/ccm/t", first, None)
    with pytest.raises(RefMovedError, match="it moved meanwhile"):
        clone.move_ref("refs/heads/ccm/t", second, base.commit if expected == "base" else None)
    assert clone.ref("refs/heads/ccm/t") == first


def test_a_server_that_refuses_is_an_error_with_its_words(server: Path, tmp_path: Path):
    git(server, "config", "receive.denyNonFastForwards", "true")
    clone = _open(server, tmp_path)
    base = clone.base(None)
    first, second = _commit(clone, base), _commit(clone, base, b"newer")
    clone.move_ref("refs/heads/ccm/t", first, None)
    with pytest.raises(GitError, match=r"denying non-fast-forward.*remote rejected") as caught:
        clone.move_ref("refs/heads/ccm/t", second, first)
    assert not isinstance(caught.value, RefMovedError)


def test_another_clone_sees_the_branch_with_its_parent(server: Path, tmp_path: Path):
    clone = _open(server, tmp_path)
    base = clone.base(None)
    commit = _commit(clone, base)
    clone.move_ref("refs/heads/ccm/t", commit, None)
    other = Clone.open(f"file://{server}", tmp_path / "elsewhere")
    other.base(None)
    assert other.ref("refs/heads/ccm/t") == commit
    assert other.describe(commit).parents == (base.commit,)
    assert other.tree(base.commit, {"CLAUDE.md": b"new"}) == other.describe(commit).tree
    assert other.ref("refs/heads/none") is None


@pytest.mark.parametrize("damage", ["no HEAD", "no config", "truncated objects", "garbage ref"])
def test_a_damaged_cache_heals(server: Path, tmp_path: Path, damage: str):
    base = _open(server, tmp_path).base(None)
    (folder,) = (path for path in (tmp_path / "cache").iterdir() if path.is_dir())
    match damage:
        case "no HEAD":
            (folder / "HEAD").unlink()
        case "no config":
            (folder / "config").write_bytes(b"\0[[")
        case "truncated objects":
            for path in (folder / "objects").rglob("*"):
                if path.is_file():
                    path.chmod(0o644)
                    path.write_bytes(path.read_bytes()[:10])
        case _:
            for path in (folder / "refs/ccm").iterdir():
                path.write_text("garbage")
    clone = _open(server, tmp_path)
    assert clone.base(None) == base
    assert CommitTree(clone, base.commit).read("CLAUDE.md") == b"two"


def test_an_outage_leaves_the_cache_as_it_is(server: Path, tmp_path: Path):
    clone = _open(server, tmp_path)
    base = clone.base(None)
    shutil.move(server, tmp_path / "away")
    with pytest.raises(GitError, match="git ls-remote failed"):
        _open(server, tmp_path)
    assert CommitTree(clone, base.commit).read("CLAUDE.md") == b"two"


def test_many_packs_become_one_and_a_fresh_commit_stays(server: Path, seed: Path, tmp_path: Path):
    clone = _open(server, tmp_path)
    base = clone.base(None)
    made = _commit(clone, base)
    git(seed, "repack", "-adq")
    packs = clone.common_dir / "objects" / "pack"
    packs.mkdir(exist_ok=True)
    for number in range(21):
        for path in (seed / ".git/objects/pack").iterdir():
            shutil.copy(path, packs / f"pack-{number:0{len(base.commit)}}{path.suffix}")
    again = _open(server, tmp_path)
    assert len(list(packs.glob("*.pack"))) <= 1
    assert again.has(made)
    assert CommitTree(again, again.base(None).commit).read("CLAUDE.md") == b"two"


def test_a_clone_that_nobody_opens_is_forgotten_after_ninety_days(server: Path, tmp_path: Path):
    unused = _open(server, tmp_path).common_dir
    other = make_bare(tmp_path / "other.git", make_repo(tmp_path / "o", {"a": "a"}))
    lock = unused.with_name(f"{unused.name}.lock")
    for days, is_kept in ((89, True), (91, False)):
        then = time.time() - days * 24 * 3600
        os.utime(lock, (then, then))
        Clone.open(f"file://{other}", unused.parent)
        assert unused.is_dir() is is_kept
    assert _open(server, tmp_path).base(None).branch == "main"


def test_runners_that_fetch_at_once_both_get_the_base(server: Path, tmp_path: Path):
    found: list[Base] = []
    threads = [
        threading.Thread(target=lambda: found.append(_open(server, tmp_path).base(None)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Base("main", git(server, "rev-parse", "main"))] * 3


def test_a_branch_that_is_not_there_is_an_error(server: Path, tmp_path: Path):
    with pytest.raises(GitError, match=r"server.git has no branch none"):
        _open(server, tmp_path).base("none")


def test_a_remote_whose_head_names_no_branch_asks_for_one(server: Path, tmp_path: Path):
    git(server, "update-ref", "--no-deref", "HEAD", git(server, "rev-parse", "main"))
    with pytest.raises(GitError, match="has no default branch; name one"):
        _open(server, tmp_path).base(None)


def test_an_empty_remote_is_an_error(tmp_path: Path):
    root = make_repo(tmp_path / "empty")
    with pytest.raises(GitError, match="has no branch with a commit on it"):
        _open(root, tmp_path)
