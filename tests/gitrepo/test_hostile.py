"""Nothing of a hostile repository runs: not on read, commit, ref move, push, fetch or listing."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccm_gitops.config.model import Author
from ccm_gitops.errors import GitError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.gitrepo.tree import CommitTree
from ccm_gitops.projects.folder import FolderTree
from tests.support.hostile import Hostile, arm_hooks, make_hostile
from tests.support.repos import ENVIRONMENT, files_at, git, make_bare, make_repo, refs

NOW = datetime(2026, 1, 19, 9, tzinfo=UTC)


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    return make_hostile(tmp_path / "hostile")


def _publish(store: Repository | Clone, base: Base, name: str = "refs/heads/ccm/t") -> str:
    commit = store.commit(
        base.commit, {"CLAUDE.md": b"# New\r\n"}, message="new\n", author=Author(), when=NOW
    )
    store.move_ref(name, commit, None)
    return commit


def test_the_trap_works_for_plain_git(hostile: Hostile):
    environment = {**ENVIRONMENT, "GIT_WORK_TREE": str(hostile.root)}
    (hostile.root / "CLAUDE.md").write_text("changed")
    (hostile.root / "src/app.py").write_text("changed")
    commands = (
        "status",
        "diff",
        "add CLAUDE.md",
        "add src/app.py",
        "commit -m x",
        "update-ref refs/heads/x HEAD",
        "cat-file -p 1234567812345678123456781234567812345678",
        "push file:///nowhere HEAD:refs/heads/x",
    )
    for command in commands:
        subprocess.run(
            ["git", *command.split()],
            cwd=hostile.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=20,
        )
    expected = {"core.fsmonitor", "filter.evil.clean", "filter.worse.process", "gpg.program"}
    expected |= {"hook-pre-commit", "hook-reference-transaction", "remote", "insteadOf"}
    assert expected <= hostile.ran()


def test_nothing_runs_when_a_local_repository_is_read_and_published(hostile: Hostile):
    repository = Repository.open(hostile.root)
    before = refs_of(hostile)
    assert "evil.example" in git(hostile.root, "cat-file", "blob", "HEAD:CLAUDE.md")
    base = repository.base(None)
    tree = CommitTree(repository, base.commit)
    assert tree.read("CLAUDE.md") == b"# Rules\n\nBe kind.\n"
    assert tree.read("AGENTS.md") is None
    assert tree.link_target("AGENTS.md") == str(hostile.root.with_name("hostile-outside.md"))
    assert tree.link_target(".claude") == "/etc"
    assert tree.read(".claude/passwd") is None
    assert tree.read("docs/CLAUDE.md") is None
    assert "sub" not in tree.paths()
    # Replacements and grafts are the repository's word for what its commits are: not looked at.
    assert len(repository.describe(base.commit).parents) == 1
    commit = _publish(repository, base)
    assert repository.checked_out_branches() == {"main": hostile.root}
    assert refs_of(hostile) == {**before, "refs/heads/ccm/t": commit}
    assert hostile.ran() == set()


def refs_of(hostile: Hostile) -> dict[str, str]:
    """The refs, read by somebody who does not look at the configuration."""
    packed = {}
    for path in (hostile.root / ".git/refs").rglob("*"):
        if path.is_file():
            name = path.relative_to(hostile.root / ".git").as_posix()
            packed[name] = path.read_text().strip()
    return packed


def test_a_missing_object_is_an_error_and_no_fetch_from_a_promisor(hostile: Hostile):
    repository = Repository.open(hostile.root)
    missing = "12345678" * 5
    with pytest.raises(GitError):
        repository.blob(missing)
    with pytest.raises(GitError):
        repository.move_ref("refs/heads/x", missing, None)
    assert hostile.ran() == set()


def test_nothing_runs_when_the_folder_is_read(hostile: Hostile):
    tree = FolderTree(hostile.root)
    assert tree.read("CLAUDE.md")
    assert tree.read("AGENTS.md") is None
    assert tree.read(".claude/passwd") is None
    assert not any(path.startswith((".git/", ".claude/")) for path in tree.paths())
    assert hostile.ran() == set()


@pytest.mark.parametrize("form", ["file://{}", "{}"], ids=["a URL", "a path"])
def test_nothing_runs_when_a_remote_folder_is_cloned_and_pushed_to(
    tmp_path: Path, hostile: Hostile, form: str
):
    alternate = tmp_path / "alternate"
    make_repo(alternate, {"a": "a"})
    (hostile.root / ".git/objects/info").mkdir(exist_ok=True)
    (hostile.root / ".git/objects/info/alternates").write_text(f"{alternate}/.git/objects\n")
    clone = Clone.open(form.format(hostile.root), tmp_path / "cache")
    commit = _publish(clone, clone.base(None))
    assert refs_of(hostile)["refs/heads/ccm/t"] == commit
    with pytest.raises(GitError, match="refusing to update checked out branch"):
        clone.move_ref("refs/heads/main", commit, clone.base("main").commit)
    assert hostile.ran() == set()


def test_a_push_goes_to_the_bare_url_and_no_program_of_the_repository_takes_part(tmp_path: Path):
    seed = make_repo(tmp_path / "seed", {"CLAUDE.md": "x"})
    server = make_bare(tmp_path / "server.git", seed)
    hostile = make_hostile(tmp_path / "hostile", remote=f"file://{server}")
    arm_hooks(hostile, server)
    repository = Repository.open(hostile.root)
    commit = _publish(repository, repository.base(None))
    repository.remote("origin").move_ref("refs/heads/ccm/t", commit, None)
    assert files_at(server, "ccm/t")["CLAUDE.md"] == b"# New\r\n"
    assert hostile.ran() == set()


def test_a_remote_that_runs_a_program_is_refused(hostile: Hostile):
    with pytest.raises(GitError, match="give an https://"):
        Repository.open(hostile.root).remote("origin").ref("refs/heads/main")
    assert hostile.ran() == set()


@pytest.mark.parametrize("name", ["..", ".git", ".GIT", "git~1", ".g‌it"])
def test_a_tree_with_a_dangerous_name_is_refused_as_a_base(tmp_path: Path, name: str):
    root = make_repo(tmp_path / "r", {"CLAUDE.md": "x"})
    blob = git(root, "rev-parse", "HEAD:CLAUDE.md")
    listing = f"100644 blob {blob}\tx\n"
    inner = _mktree(root, listing)
    outer = _mktree(root, f"100644 blob {blob}\tCLAUDE.md\n040000 tree {inner}\t{name}\n")
    commit = git(root, "commit-tree", outer, "-m", "evil")
    repository = Repository.open(root)
    with pytest.raises(GitError, match="invalid path"):
        repository.tree(commit, {"CLAUDE.md": b"y"})
    assert refs(root) == {"refs/heads/main": git(root, "rev-parse", "HEAD")}


def _mktree(root: Path, listing: str) -> str:
    done = subprocess.run(
        ["git", "mktree"], cwd=root, env=ENVIRONMENT, input=listing.encode(), capture_output=True
    )
    return done.stdout.decode().strip()
