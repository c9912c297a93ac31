"""What people ask of a bot that works in their repositories: ten requirements, one test each.

Real git over HTTPS against a server whose hooks run, and a forge that checks what is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ccm_gitops.config.model import Author, PublishMode
from ccm_gitops.schedule.due import Due, Policy, decide
from ccm_gitops.schedule.model import Cron
from tests.publish.scene import BLOATED, TIDY, Scene, opened
from tests.publish.support import checkout_digest
from tests.support.forge import Forge
from tests.support.git_server import add_hook, commit_on, trust_certificate
from tests.support.repos import git, refs, write_files


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene[Forge]]:
    trust_certificate(monkeypatch)
    with opened(tmp_path, Forge) as scene:
        yield scene


def test_1_a_task_has_one_branch_and_one_pull_request_by_its_name_alone(scene: Scene[Forge]):
    first = scene.run(1)
    assert first.error is None
    assert (first.action, first.branch) == ("committed", "ccm/tidy")
    scene.known = {}
    again = scene.run(2)
    assert (again.branch, again.commit) == (first.branch, first.commit)
    assert set(refs(scene.server)) == {"refs/heads/main", "refs/heads/ccm/tidy"}
    assert len(scene.forge.pulls) == 1


def test_2_a_commit_that_is_not_ours_stops_us_and_is_told_once(scene: Scene[Forge]):
    scene.run(1)
    # By the same name and address: whose it is, the recorded commit tells, not the author.
    theirs = commit_on(scene.server, "ccm/tidy", author=Author())
    scene.commit({"CLAUDE.md": f"{BLOATED}\n## More\n\nAnother note.\n"})
    pushes = scene.git.pushes()
    for day in (2, 3):
        result = scene.run(day)
        assert result.action == "refused"
        assert "did not make" in result.details["reason"]
    assert (scene.tip(), scene.git.pushes()) == (theirs, pushes)
    assert len(scene.forge.comments[1]) == 1


def test_3_a_push_between_our_read_and_our_write_is_never_overwritten(scene: Scene[Forge]):
    scene.git.before_push = lambda: take(scene)
    assert scene.run(1).action == "refused"
    assert scene.tip() == scene.tip("main")
    # One that comes when we push and is gone when we look again: five tries, and no more.
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks % 3 == 2:  # after each push one look finds it there, and the next does not
            give_back(scene)

    def push() -> None:
        nonlocal looks
        looks = 0
        take(scene)

    give_back(scene)
    scene.git.before_read, scene.git.before_push = look, push
    pushes = scene.git.pushes()
    result = scene.run(2)
    assert (result.action, scene.git.pushes()) == ("failed", pushes + 5)
    assert "it moved meanwhile" in (result.error or "")


def take(scene: Scene[Forge]) -> None:
    git(scene.server, "update-ref", "refs/heads/ccm/tidy", "main")


def give_back(scene: Scene[Forge]) -> None:
    git(scene.server, "update-ref", "-d", "refs/heads/ccm/tidy")


def test_3_a_base_that_moves_while_we_push_to_it_gets_the_change_made_anew(scene: Scene[Forge]):
    scene.publish = replace(scene.publish, mode="direct")
    moves = iter([1, 2])

    def move() -> None:
        if next(moves, None):
            commit_on(scene.server, "main")

    scene.git.before_push = move
    assert scene.run(1).action == "applied"
    assert git(scene.server, "log", "--format=%an", "main").splitlines() == [
        "ccm-gitops",
        "Ada",
        "Ada",
        "Ada",
    ]


def test_4_one_commit_a_branch_and_a_new_one_only_for_new_content(scene: Scene[Forge]):
    first = scene.run(1).commit
    pushes = scene.git.pushes()
    scene.commit({"README.md": "another\n"})
    assert (scene.run(2).action, scene.tip(), scene.git.pushes()) == ("unchanged", first, pushes)
    scene.commit({"CLAUDE.md": f"{BLOATED}\n## More\n\nAnother note.\n"})
    second = scene.run(3).commit
    assert scene.tip() == second != first
    assert git(scene.server, "rev-list", "main..ccm/tidy") == second
    assert len(scene.forge.pulls) == 1


@pytest.mark.parametrize("merged", [False, True], ids=["closed", "merged and reverted"])
def test_5_an_answer_counts_for_that_content_until_it_differs(scene: Scene[Forge], merged: bool):
    scene.run(1)
    if merged:
        before = scene.tip("main")
        git(scene.server, "update-ref", "refs/heads/main", scene.tip())
        commit_on(scene.server, "main", tree=before)
    scene.forge.end(1, merged=merged)
    give_back(scene)
    scene.known = {}
    assert scene.run(2).action == "declined"
    assert (len(scene.forge.pulls), scene.tip()) == (1, "")
    scene.commit({"CLAUDE.md": f"{BLOATED}\n## More\n\nAnother note.\n"})
    assert scene.run(3).action == "committed"
    assert len(scene.forge.pulls) == 2


def test_6_what_is_not_needed_is_closed_with_its_reason_if_the_branch_is_ours(scene: Scene[Forge]):
    scene.run(1)
    theirs = commit_on(scene.server, "ccm/tidy")
    scene.commit({"CLAUDE.md": TIDY})
    assert scene.run(2).action == "unchanged"
    assert (scene.tip(), scene.forge.pulls[1]["state"]) == (theirs, "open")
    git(scene.server, "update-ref", "refs/heads/ccm/tidy", scene.known["ccm/tidy"].tip or "")
    assert scene.run(3).action == "withdrawn"
    assert (scene.tip(), scene.forge.pulls[1]["state"]) == ("", "closed")
    assert "nothing is left to propose" in scene.forge.comments[1][-1]


def test_7_what_is_too_much_waits_with_its_reason_and_comes_later(scene: Scene[Forge]):
    scene.publish = replace(scene.publish, limits_open=1, limits_per_hour=5)
    theirs = {"title": "x", "head": "main", "base": "main", "state": "open", "merged_at": None}
    scene.forge.pulls[1] = {**theirs, "body": "<!-- ccm-gitops task=other content=x made=y -->"}
    assert scene.run(1).action == "waiting"
    assert "limits.open: 1" in (scene.known["ccm/tidy"].waiting or "")
    scene.forge.end(1)
    scene.opened_lately = 5
    result = scene.run(2)
    assert result.action == "waiting"
    assert "5 pull requests were opened in an hour (limits.per_hour: 5)" in result.details["reason"]
    assert (set(refs(scene.server)), scene.git.pushes()) == ({"refs/heads/main"}, 0)
    scene.opened_lately = 4
    assert scene.run(3).action == "committed"
    assert scene.known["ccm/tidy"].waiting is None


def test_8_a_run_at_any_hour_proposes_and_a_moved_base_is_not_chased(scene: Scene[Forge]):
    cron = Cron("0 9 * * 1", "UTC")
    late = datetime(2026, 2, 3, 3, 17, tzinfo=UTC)  # the night after that Monday
    slot = decide(cron, since=late - timedelta(days=7), now=late, policy=Policy())
    assert slot == Due(datetime(2026, 2, 2, 9, tzinfo=UTC))
    assert scene.run(4).action == "committed"
    tip = scene.tip()
    commit_on(scene.server, "main")
    assert (scene.run(5).action, scene.tip()) == ("unchanged", tip)


def test_9_the_users_checkout_is_not_touched_and_only_the_named_files_are_committed(
    scene: Scene[Forge],
):
    checkout = scene.root / "checkout"
    git(scene.root, "clone", "--quiet", str(scene.server), str(checkout))
    git(checkout, "remote", "set-url", "origin", scene.url)
    write_files(checkout, {"README.md": "half an edit\n", "CLAUDE.md.bak": "mine\n", "new": "x\n"})
    git(checkout, "add", "new")
    before = checkout_digest(checkout)
    result = scene.run(1, path=checkout)
    assert (result.action, scene.tip()) == ("committed", result.commit)
    assert checkout_digest(checkout) == before
    changed = git(scene.server, "diff", "--name-only", "main", "ccm/tidy").splitlines()
    assert changed == [".claude/archives/CLAUDE-payments-api-history-2026-02.md", "CLAUDE.md"]


def test_10_who_did_it_why_and_how_to_stop_it_is_said(scene: Scene[Forge]):
    commit = scene.run(1).commit
    trailers = git(
        scene.server, "log", "-1", "--format=%an <%ae>%n%cn <%ce>%n%(trailers)", str(commit)
    )
    who = "ccm-gitops <ccm-gitops@users.noreply.github.com>"
    assert trailers.splitlines()[:2] == [who, who]
    assert [line.partition(": ")[0] for line in trailers.splitlines()[2:5]] == [
        "Ccm-Task",
        "Ccm-Execution",
        "Ccm-Content",
    ]
    assert "set `enabled: false` for the task `tidy`" in scene.forge.pulls[1]["body"]


@pytest.mark.parametrize("mode", ["pull_request", "direct"])
def test_a_server_that_refuses_is_told_in_its_own_words(scene: Scene[Forge], mode: PublishMode):
    scene.publish = replace(scene.publish, mode=mode)
    add_hook(scene.server, "pre-receive", "echo 'branches are closed on Fridays' >&2; exit 1")
    before = refs(scene.server)
    result = scene.run(1)
    assert result.action == "failed"
    assert "branches are closed on Fridays" in (result.error or "")
    assert (refs(scene.server), scene.forge.pulls, scene.git.pushes()) == (before, {}, 1)
