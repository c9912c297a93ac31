"""Whole pieces of work on a hostile repository: nothing of it runs, nothing outside is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ccm_gitops.config.model import (
    AnalyzeConfig,
    OptimizeConfig,
    Publish,
    PublishMode,
    TaskConfig,
    TaskType,
)
from tests.publish.scene import BLOATED
from tests.publish.working import do
from tests.support.hostile import arm_hooks, make_hostile
from tests.support.repos import make_bare, make_repo

NAMED = ("CLAUDE.md", "AGENTS.md", "etc/passwd", "claude.md", "docs/CLAUDE.md")
ANALYZE = ("analyze", AnalyzeConfig(include_health_score=True), "branch", "analyzed")
WORK = [
    ANALYZE,
    ("optimize", OptimizeConfig(strategy="aggressive"), "branch", "committed"),
    ("optimize", OptimizeConfig(), "direct", "committed"),  # main is checked out
    ("optimize", OptimizeConfig(), "worktree", "applied"),
]


@pytest.mark.parametrize(("type", "config", "mode", "action"), WORK)
@pytest.mark.parametrize("place", ["a checkout", "a remote folder", "pushed to a remote"])
def test_nothing_runs_and_nothing_outside_is_read(
    tmp_path: Path,
    place: str,
    type: TaskType,
    config: TaskConfig,
    mode: PublishMode,
    action: str,
):
    server = make_bare(tmp_path / "server.git", make_repo(tmp_path / "seed", {"CLAUDE.md": "x"}))
    hostile = make_hostile(
        tmp_path / "hostile", remote=f"file://{server}", rules=BLOATED, leads_out="etc"
    )
    arm_hooks(hostile, server)
    outside = hostile.root.with_name("hostile-outside.md")
    where: Any = {"repo": f"file://{hostile.root}"} if "folder" in place else {"path": hostile.root}
    push = "origin" if "pushed" in place else None
    publish = Publish(mode=mode, push=push)
    results = do(tmp_path, where, publish, type=type, config=config, context_files=NAMED).results
    assert hostile.ran() == set()
    assert outside.read_text() == "not yours\n"
    # What lies outside, and what git would be made to show, is in no result.
    assert "not yours" not in repr(results)
    assert "evil.example" not in repr(results)
    # A folder's hooks are off, and neither its checked-out branch nor its files are ours to write.
    refused = {"direct": "failed", "worktree": "refused"} if "folder" in place else {}
    assert results[0].action == refused.get(mode, action)
    assert not any(
        result.tokens for result in results if result.file in ("AGENTS.md", "etc/passwd")
    )
