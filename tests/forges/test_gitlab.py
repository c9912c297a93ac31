"""GitLab's merge requests, against a server that checks what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges import Forge, Place, connect
from ccm_gitops.forges.model import Draft
from ccm_gitops.secrets import Secret
from tests.support.gitlab import TOKEN, GitLab
from tests.support.receiver import Answer
from tests.support.repos import git, make_repo

DRAFT = Draft(head="ccm/tidy", base="main", title="Trim", body="Why.")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitLab]:
    repository = make_repo(tmp_path / "r", {"a": "a\n"})
    git(repository, "branch", "ccm/tidy")
    with GitLab(repository) as server:
        yield server


@pytest.fixture
def forge(server: GitLab) -> Forge:
    return at(server)


def at(server: GitLab, token: str = TOKEN) -> Forge:
    url = "https://gitlab.example/acme/payments-api.git"
    place = Place(url=url, kind="gitlab", api_url=server.api_url, is_declared=True)
    return connect(place, Secret(token), {})


def test_a_merge_request_is_opened_changed_and_closed(server: GitLab, forge: Forge):
    made = forge.create(DRAFT)
    tip = git(server.server, "rev-parse", "ccm/tidy")
    assert (made.number, made.state, made.tip, made.body) == (1, "open", tip, "Why.")
    assert made.url == f"{server.url}/acme/payments-api/-/merge_requests/1"
    assert list(forge.find("ccm/tidy")) == list(forge.list_open()) == [made]
    assert list(forge.find("ccm/other")) == []
    forge.update(1, title="Trim more", body="Because.", base="main")
    assert server.requests[1]["title"] == "Trim more"
    forge.close(1, body="Not needed.")
    [closed] = forge.find("ccm/tidy")
    assert (closed.state, closed.body) == ("closed", "Not needed.")
    assert list(forge.list_open()) == []


def test_who_is_less_than_a_developer_may_not_write(server: GitLab, forge: Forge):
    assert forge.may_write()
    server.access = 20
    assert not forge.may_write()


def test_a_draft_is_one_by_its_title_and_stays_what_people_made_of_it(server: GitLab, forge: Forge):
    forge.create(Draft(head="ccm/tidy", base="main", title="Trim", body="", is_draft=True))
    assert server.requests[1]["title"] == "Draft: Trim"
    forge.update(1, title="Trim more", body="", base="main")
    assert server.requests[1]["title"] == "Draft: Trim more"
    server.requests[1]["title"] = "Trim more"  # somebody marked it as ready
    forge.update(1, title="Trim all", body="", base="main")
    assert server.requests[1]["title"] == "Trim all"


def test_the_branch_of_a_fork_is_not_ours(server: GitLab, forge: Forge):
    forge.create(DRAFT)
    server.requests[1]["source_project_id"] = 2
    assert list(forge.find("ccm/tidy")) == []


def test_notes_are_those_of_people_and_programs(server: GitLab, forge: Forge):
    forge.create(DRAFT)
    forge.comment(1, "Hello.")
    server.notes[1].append({"body": "changed the title", "system": True})
    assert list(forge.comments(1)) == ["Hello."]


def test_labels_assignees_and_reviewers(server: GitLab, forge: Forge):
    forge.create(DRAFT)
    forge.label(1, ["docs", "bot"])
    forge.assign(1, ["ada"])
    forge.ask(1, ["ada", "grace"])
    request = server.requests[1]
    assert (request["add_labels"], request["assignee_ids"]) == ("docs,bot", [7])
    assert request["reviewer_ids"] == [7, 8]
    for name, why in (("nobody", "GitLab knows no user nobody"), ("acme/team", "asks people")):
        with pytest.raises(ForgeError, match=why):
            forge.ask(1, [name])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(401, body=b'{"message":"401 Unauthorized"}'), "401 Unauthorized; is the token"),
        (Answer(409, body=b'{"message":["Another open one: !1"]}'), "Another open one: !1"),
        (Answer(422, body=b'{"message":{"base":["is missing"]}}'), "422: base is missing"),
        (Answer(400, body=b'{"error":"title is missing"}'), "title is missing"),
        (Answer(403, body=b'{"error":"insufficient_scope","error_description":"x"}'), "scope; x"),
        (Answer(500, body=b"<html>"), "500: it gave no reason"),
        (Answer(429, {"Retry-After": "3000"}, b"Retry later"), "used up, for 3000 seconds"),
        (
            Answer(429, {"RateLimit-Remaining": "0", "RateLimit-Reset": "99999999999"}, b""),
            "rate limit is used up",
        ),
        (Answer(200, body=b'{"not": "a list"}'), "no list of merge requests"),
        (Answer(200, body=b"<html>"), "the answer is no JSON"),
    ],
)
def test_a_refusal_is_a_sentence(server: GitLab, forge: Forge, answer: Answer, why: str):
    server.answers = [answer] * 3
    call = forge.list_open if answer.status == 200 else lambda: forge.create(DRAFT)
    with pytest.raises(ForgeError, match=why):
        call()


def test_a_short_rate_limit_is_waited_for(server: GitLab, forge: Forge):
    server.answers = [Answer(429, {"Retry-After": "0"}, b"")]
    assert list(forge.list_open()) == []


def test_a_wrong_token_is_never_shown(server: GitLab):
    with pytest.raises(ForgeError, match="is the token right") as caught:
        at(server, "glpat-wrong").list_open()
    assert "glpat-wrong" not in str(caught.value)
