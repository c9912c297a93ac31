"""The main job through the installed command: due, optimised, on a branch, told, remembered."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.support.command import ccm
from tests.support.receiver import Answer, Receiver, refusing_port
from tests.support.repos import commit_files, git, refs
from tests.support.sandbox import Sandbox, show, snapshot

TIDY = {
    "id": "tidy",
    "name": "Tidy",
    "type": "optimize",
    "schedule": {"interval": "7d"},
    "config": {"strategy": "moderate"},
}


def with_webhook(task: dict[str, Any], **webhook: Any) -> dict[str, Any]:
    entry = {"id": "hook", "name": "Hook", "type": "generic", "allow_private": True, **webhook}
    notify = {"on_success": True, "webhooks": ["hook"]}
    return {"webhooks": [entry], "tasks": [{**task, "notify": notify}]}


@pytest.fixture
def tidy(sandbox: Sandbox) -> Sandbox:
    """One bloated repository and one task to tidy it."""
    sandbox.demo_repo("payments-api")
    sandbox.configure(projects=[{"path": "payments-api"}], tasks=[TIDY])
    return sandbox


def test_the_optimised_file_and_its_archives_are_one_commit_on_a_branch(tidy):
    repo = tidy.root / "payments-api"
    ran = tidy.installed("run", "--json")
    assert ran.code == 0, ran.err
    [execution] = ran.json["executions"]
    [project] = execution["result"]["projects"]
    assert (execution["status"], execution["trigger"]) == ("completed", "scheduled")
    assert project["action"] == "committed"
    assert project["tokens_saved"] == execution["tokens_saved"] > 500
    assert git(repo, "rev-parse", "ccm/tidy") == project["commit"]
    assert git(repo, "rev-parse", "ccm/tidy^") == git(repo, "rev-parse", "main")
    changed = git(repo, "diff", "--name-only", "main", "ccm/tidy").splitlines()
    assert "CLAUDE.md" in changed
    assert all(name == "CLAUDE.md" or name.startswith(".claude/archives/") for name in changed)
    assert git(repo, "log", "-1", "--format=%an <%ae> %cI", "ccm/tidy") == (
        "ccm-gitops <ccm-gitops@users.noreply.github.com> 2026-01-19T09:00:00+00:00"
    )


def test_the_message_says_what_why_and_how_much(tidy):
    tidy.ccm("run")
    message = git(tidy.root / "payments-api", "log", "-1", "--format=%B", "ccm/tidy")
    assert message.splitlines()[0].startswith("Optimize CLAUDE.md: ")
    assert "tokens fewer at each start" in message
    assert "- archive " in message
    assert ", 0 lost." in message
    assert "Ccm-Task: tidy" in message


def test_what_an_agent_needs_at_start_stays_and_the_rest_is_in_the_archive(tidy):
    repo = tidy.root / "payments-api"
    tidy.ccm("run")
    before, after = show(repo, "main", "CLAUDE.md"), show(repo, "ccm/tidy", "CLAUDE.md")
    for needed in ("make test", "Never use floats for money", "## Current Phase", "do not log"):
        assert needed in after
    gone = [line for line in before.splitlines() if line and line not in after]
    archives = "\n".join(
        show(repo, "ccm/tidy", name)
        for name in git(repo, "ls-tree", "-r", "--name-only", "ccm/tidy").splitlines()
        if name.startswith(".claude/archives/")
    )
    assert gone
    assert all(line in archives for line in gone)


def test_the_checkout_is_bit_identical_dirty_files_included(tidy):
    repo = tidy.root / "payments-api"
    (repo / "CLAUDE.md").write_text("edited, not committed\n")
    (repo / "CLAUDE.md.bak").write_text("untracked\n")
    (repo / "README.md").unlink()
    git(repo, "add", "README.md")
    before, head = snapshot(repo), git(repo, "symbolic-ref", "HEAD")
    ran = tidy.ccm("run")
    assert ran.code == 0, ran.err
    assert snapshot(repo) == before
    assert git(repo, "symbolic-ref", "HEAD") == head
    assert set(refs(repo)) == {"refs/heads/main", "refs/heads/ccm/tidy"}


def test_a_second_run_does_nothing_and_changes_nothing_but_the_heartbeat(tidy):
    tidy.ccm("run")
    state, history = tidy.state, tidy.history()
    tip = git(tidy.root / "payments-api", "rev-parse", "ccm/tidy")
    ran = tidy.ccm("run", "--json", now="2026-01-19T09:01:00Z")
    assert ran.code == 0
    assert (ran.json["due"], ran.json["executions"]) == ([], [])
    assert ran.json["next_due_at"] == "2026-01-26T09:00:00Z"
    assert tidy.history() == history
    assert git(tidy.root / "payments-api", "rev-parse", "ccm/tidy") == tip
    after = tidy.state
    assert after.pop("heartbeat") == {"at": "2026-01-19T09:01:00Z", "machine": "testbox"}
    state.pop("heartbeat")
    assert after == state


def test_a_week_later_the_same_content_is_neither_committed_nor_counted_again(tidy):
    tidy.ccm("run")
    tip = git(tidy.root / "payments-api", "rev-parse", "ccm/tidy")
    ran = tidy.ccm("run", "--json", now="2026-01-26T09:00:00Z")
    [execution] = ran.json["executions"]
    assert execution["result"]["projects"][0]["action"] == "unchanged"
    assert execution["tokens_saved"] == 0
    assert git(tidy.root / "payments-api", "rev-parse", "ccm/tidy") == tip


def test_after_the_merge_there_is_nothing_left_to_do(tidy):
    repo = tidy.root / "payments-api"
    tidy.ccm("run")
    git(repo, "merge", "--quiet", "ccm/tidy")
    for week, action in (("2026-01-26", "merged"), ("2026-02-02", "unchanged")):
        ran = tidy.ccm("run", "--json", now=f"{week}T09:00:00Z")
        [project] = ran.json["executions"][0]["result"]["projects"]
        assert (project["action"], project["tokens_saved"]) == (action, 0)
        assert not git(repo, "branch", "--list", "ccm/tidy")


def test_the_same_clock_and_state_give_the_same_run(tmp_path):
    outputs, tips = [], []
    for name in ("one", "two"):
        sandbox = Sandbox(tmp_path / name)
        repo = sandbox.demo_repo("payments-api")
        sandbox.configure(projects=[{"path": "payments-api"}], tasks=[TIDY])
        outputs.append(sandbox.ccm("run", "--json").out.replace(str(sandbox.root), ""))
        tips.append(git(repo, "rev-parse", "ccm/tidy"))
    assert outputs[0] == outputs[1]
    assert tips[0] == tips[1]


def test_a_dry_run_works_everything_out_and_leaves_nothing(tidy):
    repo = tidy.root / "payments-api"
    before = snapshot(repo)
    ran = tidy.ccm("run", "--dry-run", "--json")
    [project] = ran.json["executions"][0]["result"]["projects"]
    assert project["action"] == "would change"
    assert project["details"]["would_save"] > 500
    assert project["tokens_saved"] == 0
    assert (snapshot(repo), set(refs(repo))) == (before, {"refs/heads/main"})
    assert not (tidy.root / ".ccm").exists()


def test_a_branch_that_a_person_worked_on_is_left_alone_and_said(tidy):
    repo = tidy.root / "payments-api"
    tidy.ccm("run")
    git(repo, "switch", "--quiet", "ccm/tidy")
    git(repo, "commit", "--quiet", "--allow-empty", "--message", "by hand")
    git(repo, "switch", "--quiet", "main")
    (repo / "CLAUDE.md").write_text((repo / "CLAUDE.md").read_text() + "\n## Extra\n\nNew.\n")
    git(repo, "commit", "--quiet", "--all", "--message", "base moves")
    tip = git(repo, "rev-parse", "ccm/tidy")
    ran = tidy.ccm("run", "--json", now="2026-01-26T09:00:00Z")
    [project] = ran.json["executions"][0]["result"]["projects"]
    assert project["action"] == "refused"
    assert "commits that ccm-gitops did not make" in project["details"]["reason"]
    assert git(repo, "rev-parse", "ccm/tidy") == tip


def test_a_base_that_moves_elsewhere_makes_no_new_commit(tidy):
    repo = tidy.root / "payments-api"
    tidy.ccm("run")
    tip = git(repo, "rev-parse", "ccm/tidy")
    commit_files(repo, {"src/new.py": "x = 1\n"})
    tidy.ccm("run", now="2026-01-26T09:00:00Z")
    assert git(repo, "rev-parse", "ccm/tidy") == tip


def test_when_the_file_changes_the_branch_follows_as_one_commit_on_the_new_base(tidy):
    repo = tidy.root / "payments-api"
    tidy.ccm("run")
    first = git(repo, "rev-parse", "ccm/tidy")
    text = (repo / "CLAUDE.md").read_text()
    commit_files(repo, {"CLAUDE.md": text + "\n## Extra\n\nNever skip this.\n"})
    ran = tidy.ccm("run", "--json", now="2026-01-26T09:00:00Z")
    [project] = ran.json["executions"][0]["result"]["projects"]
    assert (project["action"], project["details"]["replaces"]) == ("committed", first)
    assert git(repo, "rev-parse", "ccm/tidy^") == git(repo, "rev-parse", "main")
    assert git(repo, "rev-list", "--count", "main..ccm/tidy") == "1"


def test_the_checker_accepts_the_commit_and_refuses_it_without_one_archive(tidy):
    repo = tidy.root / "payments-api"
    tidy.ccm("run")
    for revision in ("ccm/tidy", git(repo, "rev-parse", "ccm/tidy")):
        good = tidy.ccm("verify", "payments-api", revision)
        assert (good.code, good.err) == (0, "")
        assert good.out.rstrip().endswith(", 0 lost")
    git(repo, "switch", "--quiet", "ccm/tidy")
    text = (repo / "CLAUDE.md").read_text()
    (repo / "CLAUDE.md").write_text(text.replace("`.claude/archives/", "`.claude/"))
    git(repo, "commit", "--quiet", "--amend", "--all", "--no-edit")
    astray = tidy.ccm("verify", "payments-api", "ccm/tidy")
    assert astray.code == 1
    assert "is new, and leads to no file of the change" in astray.err
    (repo / "CLAUDE.md").write_text(text)
    archive = next((repo / ".claude" / "archives").glob("*.md"))
    archive.unlink()
    git(repo, "commit", "--quiet", "--amend", "--all", "--no-edit")
    bad = tidy.ccm("verify", "payments-api", "ccm/tidy")
    assert bad.code == 1
    assert "CLAUDE.md:31: lost: " in bad.err


def test_the_checker_looks_at_all_commits_since_a_base(tidy):
    repo = tidy.root / "payments-api"
    tidy.ccm("run")
    git(repo, "switch", "--quiet", "ccm/tidy")
    for archive in (repo / ".claude" / "archives").glob("*.md"):
        archive.unlink()
    git(repo, "commit", "--quiet", "--all", "--message", "by hand")
    assert tidy.ccm("verify", "payments-api", "HEAD", "--base", "main").code == 1
    assert ccm("verify", "HEAD", "--base", "main", cwd=repo).code == 1
    assert tidy.ccm("verify", "payments-api", "nowhere").code == 2
    assert ccm("verify", "HEAD", "--base", "main", cwd=repo / "src").code == 1
    outside = tidy.ccm("verify", ".", "HEAD")
    assert (outside.code, outside.err) == (2, "ccm-gitops: . is in no git repository\n")
    tidy.configure(settings={"context_files": ["src/*.md"]})
    commit_files(repo, {"src/NOTES.md": "Mind the gap.\n"})
    commit_files(repo, {"src/NOTES.md": "Gone.\n"})
    assert "src/NOTES.md:1: lost: Mind the gap." in tidy.ccm("verify", "payments-api", "HEAD").err


def test_a_branch_that_a_lost_state_knew_is_recognised_by_its_content(tidy):
    tip = tidy.ccm("run", "--json").json["executions"][0]["result"]["projects"][0]["commit"]
    shutil.rmtree(tidy.root / ".ccm")
    ran = tidy.ccm("run", "--json", now="2026-03-02T09:00:00Z")
    [project] = ran.json["executions"][0]["result"]["projects"]
    assert (project["action"], project["commit"]) == ("unchanged", tip)


def test_the_reason_of_a_refusal_and_what_a_dry_run_would_save_are_in_the_table(tidy):
    tried = tidy.ccm("run", "--dry-run").out
    assert "would change, saves " in tried
    assert "A dry run: nothing was written, pushed or sent; what was due still is: " in tried
    repo = tidy.root / "payments-api"
    git(repo, "branch", "ccm/tidy")
    git(repo, "switch", "--quiet", "--create", "other")
    commit_files(repo, {"x": "y\n"})
    git(repo, "branch", "--force", "ccm/tidy", "other")
    git(repo, "switch", "--quiet", "main")
    for how in (["--dry-run"], []):
        assert "holds commits that ccm-gitops did not make" in tidy.ccm("run", *how).out


def test_a_message_arrives_in_the_shape_of_its_platform(sandbox):
    sandbox.demo_repo("payments-api")
    with Receiver() as receiver:
        sandbox.configure(
            projects=[{"path": "payments-api"}],
            **with_webhook(TIDY, type="slack", url="${HOOK}", events=["task_completed"]),
        )
        ran = sandbox.ccm("run", "--json", HOOK=receiver.url)
    [request] = receiver.received
    assert request.json()["blocks"][0]["text"]["text"] == "✅ Context Optimization Complete"
    assert ran.json["executions"][0]["notifications_sent"] == ["hook"]
    assert sandbox.state.get("outbox", []) == []
    [line] = sandbox.ccm("schedule", "history", "--json").json
    assert line["notifications_sent"] == ["hook"]


@pytest.mark.parametrize("fault", ["500", "reset", "refused", "no variable"])
def test_a_receiver_that_fails_does_not_fail_the_task_and_gets_the_message_later(sandbox, fault):
    sandbox.demo_repo("report-cli")
    sandbox.configure(
        projects=[{"path": "report-cli"}],
        **with_webhook(
            {**TIDY, "type": "analyze", "config": {}}, url="${HOOK}/x", events=["task_completed"]
        ),
    )
    answer = {"500": Answer(status=500), "reset": Answer(reset=True)}.get(fault, Answer())
    with Receiver(answer) as receiver, refusing_port() as port:
        url = f"http://127.0.0.1:{port}" if fault == "refused" else receiver.url
        env = {} if fault == "no variable" else {"HOOK": url}
        ran = sandbox.ccm("run", "--json", **env)
    assert ran.code == 0, ran.err
    assert ran.json["executions"][0]["status"] == "completed"
    [note] = ran.json["notifications"]
    assert note["status"] in ("waiting", "undeliverable")
    assert note["reason"]
    with Receiver() as receiver:
        later = sandbox.ccm("run", "--json", now="2026-01-19T12:00:00Z", HOOK=receiver.url)
    assert [n["status"] for n in later.json["notifications"]] == ["delivered"]
    assert len(receiver.received) == 1


def test_a_failing_task_exits_with_1_and_is_told(sandbox):
    with Receiver() as receiver:
        sandbox.configure(
            projects=[{"id": "gone", "path": "nowhere"}],
            **with_webhook(TIDY, url=receiver.url + "/x"),
        )
        ran = sandbox.ccm("run", "--json")
    assert ran.code == 1
    [execution] = ran.json["executions"]
    assert execution["status"] == "failed"
    assert "there is no folder" in execution["error"]
    assert [r.json()["event"] for r in receiver.received] == ["task_started", "task_failed"]


def test_a_quiet_run_says_only_what_went_wrong(tidy):
    assert (ran := tidy.ccm("run", "--quiet")).out + ran.err == ""
    tidy.configure(projects=[{"path": "nowhere"}], tasks=[TIDY])
    ran = tidy.ccm("run", "--quiet", now="2026-01-26T09:00:00Z")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("tidy failed: nowhere: there is no folder")


def test_one_broken_project_among_many_fails_alone(sandbox):
    sandbox.demo_repo("report-cli")
    sandbox.demo_repo("storefront")
    sandbox.configure(
        projects=[{"path": "report-cli"}, {"path": "nowhere"}, {"path": "storefront"}],
        tasks=[TIDY],
    )
    ran = sandbox.ccm("run", "--json")
    results = {p["id"]: p for p in ran.json["executions"][0]["result"]["projects"]}
    assert ran.code == 1
    assert results["nowhere"]["error"]
    assert results["report-cli"]["action"] == "unchanged"
    assert results["storefront"]["action"] == "committed"
    assert ran.json["executions"][0]["projects_processed"] == 2


def test_links_and_one_line_pointers_are_followed_and_treated_once(sandbox):
    repo = sandbox.demo_repo("payments-api")
    (repo / "CLAUDE.md").rename(repo / "AGENTS.md")
    (repo / "CLAUDE.md").symlink_to("AGENTS.md")
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--message", "link")
    sandbox.configure(projects=[{"path": "payments-api"}], tasks=[TIDY])
    ran = sandbox.ccm("run", "--json")
    [project] = ran.json["executions"][0]["result"]["projects"]
    assert project["file"] == "AGENTS.md"
    assert git(repo, "ls-tree", "ccm/tidy", "CLAUDE.md").startswith("120000 blob")
    assert "CLAUDE.md" not in git(repo, "diff", "--name-only", "main", "ccm/tidy").splitlines()


def test_an_empty_folder_of_projects_is_no_failure(sandbox):
    sandbox.configure(projects=[{"glob": "./none/*"}], tasks=[TIDY])
    ran = sandbox.ccm("run", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["executions"][0]["projects_processed"] == 0


def test_large_savings_go_straight_to_a_base_that_nobody_has_checked_out(sandbox):
    repo = sandbox.demo_repo("payments-api")
    git(repo, "switch", "--quiet", "--create", "elsewhere")
    task = {**TIDY, "config": {"auto_apply": {"min_tokens_saved": 100}}}
    sandbox.configure(projects=[{"path": "payments-api", "branch": "main"}], tasks=[task])
    ran = sandbox.ccm("run", "--json")
    [project] = ran.json["executions"][0]["result"]["projects"]
    assert (project["action"], project["branch"]) == ("applied", "main")
    assert project["commit"] == git(repo, "rev-parse", "main")


def test_worktree_mode_writes_its_named_files_and_only_them(sandbox):
    repo = sandbox.demo_repo("payments-api")
    before = snapshot(repo)
    sandbox.configure(
        projects=[{"path": "payments-api"}], tasks=[{**TIDY, "publish": {"mode": "worktree"}}]
    )
    ran = sandbox.ccm("run", "--json")
    assert ran.json["executions"][0]["result"]["projects"][0]["action"] == "applied"
    after = snapshot(repo)
    changed = {name for name in after if after[name] != before.get(name)}
    assert "CLAUDE.md" in changed
    assert all(n == "CLAUDE.md" or n.startswith(".claude/archives/") for n in changed)
    assert set(refs(repo)) == {"refs/heads/main"}


def test_on_github_failures_are_annotations_and_the_summary_is_written(sandbox):
    sandbox.configure(projects=[{"path": "nowhere"}], tasks=[TIDY])
    summary = sandbox.root / "summary.md"
    ran = sandbox.ccm("run", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert "::error title=tidy::nowhere:" in ran.err
    assert "### ❌ Tidy" in summary.read_text()
    assert "Next due at 2026-01-26T09:00:00Z" in summary.read_text()
