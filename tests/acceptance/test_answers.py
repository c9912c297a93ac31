"""What people answer to a proposal is remembered: turned down, merged, taken back, not needed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.repos import commit_files, git, make_bare, refs
from tests.support.sandbox import Sandbox, show

TIDY = {"id": "tidy", "type": "optimize", "schedule": {"interval": "1d"}}


@pytest.fixture
def tidy(sandbox: Sandbox) -> Sandbox:
    """One bloated repository, tidied once: the branch ccm/tidy stands."""
    sandbox.demo_repo("payments-api")
    sandbox.configure(projects=[{"path": "payments-api"}], tasks=[TIDY])
    assert day(sandbox, 1)["action"] == "committed"
    return sandbox


def day(sandbox: Sandbox, number: int) -> dict[str, Any]:
    """The project's result of the run on that day."""
    ran = sandbox.ccm("run", "--json", now=f"2026-02-{number:02}T09:00:00Z")
    assert ran.code == 0, ran.err
    [execution] = ran.json["executions"]
    result: dict[str, Any] = execution["result"]["projects"][0]
    return result


def original(repo) -> dict[str, str]:
    return {"CLAUDE.md": show(repo, "main~0", "CLAUDE.md") + "\n"}


def test_a_branch_that_a_person_deleted_is_not_made_again(tidy):
    repo = tidy.root / "payments-api"
    git(repo, "branch", "-D", "ccm/tidy")
    for number in (2, 3):
        result = day(tidy, number)
        assert (result["action"], result["tokens_saved"]) == ("declined", 0)
        assert "not proposed again until it differs" in result["details"]["reason"]
    forced = tidy.ccm("schedule", "run", "tidy", "--json", now="2026-02-03T10:00:00Z")
    assert forced.json["executions"][0]["result"]["projects"][0]["action"] == "declined"
    assert set(refs(repo)) == {"refs/heads/main"}


def test_other_content_is_a_new_question(tidy):
    repo = tidy.root / "payments-api"
    git(repo, "branch", "-D", "ccm/tidy")
    assert day(tidy, 2)["action"] == "declined"
    first = show(repo, "main", "CLAUDE.md")
    commit_files(repo, {"CLAUDE.md": first + "\n\n## Notes\n\nA new one.\n"})
    assert day(tidy, 3)["action"] == "committed"
    git(repo, "branch", "-D", "ccm/tidy")
    assert day(tidy, 4)["action"] == "declined"
    # Back to the first text: that was answered, too.
    git(repo, "revert", "--no-edit", "HEAD")
    assert day(tidy, 5)["action"] == "declined"


def test_content_that_we_replaced_ourselves_was_never_answered(tidy):
    repo = tidy.root / "payments-api"
    first = show(repo, "main", "CLAUDE.md")
    commit_files(repo, {"CLAUDE.md": first + "\n\n## Notes\n\nA new one.\n"})
    assert day(tidy, 2)["action"] == "committed"
    git(repo, "revert", "--no-edit", "HEAD")
    assert day(tidy, 3)["action"] == "committed"


@pytest.mark.parametrize("how", ["merge", "squash"])
@pytest.mark.parametrize("seen", [True, False], ids=["seen", "unseen"])
@pytest.mark.parametrize("kept", [True, False], ids=["branch kept", "branch deleted"])
def test_what_was_merged_and_taken_back_is_not_proposed_again(tidy, how, seen, kept):
    repo = tidy.root / "payments-api"
    before = show(repo, "main", "CLAUDE.md")
    if how == "merge":
        git(repo, "merge", "--quiet", "--no-ff", "--no-edit", "ccm/tidy")
    else:
        git(repo, "merge", "--squash", "ccm/tidy")
        git(repo, "commit", "--quiet", "--message", "Squashed")
    if not kept:
        git(repo, "branch", "-D", "ccm/tidy")
    if seen:
        told = "; the branch ccm/tidy was deleted" if kept else ""
        result = day(tidy, 2)
        assert result["action"] == "merged"
        assert result["details"]["reason"] == f"the base has what was proposed{told}"
    git(repo, "revert", "--no-edit", *(["-m", "1"] if how == "merge" else []), "HEAD")
    assert show(repo, "main", "CLAUDE.md") == before
    tips = refs(repo)
    # A squash that no run saw, with the branch left: it stands, and nothing new is proposed.
    is_unseen = how == "squash" and not seen and kept
    assert day(tidy, 3)["action"] == ("unchanged" if is_unseen else "declined")
    assert refs(repo) == tips


def test_a_branch_that_is_not_needed_any_more_is_deleted_and_may_come_again(tidy):
    repo = tidy.root / "payments-api"
    commit_files(repo, {"CLAUDE.md": "# Payments\n\nRun `make test`.\n"})
    result = day(tidy, 2)
    assert result["action"] == "withdrawn"
    assert result["details"]["reason"] == (
        "nothing is left to propose; the branch ccm/tidy was deleted"
    )
    assert set(refs(repo)) == {"refs/heads/main"}
    git(repo, "revert", "--no-edit", "HEAD")
    assert day(tidy, 3)["action"] == "committed"


def test_a_branch_with_a_persons_commit_is_never_deleted(tidy):
    repo = tidy.root / "payments-api"
    tree = git(repo, "rev-parse", "ccm/tidy^{tree}")
    theirs = git(repo, "commit-tree", tree, "-p", "ccm/tidy", "-m", "mine")
    git(repo, "update-ref", "refs/heads/ccm/tidy", theirs)
    commit_files(repo, {"CLAUDE.md": "# Payments\n\nRun `make test`.\n"})
    assert day(tidy, 2)["action"] == "unchanged"
    assert git(repo, "rev-parse", "ccm/tidy") == theirs


def test_a_dry_run_remembers_and_deletes_nothing(tidy):
    repo = tidy.root / "payments-api"
    commit_files(repo, {"CLAUDE.md": "# Payments\n\nRun `make test`.\n"})
    state = tidy.state
    tidy.ccm("run", "--dry-run", now="2026-02-02T09:00:00Z")
    assert "refs/heads/ccm/tidy" in refs(repo)
    assert tidy.state == state


def test_what_went_to_the_base_and_was_taken_back_stays_back(sandbox):
    server = make_bare(sandbox.root / "server.git", sandbox.demo_repo("payments-api"))
    sandbox.configure(
        projects=[{"id": "p", "repo": f"file://{server}"}],
        tasks=[{**TIDY, "publish": {"mode": "direct"}}],
    )
    assert day(sandbox, 1)["action"] == "applied"
    work = sandbox.root / "work"
    git(sandbox.root, "clone", "--quiet", str(server), str(work))
    git(work, "revert", "--no-edit", "HEAD")
    git(work, "push", "--quiet", "origin", "main")
    tip = git(server, "rev-parse", "main")
    assert day(sandbox, 2)["action"] == "declined"
    assert git(server, "rev-parse", "main") == tip


def test_a_branch_that_a_person_deleted_on_the_remote_is_not_pushed_again(sandbox):
    repo = sandbox.demo_repo("payments-api")
    server = make_bare(sandbox.root / "server.git", repo)
    git(repo, "remote", "add", "origin", f"file://{server}")
    sandbox.configure(
        projects=[{"path": "payments-api"}], tasks=[{**TIDY, "publish": {"push": "origin"}}]
    )
    assert day(sandbox, 1)["action"] == "committed"
    git(server, "branch", "-D", "ccm/tidy")
    assert day(sandbox, 2)["action"] == "declined"
    assert set(refs(server)) == {"refs/heads/main"}
