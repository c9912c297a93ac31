from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ccm_gitops.errors import GitError, RefMovedError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.publish import MODES
from ccm_gitops.publish.model import Change, Order, Published, Target
from tests.publish.support import NEW, change, checkout_digest, order
from tests.support.repos import commit_files, files_at, git, make_bare, make_repo, refs, write_files

ADA = ("Ada", "ada@example.org")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "r", {"CLAUDE.md": "long\nand more\n", "README.md": "hello\n"})


@pytest.fixture
def server(root: Path, tmp_path: Path) -> Path:
    return make_bare(tmp_path / "server.git", root)


@pytest.fixture(params=["local", "remote"])
def target(
    request: pytest.FixtureRequest, root: Path, server: Path, tmp_path: Path
) -> tuple[Target, Path]:
    """A target, and the repository in which its refs are."""
    if request.param == "local":
        return Repository.open(root), root
    return Clone.open(f"file://{server}", tmp_path / "cache"), server


def publish(target: Target, change: Change, order: Order) -> Published:
    return MODES["branch"](target, change, order)


def test_a_dirty_checkout_in_the_middle_of_a_rebase_is_bit_identical_afterwards(root: Path):
    git(root, "switch", "--quiet", "--create", "topic")
    commit_files(root, {"CLAUDE.md": "topic\n"})
    git(root, "switch", "--quiet", "main")
    commit_files(root, {"CLAUDE.md": "main\n"})
    git(root, "switch", "--quiet", "topic")
    git(root, "stash", "--include-untracked", check=False)
    git(root, "rebase", "main", check=False)
    assert "UU CLAUDE.md" in git(root, "status", "--short")
    write_files(root, {"CLAUDE.md.bak": "untracked\n", "README.md": "edited\n", "new": "staged\n"})
    git(root, "add", "new")
    write_files(root, {"new": "and edited\n"})
    before = checkout_digest(root)
    repository = Repository.open(root)
    published = publish(repository, change(repository, branch="main"), order())
    assert published.action == "created"
    assert checkout_digest(root) == before
    assert files_at(root, "ccm/tidy")["CLAUDE.md"] == b"short\n"
    git(root, "fsck", "--strict")


def test_the_branch_has_one_commit_with_just_the_named_files(target: tuple[Target, Path]):
    store, place = target
    before = refs(place)
    published = publish(store, change(store), order())
    assert refs(place) == {**before, "refs/heads/ccm/tidy": published.commit}
    assert published == Published(
        action="created", branch="ccm/tidy", commit=published.commit, tip=published.commit
    )
    assert git(place, "rev-list", "main..ccm/tidy") == published.commit
    assert git(place, "diff", "--name-status", "main", "ccm/tidy") == (
        "M\tCLAUDE.md\nA\tdocs/archive/a.md"
    )
    git(place, "fsck", "--strict")


def test_the_message_says_which_task_and_which_content(root: Path):
    store = Repository.open(root)
    asked = change(store)
    publish(store, asked, order())
    assert git(root, "log", "-1", "--format=%B", "ccm/tidy") == (
        "Shorten CLAUDE.md\n\nWhy not.\n\n"
        f"Ccm-Task: tidy\nCcm-Execution: exec-1\nCcm-Content: {asked.digest}\n"
    )
    assert git(root, "log", "-1", "--format=%(trailers:key=Ccm-Task,valueonly)", "ccm/tidy") == (
        "tidy\n"
    )


def test_the_same_content_again_changes_nothing(target: tuple[Target, Path]):
    store, place = target
    first = publish(store, change(store), order())
    before = checkout_digest(place)
    later = order(execution="exec-2", known_tip=first.tip)
    later = replace(later, when=later.when + timedelta(days=7))
    again = publish(store, change(store), later)
    assert again == replace(first, action="unchanged")
    assert git(place, "rev-parse", "ccm/tidy") == first.tip
    assert checkout_digest(place) == before


def test_the_same_content_stays_when_the_base_moves_elsewhere(root: Path):
    store = Repository.open(root)
    first = publish(store, change(store), order())
    commit_files(root, {"README.md": "other\n"})
    again = publish(store, change(store), order(known_tip=first.tip))
    assert again == replace(first, action="unchanged")


def test_the_commit_is_rebuilt_on_the_base_when_a_file_of_it_changed_there(root: Path):
    store = Repository.open(root)
    first = publish(store, change(store), order())
    base = commit_files(root, {"CLAUDE.md": "quite another text\n"})
    again = publish(store, change(store), order(known_tip=first.tip))
    assert again.action == "updated"
    assert git(root, "rev-parse", "ccm/tidy^") == base


def test_other_content_replaces_the_one_commit(target: tuple[Target, Path]):
    store, place = target
    first = publish(store, change(store), order())
    other = change(store, {"CLAUDE.md": b"shorter\n"})
    second = publish(store, other, order(known_tip=first.tip))
    assert second.action == "updated"
    assert git(place, "rev-list", "main..ccm/tidy") == second.tip
    assert files_at(place, "ccm/tidy")["CLAUDE.md"] == b"shorter\n"
    assert "docs/archive/a.md" not in files_at(place, "ccm/tidy")


def test_content_that_the_base_has_already_makes_no_branch(target: tuple[Target, Path]):
    store, place = target
    before = refs(place)
    same = change(store, {"README.md": b"hello\n", "never/was.md": None})
    published = publish(store, same, order())
    assert (published.action, published.commit) == ("unchanged", None)
    assert published.reason == "the base has this content already"
    assert refs(place) == before


def test_a_branch_that_was_merged_and_deleted_is_made_anew(root: Path):
    store = Repository.open(root)
    first = publish(store, change(store), order())
    git(root, "branch", "--quiet", "-D", "ccm/tidy")
    again = publish(store, change(store, {"CLAUDE.md": b"x"}), order(known_tip=first.tip))
    assert again.action == "created"


@pytest.mark.parametrize("known", ["nothing", "the tip before"])
def test_commits_of_somebody_else_are_never_rewritten(target: tuple[Target, Path], known: str):
    store, place = target
    first = publish(store, change(store), order())
    tree = git(place, "rev-parse", "ccm/tidy^{tree}")
    theirs = git(place, "commit-tree", tree, "-p", "ccm/tidy", "-m", "a note of mine")
    git(place, "update-ref", "refs/heads/ccm/tidy", theirs)
    before = refs(place)
    known_tip = first.tip if known == "the tip before" else None
    published = publish(store, change(store), order(known_tip=known_tip))
    assert published.action == "refused"
    assert "holds commits that ccm-gitops did not make" in (published.reason or "")
    assert published.tip is None
    assert refs(place) == before


def test_our_commit_amended_by_somebody_is_theirs(target: tuple[Target, Path]):
    store, place = target
    first = publish(store, change(store), order())
    tree, message = (
        git(place, "show", "--no-patch", f"--format={form}", "ccm/tidy") for form in ("%T", "%B")
    )
    amended = git(place, "commit-tree", tree, "-p", "main", "-m", f"Better words\n\n{message}")
    git(place, "update-ref", "refs/heads/ccm/tidy", amended)
    published = publish(store, change(store), order(known_tip=first.tip))
    assert published.action == "refused"
    assert git(place, "rev-parse", "ccm/tidy") == amended


def test_our_commit_that_the_state_never_heard_of_is_taken_for_ours(target: tuple[Target, Path]):
    store, _ = target
    first = publish(store, change(store), order())
    again = publish(store, change(store), order(execution="exec-2"))
    assert again == replace(first, action="unchanged")


def test_a_branch_that_is_checked_out_is_left_alone(root: Path, tmp_path: Path):
    store = Repository.open(root)
    first = publish(store, change(store), order())
    git(root, "worktree", "add", "--quiet", str(tmp_path / "linked"), "ccm/tidy")
    same = publish(store, change(store), order(known_tip=first.tip))
    other = publish(store, change(store, {"CLAUDE.md": b"x"}), order(known_tip=first.tip))
    assert same.action == "unchanged"
    assert other.action == "refused"
    assert other.reason == (
        f"the branch ccm/tidy is checked out in {tmp_path}/linked; it is left as it is"
    )
    assert git(root, "rev-parse", "ccm/tidy") == first.tip


def test_the_base_branch_is_not_published_over(root: Path):
    store = Repository.open(root)
    published = publish(store, change(store), order(branch="main"))
    assert published.action == "refused"
    assert "is the base branch itself" in (published.reason or "")


def test_a_branch_that_moves_in_the_middle_is_not_overwritten(root: Path):
    store = _Racing(root)
    published = publish(store, change(store), order())
    assert published.action == "refused"
    assert git(root, "rev-parse", "ccm/tidy") == git(root, "rev-parse", "main")


class _Racing(Repository):
    """A repository in which somebody makes our branch just before we do."""

    def __init__(self, root: Path) -> None:
        opened = Repository.open(root)
        super().__init__(root, opened.git_dir, opened.common_dir, opened.object_format)

    def move_ref(self, name: str, new: str | None, old: str | None) -> None:
        git(self.root, "update-ref", name, "main")
        super().move_ref(name, new, old)


def test_runners_that_publish_the_same_at_once_agree(root: Path):
    done: list[Published] = []
    threads = [
        threading.Thread(
            target=lambda: done.append(
                publish(store := Repository.open(root), change(store), order())
            )
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({published.commit for published in done}) == 1
    assert {published.action for published in done} <= {"created", "unchanged"}


@pytest.fixture
def pushing(root: Path, server: Path) -> Repository:
    git(root, "remote", "add", "origin", f"file://{server}")
    return Repository.open(root)


def test_push_brings_the_branch_to_the_remote_as_well(
    pushing: Repository, root: Path, server: Path
):
    published = publish(pushing, change(pushing), order(push="origin"))
    assert published.action == "created"
    for place in (root, server):
        assert git(place, "rev-parse", "ccm/tidy") == published.commit
    assert not any("remotes" in name for name in refs(root))
    again = publish(pushing, change(pushing), order(push="origin", known_tip=published.tip))
    assert again == replace(published, action="unchanged")


def test_a_branch_that_only_the_remote_lacks_is_pushed(pushing: Repository, server: Path):
    first = publish(pushing, change(pushing), order())
    pushed = publish(pushing, change(pushing), order(push="origin", known_tip=first.tip))
    assert pushed == replace(first, action="updated")
    assert git(server, "rev-parse", "ccm/tidy") == first.tip


def test_commits_of_somebody_else_on_the_remote_stop_both(
    pushing: Repository, root: Path, server: Path
):
    git(server, "update-ref", "refs/heads/ccm/tidy", "main")
    published = publish(pushing, change(pushing), order(push="origin"))
    assert published.action == "refused"
    assert f"of file://{server} holds commits" in (published.reason or "")
    assert "refs/heads/ccm/tidy" not in refs(root)


def test_a_remote_that_cannot_be_reached_leaves_the_local_branch_unmade(
    pushing: Repository, root: Path
):
    git(root, "remote", "set-url", "origin", "file:///nowhere.git")
    with pytest.raises(GitError, match=r"nowhere\.git"):
        publish(pushing, change(pushing), order(push="origin"))
    assert "refs/heads/ccm/tidy" not in refs(root)


def test_a_push_from_a_shallow_clone_works(root: Path, server: Path, tmp_path: Path):
    commit_files(root, {"README.md": "two\n"})
    git(root, "push", "--quiet", str(server), "main")
    shallow = tmp_path / "shallow"
    git(root, "clone", "--quiet", "--depth=1", f"file://{server}", str(shallow))
    store = Repository.open(shallow)
    published = publish(store, change(store), order(push="origin"))
    assert git(server, "rev-parse", "ccm/tidy") == published.commit
    git(server, "fsck", "--strict")


def test_the_digest_tells_contents_apart(root: Path):
    store = Repository.open(root)
    digests = {
        change(store, files).digest
        for files in (NEW, {"CLAUDE.md": b""}, {"CLAUDE.md": None}, {"CLAUDE.mdx": b""}, {})
    }
    assert len(digests) == 5
    assert change(store, dict(reversed(list(NEW.items())))).digest == change(store).digest


def test_a_branch_that_keeps_moving_is_an_error_in_the_end(root: Path):
    with pytest.raises(RefMovedError, match="it moved meanwhile"):
        publish(_Flickering(root), change(Repository.open(root)), order())


class _Flickering(_Racing):
    """A repository in which the branch is gone again whenever one looks."""

    def move_ref(self, name: str, new: str | None, old: str | None) -> None:
        try:
            super().move_ref(name, new, old)
        finally:
            git(self.root, "update-ref", "-d", name)
