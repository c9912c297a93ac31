"""A project with CLAUDE.md and AGENTS.md of the same bytes, through the installed command."""

from __future__ import annotations

import pytest

from tests.context.test_twins import NAMES, TEXT
from tests.support.repos import commit_files, git
from tests.support.sandbox import Sandbox

TIDY = {"id": "tidy", "name": "Tidy", "type": "optimize", "schedule": {"interval": "7d"}}


@pytest.fixture
def shop(sandbox: Sandbox) -> Sandbox:
    sandbox.demo_repo("shop")
    texts = dict.fromkeys(NAMES, TEXT)
    commit_files(sandbox.root / "shop", {**texts, "docs/guide.md": "# Guide\n"})
    sandbox.configure(projects=[{"path": "shop"}], tasks=[TIDY])
    return sandbox


def test_a_task_changes_both_alike_in_one_commit_that_the_checker_accepts(shop):
    repo = shop.root / "shop"
    [execution] = shop.ccm("run", "--json").json["executions"]
    projects = execution["result"]["projects"]
    assert [project["file"] for project in projects] == list(NAMES)
    assert projects[0]["tokens_saved"] == projects[1]["tokens_saved"] > 0
    new = [git(repo, "show", f"ccm/tidy:{name}") for name in NAMES]
    assert new[0] == new[1] != TEXT
    checked = shop.ccm("verify", "shop", "ccm/tidy")
    assert (checked.code, checked.err) == (0, "")
    message = git(repo, "log", "-1", "--format=%B", "ccm/tidy")
    assert f"CLAUDE.md, AGENTS.md: {projects[0]['tokens_saved']:,} tokens fewer" in message
    assert "It has the same text as CLAUDE.md, before and after." in message
    assert "- condense API Endpoints → docs/agents/api-endpoints.md: " in message
    git(repo, "switch", "--quiet", "ccm/tidy")
    shop.ccm("archives", "restore", "--all", "--yes", "--path", "shop")
    assert git(repo, "diff", "main", "--stat") == ""
    git(repo, "commit", "--quiet", "--all", "--message", "restored")
    back = shop.ccm("verify", "shop", "HEAD")
    assert (back.code, back.err) == (0, "")
    (repo / NAMES[0]).write_text(TEXT.replace("GET", "PUT", 1))
    git(repo, "commit", "--quiet", "--all", "--amend", "--message", "restored, and spoiled")
    spoiled = shop.ccm("verify", "shop", "HEAD").err
    assert "CLAUDE.md:" in spoiled
    assert "lost: > Moved" in spoiled
    assert "AGENTS.md" not in spoiled


def test_the_diff_is_what_is_written(shop):
    repo = shop.root / "shop"
    shown = shop.ccm("optimize", "shop", "--diff").out
    shop.ccm("optimize", "shop", "--write")
    git(repo, "add", "--all")
    assert (repo / NAMES[0]).read_text() == (repo / NAMES[1]).read_text() != TEXT
    git(repo, "commit", "--quiet", "--message", "by hand")
    git(repo, "checkout", "--quiet", "main~1")
    (shop.root / "change.diff").write_text(shown)
    git(repo, "apply", "--index", str(shop.root / "change.diff"))
    assert git(repo, "diff", "--cached", "main", "--stat") == ""
    again = shop.ccm("optimize", "shop", "--json").json
    assert [item["actions"] for item in again] == [[], []]
