"""An organisation's repositories, from a forge that pages as GitHub does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ccm_gitops.config.model import Config, FileState, Settings
from ccm_gitops.config.sources import GithubSource, GitlabSource, ProjectSource, RepoSource
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


def project(path: str, **changes: Any) -> dict[str, Any]:
    raw = {"path": path.rpartition("/")[2], "path_with_namespace": path, "archived": False}
    raw |= {"http_url_to_repo": f"https://h.example/{path}.git", "topics": [], "empty_repo": False}
    return {**raw, **changes}


def gitlab(projects: list[dict[str, Any]], kind: str = "groups") -> Receiver:
    def answer(request: Received) -> Answer:
        split = urlsplit(request.path)
        if split.path != f"/api/v4/{kind}/acme%2Fplatform/projects":
            return Answer(404, body=b'{"message": "404 Group Not Found"}')
        query = parse_qs(split.query)
        below = query.get("include_subgroups") == ["true"]
        found = [p for p in projects if below or p["path_with_namespace"].count("/") == 2]
        size, page = int(query["per_page"][0]), int(query["page"][0])
        return Answer(body=json.dumps(found[(page - 1) * size : page * size]).encode())

    return Receiver(answer)


def test_a_group_has_the_projects_of_the_groups_below_it_on_every_page():
    listed = [project(f"acme/platform/p{number:03}") for number in range(150)]
    listed.append(project("acme/platform/tools/lint"))
    with gitlab(listed) as server:
        url = f"{server.url}/api/v4"
        source = GitlabSource(group="acme/platform", token="${TOKEN}", api_url=url)
        found = find(source, environ={"TOKEN": "t"})
        above = find(replace(source, subgroups=False), environ={"TOKEN": "t"})
    assert ids(found) == [*ids(above), "tools-lint"]
    assert len(above.projects) == 150
    assert {request.headers["private-token"] for request in server.received} == {"t"}
    last = found.projects[-1]
    assert (last.repo, last.token, last.forge, last.api_url) == (
        "https://h.example/acme/platform/tools/lint.git",
        "${TOKEN}",
        "gitlab",
        f"{server.url}/api/v4",
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["api-one", "tools-web"]),
        ({"topic": "claude-code"}, ["tools-web"]),
        ({"archived": True}, ["api-one", "old", "tools-web"]),
        ({"fork": True}, ["api-one", "api-theirs", "tools-web"]),
        ({"names": ("tools/*",)}, ["tools-web"]),
    ],
)
def test_the_projects_of_a_group_are_filtered(filters, expected):
    listed = [
        project("acme/platform/tools/web", topics=["claude-code"]),
        project("acme/platform/api-one"),
        project("acme/platform/old", archived=True),
        project("acme/platform/api-theirs", forked_from_project={"id": 1}),
        project("acme/platform/empty", empty_repo=True),
        project("acme/platform/issues-only", repository_access_level="disabled"),
    ]
    with gitlab(listed) as server:
        source = GitlabSource(group="acme/platform", api_url=f"{server.url}/api/v4", **filters)
        assert ids(find(source)) == expected


def test_a_person_on_gitlab_has_projects_and_a_problem_names_its_source():
    with gitlab([project("ada/public/dotfiles")], kind="users") as server:
        source = GitlabSource(
            group="acme/platform", subgroups=False, api_url=f"{server.url}/api/v4"
        )
        assert ids(find(source)) == ["dotfiles"]
        missing = find(GitlabSource(group="nobody", api_url=f"{server.url}/api/v4"))
    [problem] = missing.problems
    assert str(problem).startswith("gitlab nobody: GET ")
    assert "404 Group Not Found" in str(problem)
