from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccm_gitops.projects.folder import FolderTree
from tests.support.repos import ENVIRONMENT, commit_files, git, make_repo, write_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write_files(root, {"CLAUDE.md": b"a\r\n", "docs/guide.md": "guide", ".claude/CLAUDE.md": "x"})
    write_files(root, {".git/config": "", "sub/node_modules/x.js": "", ".env.example": ""})
    write_files(tmp_path, {"outside.md": "secret", "other/x.md": "secret"})
    (root / "AGENTS.md").symlink_to("CLAUDE.md")
    (root / "out.md").symlink_to("../outside.md")
    (root / "linked").symlink_to("../other")
    return root


def test_it_lists_files_and_links_and_what_tools_generate_not(root: Path):
    assert FolderTree(root).paths() == {
        "CLAUDE.md",
        "docs/guide.md",
        ".claude/CLAUDE.md",
        ".env.example",
        "AGENTS.md",
        "out.md",
        "linked",
    }


@pytest.mark.parametrize(
    "path",
    [
        "AGENTS.md",
        "out.md",
        "linked/x.md",
        "../outside.md",
        "docs/../CLAUDE.md",
        "./CLAUDE.md",
        "/etc/passwd",
        "docs",
        "docs/",
        "none",
        "CLAUDE.md/x",
        "a\0b",
        "",
    ],
)
def test_what_is_no_file_of_the_folder_is_not_read(root: Path, path: str):
    assert FolderTree(root).read(path) is None


def test_it_reads_bytes_as_they_are(root: Path):
    assert FolderTree(root).read("CLAUDE.md") == b"a\r\n"
    assert FolderTree(root).read(".claude/CLAUDE.md") == b"x"


def test_it_tells_where_a_link_points(root: Path):
    tree = FolderTree(root)
    assert tree.link_target("out.md") == "../outside.md"
    assert tree.link_target("CLAUDE.md") is None
    assert tree.link_target("linked/x.md") is None


def test_a_named_pipe_does_not_hold_it_up(root: Path):
    os.mkfifo(root / "pipe.md")
    assert FolderTree(root).read("pipe.md") is None


def test_a_missing_folder_is_empty(tmp_path: Path):
    assert FolderTree(tmp_path / "none").paths() == set()
    assert FolderTree(tmp_path / "none").read("CLAUDE.md") is None


def test_when_a_file_last_changed_is_told_where_it_is_committed_as_it_stands(tmp_path):
    root = make_repo(tmp_path / "r", {"CLAUDE.md": "one\n"})
    later = {**ENVIRONMENT, "GIT_COMMITTER_DATE": "2026-03-01T08:00:00Z"}
    (root / "README.md").write_text("two\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "later", environ=later)
    assert FolderTree(root).changed("CLAUDE.md") == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert FolderTree(root).changed("README.md") == datetime(2026, 3, 1, 8, tzinfo=UTC)
    (root / "README.md").write_text("three\n")
    assert FolderTree(root).changed("README.md") is None
    assert FolderTree(root).changed("gone.md") is None
    assert FolderTree(tmp_path).changed("CLAUDE.md") is None


def test_a_shallow_clone_does_not_tell_when_a_file_last_changed(tmp_path):
    root = make_repo(tmp_path / "r", {"CLAUDE.md": "one\n"})
    commit_files(root, {"README.md": "two\n"})
    clone = tmp_path / "clone"
    git(root, "clone", "--quiet", "--depth=1", f"file://{root}", str(clone))
    assert FolderTree(clone).changed("CLAUDE.md") is None
