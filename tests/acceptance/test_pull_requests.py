"""Pull requests through the installed command, against a forge that checks what is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.forge import SLUG, TOKEN, Forge
from tests.support.receiver import Answer
from tests.support.repos import commit_files, git, make_bare, refs
from tests.support.sandbox import Sandbox


class Place:
    """A repository on a forge, and a sandbox whose task proposes changes to it."""

    def __init__(self, sandbox: Sandbox, forge: Forge, server: Path) -> None:
        self.sandbox, self.forge, self.server = sandbox, forge, server
        self.configure()

    def configure(self, tasks: Sequence[str] = ("tidy",), **publish: Any) -> None:
        wanted = {"mode": "pull_request", "token": "${TOKEN}", "api_url": self.forge.url}
        task = {"type": "optimize", "schedule": {"interval": "1d"}}
        self.sandbox.configure(
            projects=[{"id": "api", "repo": f"file://{self.server}"}],
            tasks=[{"id": id, **task, "publish": {**wanted, **publish}} for id in tasks],
        )

    def day(self, number: int, token: str = TOKEN) -> dict[str, Any]:
        """The project's result of the run on that day."""
        now = f"2026-02-{number:02}T09:00:00Z"
        ran = self.sandbox.ccm("run", "--json", now=now, TOKEN=token)
        assert TOKEN not in ran.out + ran.err
        result: dict[str, Any] = ran.json["executions"][0]["result"]["projects"][0]
        return result

    def commit(self, files: dict[str, str]) -> None:
        """A person's commit on the base."""
        work = self.sandbox.root / "work"
        if not work.exists():
            git(self.sandbox.root, "clone", "--quiet", str(self.server), str(work))
        commit_files(work, files)
        git(work, "push", "--quiet", "origin", "main")


@pytest.fixture
def place(sandbox: Sandbox) -> Iterator[Place]:
    server = sandbox.root / SLUG
    server.parent.mkdir()
    make_bare(server, sandbox.demo_repo("payments-api"))
    with Forge(server) as forge:
        yield Place(sandbox, forge, server)


def test_a_pull_request_is_opened_once_and_says_what_a_maintainer_asks(place: Place):
    result = place.day(1)
    assert (result["action"], result["pull_request"]) == (
        "committed",
        f"{place.forge.url}/{SLUG}/pull/1",
    )
    pull = place.forge.pulls[1]
    assert (pull["head"], pull["base"], pull["draft"]) == ("ccm/tidy", "main", False)
    assert pull["title"].startswith("Optimize CLAUDE.md: ")
    for said in (
        "tokens fewer at the start of every conversation",
        "| Section | Lines | Why | Tokens | Now in |",
        "**0 lost**",
        "ccm-gitops archives restore ",
        "close the pull request; this content is not proposed again",
        f"/blob/{git(place.server, 'rev-parse', 'main')}/CLAUDE.md?plain=1#L",
    ):
        assert said in pull["body"]
    place.forge.received.clear()
    shown = place.sandbox.ccm("run", "--task", "tidy", "--force", TOKEN=TOKEN).out
    assert f"on ccm/tidy, {place.forge.url}/{SLUG}/pull/1" in shown
    again = place.day(2)
    assert (again["action"], again["pull_request"]) == ("unchanged", result["pull_request"])
    assert place.forge.writes() == []


def test_a_lost_state_makes_no_second_pull_request(place: Place):
    place.day(1)
    (place.sandbox.root / ".ccm/state.json").unlink()
    assert place.day(2)["pull_request"].endswith("/pull/1")
    assert len(place.forge.pulls) == 1


def test_the_text_follows_the_branch(place: Place):
    place.day(1)
    before = dict(place.forge.pulls[1])
    tip = git(place.server, "rev-parse", "ccm/tidy")
    text = git(place.server, "show", "main:CLAUDE.md")
    place.commit({"CLAUDE.md": text + "\n\n## Notes\n\n" + "A note that stays. " * 20 + "\n"})
    assert place.day(2)["action"] == "committed"
    assert git(place.server, "rev-parse", "ccm/tidy") != tip
    assert place.forge.pulls[1]["body"] != before["body"]
    assert len(place.forge.pulls) == 1


@pytest.mark.parametrize("merged", [True, False], ids=["merged and taken back", "closed"])
@pytest.mark.parametrize("lost", [True, False], ids=["state lost", "state kept"])
def test_what_people_decided_is_not_proposed_again(place: Place, merged: bool, lost: bool):
    place.day(1)
    place.forge.end(1, merged=merged)
    if lost:
        (place.sandbox.root / ".ccm/state.json").unlink()
    assert place.day(2)["action"] == "declined"
    assert len(place.forge.pulls) == 1


def test_a_pull_request_that_is_not_needed_is_closed_with_its_reason(place: Place):
    place.day(1)
    place.commit({"CLAUDE.md": "# Payments\n\nRun `make test`.\n"})
    assert place.day(2)["action"] == "withdrawn"
    assert place.forge.pulls[1]["state"] == "closed"
    assert "nothing is left to propose" in place.forge.comments[1][0]
    assert set(refs(place.server)) == {"refs/heads/main"}
    # Nobody turned it down: when the text is back, so is the question.
    git(place.sandbox.root / "work", "revert", "--no-edit", "HEAD")
    git(place.sandbox.root / "work", "push", "--quiet", "origin", "main")
    assert place.day(3)["pull_request"].endswith("/pull/2")


def test_a_persons_commit_stops_us_and_is_told_once(place: Place):
    place.day(1)
    tree = git(place.server, "rev-parse", "ccm/tidy^{tree}")
    theirs = git(place.server, "commit-tree", tree, "-p", "ccm/tidy", "-m", "mine")
    git(place.server, "update-ref", "refs/heads/ccm/tidy", theirs)
    for number in (2, 3):
        assert place.day(number)["action"] == "refused"
    assert git(place.server, "rev-parse", "ccm/tidy") == theirs
    [text] = place.forge.comments[1]
    assert "holds commits that ccm-gitops did not make" in text


def test_labels_people_title_and_draft_are_as_asked_and_a_refused_one_costs_nothing(place: Place):
    place.configure(
        title="docs: {files}, -{tokens_saved}",
        labels=["docs"],
        assignees=["ada"],
        reviewers=["stranger"],
        draft=True,
    )
    result = place.day(1)
    assert result["action"] == "committed"
    assert "collaborators" in result["details"]["reason"]
    assert place.forge.pulls[1]["draft"] is True
    assert place.forge.pulls[1]["title"].startswith("docs: CLAUDE.md, -")
    assert place.forge.extras == {
        "labels": {"labels": ["docs"]},
        "assignees": {"assignees": ["ada"]},
    }


def test_too_many_open_pull_requests_make_the_next_one_wait(place: Place):
    place.configure(limits={"open": 1})
    ours = {"title": "x", "head": "ccm/other", "base": "main", "state": "open", "merged_at": None}
    place.forge.pulls[1] = {**ours, "body": "<!-- ccm-gitops task=other content=x made=y -->"}
    result = place.day(1)
    assert result["action"] == "waiting"
    assert "limits.open: 1" in result["details"]["reason"]
    assert set(refs(place.server)) == {"refs/heads/main"}
    place.forge.end(1)
    assert place.day(2)["action"] == "committed"


def test_new_pull_requests_are_counted_over_the_workers_of_a_run_and_over_runs(place: Place):
    place.configure(tasks=("one", "two"), limits={"per_hour": 1})
    ran = place.sandbox.ccm("run", "--json", now="2026-02-01T09:00:00Z", TOKEN=TOKEN)
    results = {e["task_id"]: e["result"]["projects"][0] for e in ran.json["executions"]}
    [waits] = [task for task, result in results.items() if result["action"] == "waiting"]
    assert {result["action"] for result in results.values()} == {"waiting", "committed"}
    status = place.sandbox.ccm("schedule", "status", "--json").json["waiting_pull_requests"]
    assert [(wait["project"], wait["branch"]) for wait in status] == [("api", f"ccm/{waits}")]
    # No task is due before tomorrow; the one that waits goes on as soon as the hour is over.
    early = place.sandbox.ccm("run", "--json", now="2026-02-01T09:59:00Z", TOKEN=TOKEN)
    assert early.json["executions"] == []
    [late] = place.sandbox.ccm("run", "--json", now="2026-02-01T10:01:00Z", TOKEN=TOKEN).json[
        "executions"
    ]
    assert (late["task_id"], late["trigger"], late["slot"]) == (waits, "scheduled", None)
    assert late["result"]["projects"][0]["action"] == "committed"
    status = place.sandbox.ccm("schedule", "status", "--json")
    assert status.json["waiting_pull_requests"] == []


def test_a_wrong_token_is_a_sentence(place: Place):
    result = place.day(1, token="wrong")
    assert result["action"] == "failed"
    assert "answered 401: Bad credentials; is the token right" in result["error"]


def test_a_rate_limit_is_waited_for_when_it_is_short(place: Place):
    limits = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()))}
    place.forge.answers = [
        Answer(status=403, headers={"Retry-After": "1"}, body=b"{}"),
        Answer(status=403, headers=limits, body=b"{}"),
    ]
    assert place.day(1)["action"] == "committed"


def test_a_rate_limit_that_lasts_is_a_sentence(place: Place):
    place.forge.answers = [Answer(status=429, headers={"Retry-After": "3000"}, body=b"{}")]
    assert "its rate limit is used up, for 3000 seconds more" in place.day(1)["error"]


def test_doctor_asks_whether_the_token_may_write(place: Place):
    def found(token: str = TOKEN, **env: str) -> list[tuple[str, str]]:
        checks = place.sandbox.ccm("doctor", "--json", TOKEN=token, **env).json
        return [(c["status"], c["found"]) for c in checks if c["what"] == "pull requests"]

    repository = f"file://{place.server}"
    assert found() == [("ok", f"{repository}: the token's owner may push branches")]
    place.forge.may_push = False
    assert found()[0][0] == "wrong"
    place.configure(token="${GITHUB_TOKEN}")
    [wrong, waits] = found(GITHUB_ACTIONS="true", GITHUB_TOKEN="expired")
    assert wrong[0] == "wrong"
    assert "answered 401" in wrong[1]
    assert waits == ("warning", "they are opened with the workflow's own token")


def test_a_dry_run_asks_no_forge(place: Place):
    ran = place.sandbox.ccm("run", "--dry-run", "--json", now="2026-02-01T09:00:00Z")
    assert ran.code == 0, ran.err
    assert place.forge.received == []
