"""What a command works on where no path is given, and where some of those given have nothing."""

from __future__ import annotations

import os

import pytest

from ccm_gitops.cli.folders import find_files, find_projects, here, spread
from ccm_gitops.errors import UsageError
from tests.support.command import ccm
from tests.support.terminal import in_terminal

TEXT = "# Service\n\n## Done\n\n" + "".join(f"- ✅ Shipped the part {n} of it\n" for n in range(40))


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "CLAUDE.md").write_text(TEXT)
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "AGENTS.md").write_text("# Web\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("folder", "project"), [(".", "."), ("web", "."), ("web/src", "../..")])
def test_without_a_path_it_is_this_folder_or_its_repository(root, monkeypatch, folder, project):
    monkeypatch.chdir(root / folder)
    assert here() == project


@pytest.mark.parametrize("find", [find_files, find_projects])
def test_a_folder_that_has_nothing_is_told_and_the_others_are_looked_at(root, find, capsys):
    assert [item.path for item in find([".", "web/src", "web"])] == [".", "web"]
    assert "warning: web/src: there is none of CLAUDE.md" in capsys.readouterr().err
    with pytest.raises(UsageError, match="web/src, web/src: there is none of"):
        list(find(["web/src", "web/src"]))
    os.mkfifo(root / "pipe.md")
    with pytest.raises(UsageError, match=r"pipe\.md: this is no file that can be read"):
        list(find(["pipe.md"]))


def test_of_a_folder_of_projects_each_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ours/api", "ours/web/.git", "docs", "ours/.cache/x", "node_modules/x", "a/b/c/d"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name.removesuffix("/.git") / "CLAUDE.md").write_text(TEXT)
    (tmp_path / "ours/web/part").mkdir()
    (tmp_path / "ours/web/part/CLAUDE.md").write_text("# Part\n")
    (tmp_path / "empty/.git").mkdir(parents=True)
    os.symlink(tmp_path / "docs", tmp_path / "linked")
    assert spread(["."]) == spread([".", "docs"]) == ("docs", "ours/api", "ours/web")
    assert spread(["docs", "empty", "gone"]) == ("docs", "empty", "gone")
    seen = [
        f"{item['path']}/{item['file']}" for item in ccm("analyze", "--json", cwd=tmp_path).json
    ]
    all_of_it = ["docs/CLAUDE.md", "ours/api/CLAUDE.md", "ours/web/CLAUDE.md"]
    assert seen == [*all_of_it, "ours/web/part/CLAUDE.md"]
    ran = ccm("optimize", "--diff", cwd=tmp_path)
    assert [
        f"{line[2:]}/CLAUDE.md" for line in ran.out.splitlines() if line[:2] == "# "
    ] == all_of_it
    # Within a repository, a plain folder is a part of it and no project.
    (tmp_path / "ours/.git").mkdir()
    assert spread(["ours"]) == ("ours",)
    with pytest.raises(UsageError, match=r"none of .*; name one of ours/.*ours/api/CLAUDE\.md, "):
        list(find_files(["ours"]))
    (tmp_path / ".git").mkdir()
    (tmp_path / "ours/.git").rmdir()
    assert spread(["ours"]) == ("ours/web",)


def test_the_files_are_those_that_the_configuration_names(root):
    (root / "schedules.yaml").write_text(
        "version: 1\nsettings: {context_files: [GUIDE.md, 'parts/*/NOTES.md']}\n"
    )
    (root / "parts" / "a" / "deep").mkdir(parents=True)
    for name in ("GUIDE.md", "parts/a/NOTES.md", "parts/a/deep/NOTES.md"):
        (root / name).write_text(TEXT)

    def looked_at(*arguments):
        return [item["file"] for item in ccm(*arguments, "--json", cwd=root).json]

    assert looked_at("optimize") == ["GUIDE.md", "parts/a/NOTES.md"]
    assert looked_at("optimize", "parts/a") == ["parts/a/NOTES.md"]
    assert looked_at("analyze")[:2] == ["GUIDE.md", "parts/a/NOTES.md"]
    (root / "schedules.yaml").write_text("a: b\n")
    ran = ccm("optimize", cwd=root)
    assert (ran.code, ran.out.split()[0]) == (0, "./CLAUDE.md")
    assert ran.err.startswith("warning: schedules.yaml:1:1: missing key")
    assert ccm("analyze", "--config", "schedules.yaml", cwd=root).code == 2


def test_archives_are_found_from_a_folder_below(root):
    assert ccm("optimize", "--write", cwd=root).code == 0
    below = root / "web" / "src"
    (piece,) = ccm("archives", "list", "--json", cwd=below).json
    assert piece["source"] == "CLAUDE.md"
    assert ccm("archives", "restore", "--all", "--yes", cwd=below).code == 0
    assert (root / "CLAUDE.md").read_text() == TEXT


def test_progress_is_shown_on_a_terminal_and_taken_away(root):
    code, screen = in_terminal("analyze", "--format", "json", ".", "web", cwd=root)
    assert code == 0
    assert "2/2 projects\r\x1b[K" in screen
    code, screen = in_terminal("analyze", "--format", "json", ".", cwd=root)
    assert "projects" not in screen
