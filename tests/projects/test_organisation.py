"""An organisation's repositories, from a forge that pages as GitHub does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ccm_gitops.config.model import (
    Config,
    FileState,
    GithubSource,
    ProjectSource,
    RepoSource,
    Settings,
)
from ccm_gitops.projects.discover import find_projects
from ccm_gitops.projects.model import Discovery
from tests.support.receiver import Answer, Received, Receiver


def repository(name: str, **changes: Any) -> dict[str, Any]:
    raw = {"name": name, "clone_url": f"https://h.example/acme/{name}.git", "size": 1}
    return {**raw, "topics": [], "archived": False, "fork": False, "disabled": False, **changes}


def forge(repositories: list[dict[str, Any]], kind: str = "orgs") -> Receiver:
    def answer(request: Received) -> Answer:
        split = urlsplit(request.path)
        if split.path != f"/{kind}/acme/repos":
            return Answer(404, body=b'{"message": "Not Found"}')
        query = parse_qs(split.query)
        size, page = int(query["per_page"][0]), int(query["page"][0])
        return Answer(body=json.dumps(repositories[(page - 1) * size : page * size]).encode())

    return Receiver(answer)


def find(*sources: ProjectSource, environ: Mapping[str, str] = {}) -> Discovery:
    root = Path("/nowhere")
    settings = Settings(state=FileState(root / "state.json"))
    config = Config(path=root / "schedules.yaml", settings=settings, projects=sources)
    return find_projects(config, "laptop", home=root, environ=environ)


def ids(found: Discovery) -> list[str]:
    return [project.id for project in found.projects]


def test_every_page_is_read_and_the_token_goes_along():
    with forge([repository(f"r{number:03}") for number in range(201)]) as server:
        source = GithubSource(org="acme", token="${TOKEN}", api_url=server.url)
        found = find(source, environ={"TOKEN": "t"})
    assert ids(found) == [f"r{number:03}" for number in range(201)]
    assert [request.headers["authorization"] for request in server.received] == ["Bearer t"] * 3
    assert (found.projects[0].repo, found.projects[0].token) == (
        "https://h.example/acme/r000.git",
        "${TOKEN}",
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["api-one", "web"]),
        ({"topic": "claude-code"}, ["web"]),
        ({"archived": True}, ["api-one", "old", "web"]),
        ({"fork": True}, ["api-one", "api-theirs", "web"]),
        ({"names": ("api-*",)}, ["api-one"]),
    ],
)
def test_archived_ones_forks_and_empty_ones_are_left_out_unless_asked_for(filters, expected):
    listed = [
        repository("web", topics=["claude-code"]),
        repository("api-one"),
        repository("old", archived=True),
        repository("api-theirs", fork=True),
        repository("empty", size=0),
        repository("gone", disabled=True),
    ]
    with forge(listed) as server:
        assert ids(find(GithubSource(org="acme", api_url=server.url, **filters))) == expected


def test_a_person_has_repositories_too():
    with forge([repository("dotfiles")], kind="users") as server:
        assert ids(find(GithubSource(org="acme", api_url=server.url))) == ["dotfiles"]


def test_ids_are_unique():
    with forge([repository("web"), repository("Web.js"), repository("web-js")]) as server:
        named = RepoSource(id="web", repo="https://h.example/x/web.git")
        found = find(named, GithubSource(org="acme", api_url=server.url))
    assert ids(found) == ["web", "web-js", "acme-web", "acme-web-js"]


def test_a_forge_that_refuses_is_a_problem_of_its_source_alone():
    with Receiver(Answer(401, body=b'{"message": "Bad credentials"}')) as server:
        named = RepoSource(id="web", repo="https://h.example/x/web.git")
        found = find(named, GithubSource(org="acme", api_url=server.url))
    assert ids(found) == ["web"]
    [problem] = found.problems
    assert str(problem).startswith("github acme: GET ")
    assert "answered 401: Bad credentials" in str(problem)
    assert problem.is_named


def test_a_missing_variable_and_no_match_are_told():
    with forge([]) as server:
        missing = GithubSource(org="acme", token="${TOKEN}", api_url=server.url)
        empty = GithubSource(org="acme", api_url=server.url)
        found = find(missing, empty)
    assert [str(problem) for problem in found.problems] == [
        "github acme: the environment variable TOKEN is not set",
        "github acme: no repository matches",
    ]
