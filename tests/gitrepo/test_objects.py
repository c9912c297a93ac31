from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccm_gitops.config.model import Author
from ccm_gitops.errors import GitError
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.gitrepo.tree import CommitTree
from tests.support.repos import commit_files, files_at, git, make_repo

NOW = datetime(2026, 1, 19, 9, tzinfo=UTC)
ADA = Author("Ada Lovelace", "ada@example.org")


@pytest.fixture(params=["sha1", "sha256"], scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Shared by all tests here: what they add is reachable from no ref."""
    root = make_repo(tmp_path_factory.mktemp("objects") / "r", object_format=request.param)
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "AGENTS.md").symlink_to("CLAUDE.md")
    (root / "linked").symlink_to("docs")
    head = commit_files(root, {"CLAUDE.md": "one\r\ntwo\n", "docs/guide.md": "guide\n"})
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    git(root, "commit", "--quiet", "--message", "submodule")
    return root


def _commit(root: Path, files: dict[str, bytes | None]) -> str:
    repository = Repository.open(root)
    base = repository.base(None).commit
    return repository.commit(base, files, message="why\n", author=ADA, when=NOW)


def test_bytes_go_in_and_come_out_as_they_are(root: Path):
    content = b"a\r\nb\r\n\xff\x00$Id$\n"
    commit = _commit(root, {"CLAUDE.md": content})
    assert files_at(root, commit)["CLAUDE.md"] == content
    assert CommitTree(Repository.open(root), commit).read("CLAUDE.md") == content


def test_only_the_named_files_change_and_modes_stay(root: Path):
    commit = _commit(root, {"run.sh": b"#!/bin/sh\nexit\n", "docs/archive/old.md": b"old"})
    changes = git(root, "diff-tree", "-r", "--no-commit-id", "HEAD", commit).splitlines()
    seen = {line.split("\t")[1]: line.split()[:2] + line.split()[4:5] for line in changes}
    assert seen == {
        "run.sh": [":100755", "100755", "M"],
        "docs/archive/old.md": [":000000", "100644", "A"],
    }
    git(root, "fsck", "--strict")


def test_none_deletes_and_an_empty_folder_goes_with_it(root: Path):
    commit = _commit(root, {"docs/guide.md": None, "never/was.md": None})
    assert git(root, "diff", "--name-status", "HEAD", commit) == "D\tdocs/guide.md"
    assert git(root, "ls-tree", "-d", "--name-only", commit) == "sub"


def test_the_same_arguments_give_the_same_commit(root: Path):
    first = _commit(root, {"CLAUDE.md": b"x", "a/b.md": b"y"})
    assert first == _commit(root, {"a/b.md": b"y", "CLAUDE.md": b"x"})
    assert git(root, "show", "--no-patch", "--format=%an|%ae|%aI|%cn|%ce|%cI|%P|%B", first) == (
        "Ada Lovelace|ada@example.org|2026-01-19T09:00:00+00:00"
        "|Ada Lovelace|ada@example.org|2026-01-19T09:00:00+00:00"
        f"|{git(root, 'rev-parse', 'HEAD')}|why\n"
    )


def test_a_commit_without_a_base_has_no_parent(root: Path):
    repository = Repository.open(root)
    commit = repository.commit(None, {"state.json": b"{}"}, message="state\n", author=ADA, when=NOW)
    assert files_at(root, commit) == {"state.json": b"{}"}
    assert repository.describe(commit).parents == ()


def test_a_name_that_is_no_utf_8_survives(root: Path):
    path = b"caf\xe9.md".decode("utf-8", "surrogateescape")
    commit = _commit(root, {path: b"x"})
    assert CommitTree(Repository.open(root), commit).read(path) == b"x"
    assert "CLAUDE.md" in CommitTree(Repository.open(root), commit).paths()


def test_describe_reads_what_was_written(root: Path):
    repository = Repository.open(root)
    commit = _commit(root, {"CLAUDE.md": b"x"})
    described = repository.describe(commit)
    assert described.tree == repository.tree(commit, {})
    assert described.parents == (git(root, "rev-parse", "HEAD"),)
    assert described.committer == "Ada Lovelace <ada@example.org>"
    assert described.message == "why\n"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../x", "Invalid path"),
        ("docs/../../x", "Invalid path"),
        ("/etc/passwd", "Invalid path"),
        ("./CLAUDE.md", "Invalid path"),
        ("docs//x", "Invalid path"),
        ("docs/", "Invalid path"),
        ("", "cacheinfo"),
        (".git/config", "Invalid path"),
        ("docs/.GIT/config", "Invalid path"),
        ("git~1/config", "Invalid path"),
        (".git /config", "Invalid path"),
        (".git::$INDEX_ALLOCATION/config", "Invalid path"),
        (".g\u200cit/config", "Invalid path"),
        ("AGENTS.md", "is a symbolic link"),
        ("linked/x.md", "linked is a symbolic link, not a folder"),
        ("sub", "is a submodule"),
        ("sub/x.md", "sub is a submodule, not a folder"),
        ("CLAUDE.md/x", "CLAUDE.md is a file, not a folder"),
        ("docs", "is a folder"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(root: Path, path: str, why: str):
    with pytest.raises(GitError, match=why):
        _commit(root, {path: b"x"})


def test_a_file_and_a_folder_of_one_name_are_refused_together(root: Path):
    with pytest.raises(GitError, match="is a folder"):
        _commit(root, {"new": b"x", "new/inner": b"y"})


def test_the_tree_of_a_commit_knows_files_links_and_nothing_else(root: Path):
    repository = Repository.open(root)
    tree = CommitTree(repository, repository.base(None).commit)
    assert tree.paths() == {"CLAUDE.md", "AGENTS.md", "linked", "run.sh", "docs/guide.md"}
    assert tree.read("CLAUDE.md") == b"one\r\ntwo\n"
    assert [
        tree.read(path) for path in ("AGENTS.md", "docs", "sub", "none", "linked/guide.md")
    ] == ([None] * 5)
    assert tree.link_target("AGENTS.md") == "CLAUDE.md"
    assert tree.link_target("CLAUDE.md") is None
