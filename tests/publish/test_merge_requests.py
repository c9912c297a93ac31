"""Mode pull_request on GitLab: a merge request that is opened, kept, answered and withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.publish.scene import TIDY, Scene, opened
from tests.support.git_server import commit_on, trust_certificate
from tests.support.gitlab import GitLab
from tests.support.repos import git


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene[GitLab]]:
    trust_certificate(monkeypatch)
    with opened(tmp_path, GitLab) as scene:
        yield scene


def test_one_is_opened_left_alone_and_closed_when_it_is_not_needed(scene: Scene[GitLab]):
    scene.publish = replace(
        scene.publish, labels=("docs",), reviewers=("ada", "acme/team"), draft=True
    )
    result = scene.run(1)
    assert (result.action, result.error) == ("committed", None)
    assert result.pull_request == f"{scene.forge.url}/acme/payments-api/-/merge_requests/1"
    assert "acme/team is none" in result.details["reason"]
    request = scene.forge.requests[1]
    assert request["title"].startswith("Draft: Optimize CLAUDE.md: ")
    assert request["add_labels"] == "docs"
    assert f"/-/blob/{scene.tip('main')}/CLAUDE.md?plain=1#L" in request["description"]
    writes = scene.forge.writes()
    assert (scene.run(2).action, scene.forge.writes()) == ("unchanged", writes)
    scene.commit({"CLAUDE.md": TIDY})
    assert scene.run(3).action == "withdrawn"
    assert (scene.tip(), scene.forge.requests[1]["state"]) == ("", "closed")
    assert "nothing is left to propose" in scene.forge.notes[1][0]["body"]


def test_answers_and_other_peoples_commits_count(scene: Scene[GitLab]):
    scene.run(1)
    ours, theirs = scene.tip(), commit_on(scene.server, "ccm/tidy")
    for day in (2, 3):
        assert scene.run(day).action == "refused"
    assert (scene.tip(), len(scene.forge.notes[1])) == (theirs, 1)
    git(scene.server, "update-ref", "refs/heads/ccm/tidy", ours)
    scene.forge.requests[1]["state"] = "closed"
    scene.known = {}
    assert scene.run(4).action == "declined"
    assert len(scene.forge.requests) == 1
