"""What becomes of a pull request when the forge, or another runner, has other plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ccm_gitops.forges import Place, pushing_token
from tests.publish.scene import BLOATED, Scene, opened
from tests.support.forge import Forge
from tests.support.git_server import trust_certificate
from tests.support.receiver import Answer
from tests.support.repos import git


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene[Forge]]:
    trust_certificate(monkeypatch)
    with opened(tmp_path, Forge) as scene:
        yield scene


def refusal(message: str) -> Answer:
    return Answer(422, body=json.dumps({"message": message}).encode())


def test_a_branch_whose_pull_request_was_refused_stays_known_as_ours(scene: Scene[Forge]):
    scene.forge.refused["POST pulls"] = refusal("Sorry")
    result = scene.run(1)
    assert (result.action, result.commit) == ("failed", scene.tip())
    assert "answered 422: Sorry" in (result.error or "")
    # Other content by now: without the memory of our tip this would be somebody's branch.
    scene.commit({"CLAUDE.md": f"{BLOATED}\n## More\n\nAnother note.\n"})
    scene.forge.refused.clear()
    assert scene.run(2).action == "committed"
    assert scene.forge.pulls[1]["state"] == "open"


def test_what_is_saved_counts_once_when_the_pull_request_is_there(scene: Scene[Forge]):
    scene.forge.refused["POST pulls"] = refusal("Sorry")
    assert scene.run(1).tokens_saved == 0
    scene.forge.refused.clear()
    second, third = scene.run(2), scene.run(3)
    assert (second.action, third.action) == ("committed", "unchanged")
    assert second.tokens_saved > 0 == third.tokens_saved


def test_a_repository_without_drafts_gets_none(scene: Scene[Forge]):
    scene.publish = replace(scene.publish, draft=True)
    why = "Draft pull requests are not supported in this repository."
    scene.forge.refused["POST pulls draft"] = refusal(why)
    result = scene.run(1)
    assert result.action == "committed"
    assert "it is no draft: " in result.details["reason"]
    assert scene.forge.pulls[1]["draft"] is False


def test_one_that_another_runner_opens_meanwhile_is_taken(scene: Scene[Forge]):
    scene.run(1)
    theirs = scene.forge.pulls.pop(1)

    def other_runner() -> Answer:
        scene.forge.pulls[7] = theirs
        return refusal("A pull request already exists")

    scene.forge.refused["POST pulls"] = other_runner
    result = scene.run(2)
    assert result.error is None
    assert (result.pull_request or "").endswith("/pull/7")


def test_another_base_is_followed(scene: Scene[Forge]):
    scene.run(1)
    git(scene.server, "branch", "develop", "main")
    scene.run(2, repo=scene.url, branch="develop")
    assert scene.forge.pulls[1]["base"] == "develop"


@pytest.mark.parametrize(
    ("url", "template", "environ", "expected"),
    [
        ("https://github.com/a/b", None, {"GITHUB_TOKEN": "t"}, "${GITHUB_TOKEN}"),
        ("https://gitlab.com/a/b", None, {"GITHUB_TOKEN": "t"}, None),
        ("https://gitlab.com/a/b", None, {"GITLAB_TOKEN": "t"}, "${GITLAB_TOKEN}"),
        ("https://h.example/a/b", None, {"GITHUB_TOKEN": "t"}, None),
        ("https://h.example/a/b", "${MINE}", {"MINE": "t"}, "${MINE}"),
        ("https://h.example/a/b", "${MINE}", {}, None),  # a dry run needs none
        ("https://github.com/a/b", "${MINE}", {"MINE": "t", "GITHUB_TOKEN": "t"}, "${MINE}"),
        ("git@github.com:a/b", "${MINE}", {"MINE": "t", "GITHUB_TOKEN": "t"}, None),
    ],
)
def test_a_declared_repository_is_pushed_to_with_the_token_of_its_pull_requests(
    url: str, template: str | None, environ: dict[str, str], expected: str | None
):
    place = Place(url=url, kind=None, api_url=None, is_declared=True)
    assert pushing_token(place, template, environ) == expected
    assert pushing_token(replace(place, is_declared=False), template, environ) is None
