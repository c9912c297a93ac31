from __future__ import annotations

from pathlib import Path

import pytest

from ccm_gitops.config.model import Publish
from ccm_gitops.errors import RefMovedError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.publish import MODES
from tests.publish.scene import BLOATED
from tests.publish.support import change, checkout_digest, order
from tests.publish.working import do
from tests.support.repos import (
    commit_files,
    files_at,
    git,
    make_bare,
    make_repo,
    refs,
    write_files,
)

publish = MODES["direct"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "r", {"CLAUDE.md": "long\n"})


@pytest.fixture
def server(root: Path, tmp_path: Path) -> Path:
    return make_bare(tmp_path / "server.git", root)


def test_a_base_that_is_checked_out_is_left_alone_and_the_branch_taken(root: Path):
    before = checkout_digest(root)
    store = Repository.open(root)
    published = publish(store, change(store), order())
    assert (published.action, published.branch) == ("created", "ccm/tidy")
    assert published.reason == (
        f"main is checked out in {root}: the change goes to the branch ccm/tidy instead"
    )
    assert checkout_digest(root) == before


def test_a_detached_head_has_no_base_branch_so_the_tasks_is_taken(root: Path):
    git(root, "checkout", "--quiet", "--detach")
    store = Repository.open(root)
    published = publish(store, change(store), order())
    assert (published.action, published.branch) == ("created", "ccm/tidy")
    assert "the head is detached" in (published.reason or "")


@pytest.mark.parametrize("kind", ["bare", "clone", "elsewhere"])
def test_one_commit_goes_on_top_of_the_base(root: Path, server: Path, tmp_path: Path, kind: str):
    place, store = server, Repository.open(server)
    if kind == "clone":
        store = Clone.open(f"file://{server}", tmp_path / "cache")  # type: ignore[assignment]
    elif kind == "elsewhere":
        git(root, "switch", "--quiet", "--create", "topic")
        place, store = root, Repository.open(root)
    base = git(place, "rev-parse", "main")
    asked = change(store, branch="main")
    published = publish(store, asked, order())
    assert (published.action, published.branch, published.tip) == ("applied", "main", None)
    assert git(place, "rev-list", f"{base}..main") == published.commit
    assert files_at(place, "main")["CLAUDE.md"] == b"short\n"
    assert "refs/heads/ccm/tidy" not in refs(place)
    again = publish(store, change(store, branch="main"), order())
    assert (again.action, again.commit) == ("unchanged", None)


def test_a_base_that_moved_asks_to_make_the_change_again(root: Path, server: Path):
    store = Repository.open(server)
    asked = change(store)
    commit_files(root, {"CLAUDE.md": "newer\n"})
    git(root, "push", "--quiet", str(server), "main")
    with pytest.raises(RefMovedError, match="it moved meanwhile"):
        publish(store, asked, order())
    assert files_at(server, "main") == {"CLAUDE.md": b"newer\n"}


def test_a_dry_run_tells_what_the_run_would_meet(root: Path, server: Path, tmp_path: Path):
    commit_files(root, {"CLAUDE.md": BLOATED})
    git(root, "push", "--quiet", f"file://{server}", "main")
    git(root, "remote", "add", "origin", f"file://{server}")
    before = refs(server)

    def tried(project: Path = root) -> tuple[str | None, str]:
        where = {"path": project, "branch": "main"}
        publish = Publish(mode="direct", push="origin")
        [result] = do(tmp_path, where, publish, dry_run=True).results
        assert result.tokens_saved == 0
        return result.action, result.details.get("reason", "")

    why = f"main is checked out in {root}: the change goes to the branch ccm/tidy instead"
    assert tried() == ("would change", why)
    git(root, "switch", "--quiet", "--create", "elsewhere")
    assert tried() == ("would change", "")
    assert refs(server) == before
    tip = commit_files(root, {"x": "y\n"})
    git(root, "push", "--quiet", "origin", "elsewhere:main")
    why = f"main of file://{server} is at {tip[:10]}, and the change is made on "
    assert (tried()[0], why in tried()[1]) == ("refused", True)
    git(root, "remote", "set-url", "origin", "file:///nowhere")
    assert (tried()[0], "/nowhere" in tried()[1]) == ("refused", True)
    plain = tmp_path / "plain"
    write_files(plain, {"CLAUDE.md": BLOATED})
    assert (tried(plain)[0], "is no git repository" in tried(plain)[1]) == ("refused", True)


def test_push_moves_the_remote_first_and_not_past_what_others_pushed(root: Path, server: Path):
    git(root, "remote", "add", "origin", f"file://{server}")
    git(root, "switch", "--quiet", "--create", "topic")
    store = Repository.open(root)
    published = publish(store, change(store, branch="main"), order(push="origin"))
    assert git(root, "rev-parse", "main") == git(server, "rev-parse", "main") == published.commit
    git(root, "update-ref", "refs/heads/main", "topic")
    with pytest.raises(RefMovedError):
        publish(store, change(store, {"new.md": b"x"}, branch="main"), order(push="origin"))
    assert git(root, "rev-parse", "main") == git(root, "rev-parse", "topic")
