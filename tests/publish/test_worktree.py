from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.publish import MODES
from ccm_gitops.publish.worktree import write_files
from tests.publish.support import change, checkout_digest, order
from tests.support.repos import make_bare, make_repo
from tests.support.repos import write_files as put

BEFORE = {"CLAUDE.md": b"long\r\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "r", {"CLAUDE.md": b"long\r\n", "README.md": "hello\n"})
    put(tmp_path, {"outside.md": "secret", "other/x.md": "secret"})
    (root / "AGENTS.md").symlink_to("CLAUDE.md")
    (root / "out.md").symlink_to("../outside.md")
    (root / "linked").symlink_to("../other")
    return root


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"CLAUDE.md": b"x", "../outside.md": b"x"}, "../outside.md leaves the folder"),
        ({"/etc/motd": b"x"}, "/etc/motd leaves the folder"),
        ({"docs/../../outside.md": b"x"}, "leaves the folder"),
        ({".git/config": b"x"}, ".git/config is git's own"),
        ({"sub/.GIT/config": b"x"}, "is git's own"),
        ({"AGENTS.md": b"x"}, "AGENTS.md is a symbolic link"),
        ({"out.md": b"x"}, "out.md is a symbolic link"),
        ({"linked/x.md": b"x"}, "linked/x.md goes through the link"),
        ({"README.md/x": b"x"}, "README.md/x goes through the file"),
        ({"README.md": b"x"}, "README.md is not what it was when the change was made"),
        ({".": b"x"}, "leaves the folder"),
    ],
)
def test_a_refused_change_writes_nothing(root: Path, files: Mapping[str, bytes | None], why: str):
    before = checkout_digest(root)
    published = write_files(root, files, BEFORE)
    assert published.action == "refused"
    assert why in (published.reason or "")
    assert checkout_digest(root) == before
    assert (root.parent / "outside.md").read_text() == "secret"
    assert (root.parent / "other/x.md").read_text() == "secret"


def test_an_edit_since_the_file_was_read_is_not_lost(root: Path):
    (root / "CLAUDE.md").write_text("the user typed this\n")
    published = write_files(root, {"CLAUDE.md": b"short\n"}, BEFORE)
    assert published.action == "refused"
    assert (root / "CLAUDE.md").read_text() == "the user typed this\n"


def test_it_writes_the_named_files_and_only_them(root: Path):
    (root / "CLAUDE.md").chmod(0o600)
    before = checkout_digest(root)
    files = {"CLAUDE.md": b"short\r\n", "docs/archive/a.md": b"long\r\n"}
    assert write_files(root, files, BEFORE).action == "written"
    after = checkout_digest(root)
    assert {path for path in after if after[path] != before.get(path)} == files.keys()
    assert {path: (root / path).read_bytes() for path in files} == files
    assert (root / "CLAUDE.md").stat().st_mode & 0o777 == 0o600


def test_a_hard_link_is_not_written_through(root: Path):
    (root / "CLAUDE.md").unlink()
    (root / "CLAUDE.md").hardlink_to(root.parent / "outside.md")
    write_files(root, {"CLAUDE.md": b"short"}, {"CLAUDE.md": b"secret"})
    assert (root / "CLAUDE.md").read_bytes() == b"short"
    assert (root.parent / "outside.md").read_text() == "secret"


def test_content_that_is_there_already_is_not_written_again(root: Path):
    before = checkout_digest(root)
    assert write_files(root, {"CLAUDE.md": b"long\r\n", "none": None}, BEFORE).action == "unchanged"
    assert checkout_digest(root) == before


def test_none_deletes_with_the_folders_that_are_empty_then(root: Path):
    new = {"docs/agents/a/b.md": b"long", "docs/agents/a/c.md": b"long"}
    write_files(root, new, {})
    (root / "docs/empty").mkdir()
    gone: dict[str, bytes | None] = dict.fromkeys(("CLAUDE.md", *new))
    assert write_files(root, gone, {**BEFORE, **new}).action == "written"
    assert not (root / "CLAUDE.md").exists()
    assert [path.name for path in (root / "docs").iterdir()] == ["empty"]


def test_a_bare_repository_has_no_folder_to_write_to(root: Path, tmp_path: Path):
    store = Repository.open(make_bare(tmp_path / "bare.git", root))
    published = MODES["worktree"](store, change(store), order())
    assert published.reason == f"{tmp_path}/bare.git has no working folder"


def test_the_mode_writes_below_the_repository(root: Path):
    store = Repository.open(root)
    asked = change(store, {"new.md": b"x"})
    assert MODES["worktree"](store, asked, order()).action == "written"
    assert (root / "new.md").read_bytes() == b"x"
