from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccm_gitops.config.model import Author
from ccm_gitops.errors import GitError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.command import Network, git, workshop
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.gitrepo.tree import CommitTree
from ccm_gitops.secrets import Secret, redact
from tests.support.repos import git as plain_git
from tests.support.repos import make_bare, make_repo, refs

NOW = datetime(2026, 1, 19, 9, tzinfo=UTC)
POISON = {
    "GIT_DIR": "/nowhere",
    "GIT_COMMON_DIR": "/nowhere",
    "GIT_WORK_TREE": "/nowhere",
    "GIT_OBJECT_DIRECTORY": "/nowhere",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere/index",
    "GIT_GRAFT_FILE": "/nowhere/grafts",
    "GIT_SHALLOW_FILE": "/nowhere/shallow",
    "GIT_NAMESPACE": "elsewhere",
    "GIT_PREFIX": "src/",
    "GIT_CONFIG": "/nowhere/config",
    "GIT_CONFIG_GLOBAL": "/nowhere/config",
    "GIT_CONFIG_SYSTEM": "/nowhere/config",
    "GIT_CONFIG_NOSYSTEM": "0",
    "GIT_CONFIG_PARAMETERS": "'core.hooksPath=/nowhere' 'user.name=Eve'",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "user.name",
    "GIT_CONFIG_VALUE_0": "Eve",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_AUTHOR_NAME": "Eve",
    "GIT_AUTHOR_EMAIL": "eve@example.org",
    "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Eve",
    "GIT_COMMITTER_EMAIL": "eve@example.org",
    "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z",
    "GIT_REPLACE_REF_BASE": "refs/heads/",
    "GIT_IMPLICIT_WORK_TREE": "0",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_TEMPLATE_DIR": "/nowhere",
}


def _everything(root: Path) -> list[object]:
    repository = Repository.open(root / "r")
    base = repository.base(None)
    files = {"CLAUDE.md": b"new", "docs/a.md": b"a"}
    commit = repository.commit(base.commit, files, message="m\n", author=Author(), when=NOW)
    repository.move_ref("refs/heads/ccm/t", commit, None)
    server = repository.remote("origin")
    server.move_ref("refs/heads/ccm/t", commit, None)
    clone = Clone.open(server.url, root / "cache")
    return [
        base,
        commit,
        repository.checked_out_branches(),
        repository.ref("refs/heads/ccm/t"),
        server.ref("refs/heads/ccm/t"),
        clone.base("ccm/t"),
        sorted(CommitTree(clone, commit).paths()),
        CommitTree(repository, commit).read("CLAUDE.md"),
    ]


def _make(root: Path) -> Path:
    make_repo(root / "r", {"CLAUDE.md": "old", "README.md": "hello"})
    make_bare(root / "server.git", root / "r")
    plain_git(root / "r", "remote", "add", "origin", f"file://{root}/server.git")
    return root


def test_a_poisoned_environment_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = _make(tmp_path / "a")
    clean = _everything(root)
    plain_git(root / "r", "update-ref", "-d", "refs/heads/ccm/t")
    plain_git(root / "server.git", "update-ref", "-d", "refs/heads/ccm/t")
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    assert _everything(root) == clean
    for name in POISON:
        monkeypatch.delenv(name)
    assert refs(root / "r")["refs/heads/ccm/t"] == clean[1]


def test_every_variable_that_git_calls_local_is_in_the_poison(tmp_path: Path):
    local = plain_git(tmp_path, "rev-parse", "--local-env-vars").split()
    # Both are git's own affair between its programs; an empty value would already break it.
    internal = {"GIT_INTERNAL_SUPER_PREFIX", "GIT_NO_REPLACE_OBJECTS"}
    assert set(local) - internal <= POISON.keys()


def test_an_error_says_what_where_and_why_in_one_line():
    with workshop() as place, pytest.raises(GitError) as caught:
        git(place, "cat-file", "-e", "nonsense")
    assert str(caught.value) == (
        "git cat-file failed with code 128: Not a valid object name nonsense"
    )


def test_secrets_and_passwords_in_urls_are_not_shown():
    secret = Secret("s3cret")
    network = Network(protocol="https", secrets=(secret,))
    url = "https://ada:passw0rd@localhost:1/s3cret.git"
    with workshop() as place, pytest.raises(GitError) as caught:
        git(place, "ls-remote", url, network=network)
    assert "https://localhost:1/***.git" in str(caught.value)
    assert "passw0rd" not in str(caught.value)
    assert redact("see https://x:y@host/z and ssh://git@host") == (
        "see https://***@host/z and ssh://***@host"
    )


def test_a_machine_without_git_says_so(tmp_path: Path):
    program = (
        "from ccm_gitops.gitrepo.command import git, workshop\n"
        "from ccm_gitops.errors import GitError\n"
        "try:\n"
        "    with workshop() as place:\n"
        "        git(place, 'version')\n"
        "except GitError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "git is not installed, or not found on PATH; install it\n"


def test_git_that_goes_away_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with workshop() as place, pytest.raises(GitError, match="not installed"):
        git(place, "version")


def test_no_transport_starts_without_leave(tmp_path: Path):
    root = make_repo(tmp_path / "r", {"a": "a"})
    with workshop() as place, pytest.raises(GitError, match="transport 'file' not allowed"):
        git(place, "ls-remote", f"file://{root}")
