"""What is due, through the installed command: slots, needs, thresholds, claims, machines."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.support.receiver import Receiver
from tests.support.repos import commit_files, make_repo
from tests.support.sandbox import Sandbox

LOOK = {"id": "look", "name": "Look", "type": "analyze", "schedule": {"cron": "0 9 * * *"}}
AT_EIGHT = "2026-01-19T08:00:00Z"
AT_NINE = "2026-01-19T09:00:00Z"


def due(sandbox: Sandbox, now: str, *arguments: str) -> list[str]:
    ran = sandbox.ccm("run", "--json", *arguments, now=now)
    assert ran.code == 0, ran.err
    found: list[str] = ran.json["due"]
    return found


def reasons(sandbox: Sandbox, now: str) -> dict[str, str]:
    document = sandbox.ccm("run", "--json", now=now).json
    return {skip["task"]: skip["reason"] for skip in document["skipped"]}


@pytest.fixture
def small(sandbox: Sandbox) -> Sandbox:
    sandbox.demo_repo("report-cli")
    return sandbox


def test_a_new_cron_task_waits_for_its_next_slot_and_then_runs_once_however_late(small):
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK])
    assert due(small, AT_EIGHT) == []
    assert due(small, "2026-01-19T17:00:00Z") == ["look"]
    assert due(small, "2026-01-19T17:01:00Z") == []
    assert due(small, "2026-01-20T09:00:00Z") == ["look"]
    assert [line["slot"] for line in small.history("execution")] == [
        AT_NINE,
        "2026-01-20T09:00:00Z",
    ]


def test_a_slot_missed_by_more_than_the_window_is_recorded_as_skipped(small):
    weekly = {**LOOK, "schedule": {"cron": "0 9 * * mon"}}
    small.configure(projects=[{"path": "report-cli"}], tasks=[weekly])
    due(small, AT_EIGHT)
    ran = small.ccm("run", "--json", now="2026-01-21T10:00:00Z")
    [execution] = ran.json["executions"]
    assert (ran.code, execution["status"]) == (0, "skipped")
    assert execution["error"] == "missed by 2d1h, catch_up_window is 1d"
    assert small.history()[-1]["status"] == "skipped"
    assert due(small, "2026-01-21T10:01:00Z") == []


def test_a_task_that_is_enabled_again_waits_for_its_next_slot(small):
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK])
    due(small, AT_EIGHT)
    small.configure(projects=[{"path": "report-cli"}], tasks=[{**LOOK, "enabled": False}])
    assert due(small, "2026-01-20T12:00:00Z") == []
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK])
    assert due(small, "2026-01-20T13:00:00Z") == []
    assert due(small, "2026-01-21T09:00:00Z") == ["look"]


def test_a_clock_that_steps_back_runs_nothing_twice_and_is_said(small):
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK])
    due(small, AT_EIGHT)
    due(small, AT_NINE)
    ran = small.ccm("run", "--json", now=AT_EIGHT)
    assert (ran.code, ran.json["due"]) == (0, [])
    assert "before the last run" in ran.json["warnings"][0]
    assert due(small, AT_NINE) == []


def test_force_runs_now_and_leaves_the_slots_as_they_were(small):
    manual = {**LOOK, "id": "by-hand", "schedule": "manual"}
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK, manual])
    due(small, AT_EIGHT)
    ran = small.ccm("schedule", "run", "look", "--json", now="2026-01-19T08:30:00Z")
    assert ran.json["executions"][0]["trigger"] == "manual"
    assert due(small, AT_NINE) == ["look"]
    assert due(small, AT_NINE, "--task", "by-hand", "--force") == ["by-hand"]


def test_task_restricts_to_what_is_named_and_still_only_to_what_is_due(small):
    other = {**LOOK, "id": "other"}
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK, other])
    due(small, AT_EIGHT)
    assert due(small, AT_NINE, "--task", "other") == ["other"]
    assert due(small, AT_NINE, "--task", "other") == []
    assert due(small, AT_NINE) == ["look"]


def test_a_task_runs_where_the_files_that_it_watches_were_committed(sandbox):
    for name in ("api", "web"):
        make_repo(sandbox.root / name, {"CLAUDE.md": b"# A\n", "docs/a.md": b"a\n"})
    on = {"on": {"changed": ["CLAUDE.md", "docs/**"]}}
    watch = {**LOOK, "id": "watch", "schedule": [{"cron": "0 9 1 * *"}, on]}
    sandbox.configure(projects=[{"path": "api"}, {"path": "web"}], tasks=[watch])
    assert due(sandbox, AT_EIGHT) == []
    commit_files(sandbox.root / "web", {"src/a.py": b"nobody watches this\n"})
    (sandbox.root / "web" / "CLAUDE.md").write_text("not committed")
    commit_files(sandbox.root / "api", {"docs/b/new.md": b"new\n"})
    told = sandbox.ccm("explain", "watch", "--json", now=AT_NINE).json
    assert told["due"] is True
    assert told["changed"]["projects"] == {"api": True, "web": False}
    [execution] = sandbox.ccm("run", "--json", now=AT_NINE).json["executions"]
    assert (execution["trigger"], execution["changed"]) == ("changed", ["api"])
    assert [found["id"] for found in execution["result"]["projects"]] == ["api"]
    assert due(sandbox, AT_NINE) == []


def test_an_unknown_task_is_a_usage_error(small):
    small.configure(tasks=[LOOK])
    ran = small.ccm("run", "--task", "lokk")
    assert ran.code == 2
    assert "there is no task 'lokk' (did you mean 'look'?)" in ran.err


def test_a_needed_task_goes_first_and_a_failure_holds_back_what_needs_it(small):
    first = {"id": "first", "name": "F", "type": "custom", "schedule": {"interval": "1d"}}
    script = {**first, "config": {"command": ["false"]}}
    after = {**LOOK, "id": "after", "schedule": {"interval": "1d"}, "needs": ["first"]}
    small.configure(projects=[{"path": "report-cli"}], tasks=[after, script])
    ran = small.ccm("run", "--json", now=AT_NINE)
    assert ran.code == 1
    assert ran.json["due"] == ["first", "after"]
    assert [e["status"] for e in ran.json["executions"]] == ["failed", "skipped"]
    assert ran.json["executions"][1]["error"] == "needs first, which failed"
    assert due(small, "2026-01-19T10:00:00Z") == []


def test_a_task_that_a_need_holds_back_is_not_said_to_start(small):
    first = {"id": "first", "name": "F", "type": "custom", "schedule": {"interval": "1d"}}
    script = {**first, "config": {"command": ["false"]}}
    after = {**LOOK, "id": "after", "schedule": {"interval": "1d"}, "needs": ["first"]}
    told = {"on_success": True, "webhooks": ["hook"]}
    hook = {"id": "hook", "name": "H", "type": "generic", "url": "${HOOK}", "allow_private": True}
    with Receiver() as receiver:
        small.configure(
            projects=[{"path": "report-cli"}],
            webhooks=[hook],
            tasks=[{**script, "notify": told}, {**after, "notify": told}],
        )
        small.ccm("run", now=AT_NINE, HOOK=receiver.url)
    events = [(r.json()["task"]["id"], r.json()["event"]) for r in receiver.received]
    assert events == [("first", "task_started"), ("first", "task_failed")]


def test_a_need_that_is_not_due_must_have_completed_the_last_time(small):
    rare = {**LOOK, "id": "rare", "schedule": {"interval": "30d"}}
    often = {**LOOK, "id": "often", "schedule": {"interval": "1d"}, "needs": ["rare"]}
    small.configure(projects=[{"path": "report-cli"}], tasks=[often, rare])
    assert due(small, AT_NINE) == ["rare", "often"]
    assert due(small, "2026-01-20T09:00:00Z") == ["often"]


def test_tasks_and_projects_of_another_machine_are_left_to_it(small):
    small.configure(
        projects=[{"path": "report-cli", "machine": "laptop"}],
        tasks=[
            {**LOOK, "schedule": {"interval": "1d"}},
            {**LOOK, "id": "far", "schedule": {"interval": "1d"}, "machine": "laptop"},
        ],
    )
    ran = small.ccm("run", "--json", now=AT_NINE)
    assert ran.json["due"] == ["look"]
    assert ran.json["executions"][0]["projects_processed"] == 0
    assert reasons(small, AT_NINE)["far"] == "runs on machine laptop only"
    assert due(small, AT_NINE, "--machine", "laptop") == ["far"]


GUARD = {
    "id": "guard",
    "name": "Low Score Alert",
    "type": "analyze",
    "schedule": {"threshold": {"metric": "token_count", "operator": "gt", "value": 100}},
    "config": {"alert_only": True},
    "notify": {"webhooks": ["hook"]},
}


def test_a_threshold_fires_for_the_project_that_crosses_it_and_only_once(sandbox):
    repo = sandbox.demo_repo("report-cli")
    sandbox.demo_repo("payments-api")
    commit_files(repo, {"CLAUDE.md": "# small\n"})
    with Receiver() as receiver:
        sandbox.configure(
            projects=[{"path": "report-cli"}, {"path": "payments-api"}],
            webhooks=[
                {
                    "id": "hook",
                    "name": "Hook",
                    "type": "generic",
                    "url": "${HOOK}",
                    "allow_private": True,
                }
            ],
            tasks=[GUARD],
        )
        first = sandbox.ccm("run", "--json", now=AT_EIGHT, HOOK=receiver.url).json
        again = sandbox.ccm("run", "--json", now=AT_NINE, HOOK=receiver.url).json
        commit_files(repo, {"CLAUDE.md": "# grown\n\n" + "More words to read. " * 60})
        grown = sandbox.ccm("run", "--json", now="2026-01-19T10:00:00Z", HOOK=receiver.url).json
    assert first["executions"][0]["trigger"] == "threshold"
    assert list(first["executions"][0]["fired"]) == ["payments-api"]
    assert again["due"] == []
    assert list(grown["executions"][0]["fired"]) == ["report-cli"]
    assert [r.json()["event"] for r in receiver.received] == ["threshold_triggered"] * 2


def test_figures_of_an_unchanged_repository_come_from_the_state(small):
    guard = {**GUARD, "notify": {}}
    small.configure(projects=[{"path": "report-cli"}], tasks=[guard])
    small.ccm("run", now=AT_EIGHT)
    path = small.root / ".ccm" / "state.json"
    state = json.loads(path.read_text())
    state["projects"]["report-cli"]["figures"]["token_count"] = 5
    path.write_text(json.dumps(state))
    assert due(small, AT_NINE) == []
    assert small.state["tasks"]["guard"]["edges"]["report-cli"]["holds"] is False


def kill_while_claimed(sandbox: Sandbox, attempt: int, expires_at: str) -> None:
    """Leave the state as a runner does that was killed while it worked."""
    path = sandbox.root / ".ccm" / "state.json"
    state = json.loads(path.read_text())
    state["tasks"]["look"]["claim"] = {
        "execution": "look-1",
        "trigger": "scheduled",
        "machine": "dead",
        "at": AT_NINE,
        "expires_at": expires_at,
        "slot": AT_NINE,
        "attempt": attempt,
    }
    path.write_text(json.dumps(state))


def test_a_slot_that_another_runner_holds_is_left_to_it(small):
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK])
    due(small, AT_EIGHT)
    kill_while_claimed(small, 1, "2026-01-19T09:05:00Z")
    assert reasons(small, "2026-01-19T09:01:00Z")["look"] == (
        "is running on dead (claimed until 2026-01-19T09:05:00Z)"
    )


def test_a_slot_whose_runner_died_is_run_once_more_and_then_reported(small):
    small.configure(projects=[{"path": "report-cli"}], tasks=[LOOK])
    due(small, AT_EIGHT)
    kill_while_claimed(small, 1, "2026-01-19T09:05:00Z")
    ran = small.ccm("run", "--json", now="2026-01-19T09:06:00Z")
    [execution] = ran.json["executions"]
    assert (execution["status"], execution["slot"], execution["attempts"]) == (
        "completed",
        AT_NINE,
        2,
    )
    kill_while_claimed(small, 2, "2026-01-19T09:05:00Z")
    ran = small.ccm("run", "--json", now="2026-01-19T09:07:00Z")
    assert ran.code == 1
    assert "never finished" in ran.json["executions"][0]["error"]
    assert due(small, "2026-01-19T09:08:00Z") == []


def test_plan_says_why_each_task_is_due_or_not_and_changes_nothing(small):
    small.configure(
        projects=[{"path": "report-cli"}],
        tasks=[
            {**LOOK, "schedule": {"interval": "1d"}},
            {**LOOK, "id": "off", "enabled": False},
            {**LOOK, "id": "nightly"},
        ],
    )
    ran = small.ccm("plan", "--json", now=AT_EIGHT)
    assert ran.json["due"] == ["look"]
    assert {skip["task"]: skip["reason"] for skip in ran.json["skipped"]} == {
        "off": "disabled",
        "nightly": f"next at {AT_NINE}",
    }
    assert not (small.root / ".ccm").exists()
    assert "due" in small.ccm("plan", now=AT_EIGHT).out


def test_upcoming_tells_what_is_due_and_each_slot_to_come_in_order(small):
    small.configure(
        projects=[{"path": "report-cli"}],
        tasks=[
            {**LOOK, "name": "Look"},
            {**LOOK, "id": "often", "schedule": {"interval": "10h"}},
            {**LOOK, "id": "off", "enabled": False},
            {**LOOK, "id": "elsewhere", "machine": "other"},
            {**LOOK, "id": "by-hand", "schedule": "manual"},
        ],
    )
    slots = small.ccm("schedule", "upcoming", "--json", now=AT_EIGHT).json
    assert [(slot["task"], slot["at"], slot["due"]) for slot in slots] == [
        ("often", AT_EIGHT, True),
        ("look", AT_NINE, False),
        ("often", "2026-01-19T18:00:00Z", False),
        ("often", "2026-01-20T04:00:00Z", False),
    ]
    assert slots[1]["schedule"] == "Every day at 09:00, UTC"
    assert small.ccm("schedule", "list", "--json").json[0]["schedule"] == slots[1]["schedule"]
    assert "due now" in small.ccm("schedule", "upcoming", "--hours", "1", now=AT_EIGHT).out
    assert not (small.root / ".ccm").exists()


def test_shards_share_the_projects_of_a_slot_between_them(sandbox):
    folders = [f"app-{number}" for number in range(8)]
    for folder in folders:
        (sandbox.root / folder).mkdir()
    look = {**LOOK, "schedule": {"interval": "1d"}}
    sandbox.configure(projects=[{"path": folder} for folder in folders], tasks=[look])
    seen = []
    for shard in ("1/2", "2/2"):
        [execution] = sandbox.ccm("run", "--json", "--shard", shard).json["executions"]
        seen.append({result["id"] for result in execution["result"]["projects"]})
        assert sandbox.ccm("run", "--json", "--shard", shard).json["executions"] == []
    assert seen[0] | seen[1] == set(folders)
    assert not seen[0] & seen[1]
    assert all(seen)
    assert len(sandbox.history("execution")) == 2
    assert sandbox.ccm("schedule", "list", "--json").json[0]["last_status"] == "completed"
    refused = sandbox.ccm("run", "--shard", "3/2")
    assert (refused.code, refused.err) == (
        2,
        "ccm-gitops: --shard: '3/2' is no shard; write 1/4 for the first of four\n",
    )


def test_a_task_that_keeps_failing_is_paused_until_it_completes_by_hand(sandbox):
    (sandbox.root / "app").mkdir()
    task = {**LOOK, "type": "custom", "schedule": {"interval": "1h"}}
    task["config"] = {"command": ["test", "-e", "mended"]}
    sandbox.configure(
        projects=[{"path": "app"}], tasks=[task], settings={"pause_after_failures": 2}
    )
    ends = [
        [
            e["error"] or e["status"]
            for e in sandbox.ccm("run", "--json", now=now).json["executions"]
        ]
        for now in (AT_EIGHT, AT_NINE, "2026-01-19T10:00:00Z")
    ]
    assert "paused" not in ends[0][0]
    assert "paused after 2 failures in a row" in ends[1][0]
    assert ends[2] == []
    assert "paused after 2 failures" in reasons(sandbox, "2026-01-19T10:00:00Z")["look"]
    status = sandbox.ccm("schedule", "status", now="2026-01-19T10:00:00Z").out
    assert "paused: look after 2 failures" in status
    assert sandbox.ccm("schedule", "upcoming", "--json", now="2026-01-19T10:00:00Z").json == []
    (sandbox.root / "app" / "mended").touch()
    assert sandbox.ccm("schedule", "run", "look", now="2026-01-19T10:30:00Z").code == 0
    assert due(sandbox, "2026-01-19T10:31:00Z") == ["look"]


def test_a_runner_whose_slot_was_taken_over_records_no_second_end(sandbox):
    (sandbox.root / "app").mkdir()
    state = sandbox.root / ".ccm" / "state.json"
    taking_over = ["sed", "-i", 's/"attempt": 1/"attempt": 2/', str(state)]
    task = {**LOOK, "type": "custom", "schedule": {"interval": "1d"}}
    task["config"] = {"command": taking_over}
    sandbox.configure(projects=[{"path": "app"}], tasks=[task])
    sandbox.ccm("run")
    kinds = [(line["kind"], line["task_id"]) for line in sandbox.history()]
    assert kinds == [("claim", "look"), ("lost", "look")]
    assert sandbox.state["tasks"]["look"]["claim"]["attempt"] == 2


def test_a_repository_without_a_commit_fails_at_its_first_try(sandbox):
    subprocess.run(["git", "init", "--quiet", str(sandbox.root / "empty")], check=True)
    sandbox.configure(
        settings={"retry_attempts": 2, "retry_backoff": "1m"},
        projects=[{"path": "empty"}],
        tasks=[{"id": "look", "type": "analyze", "schedule": "manual"}],
    )
    ran = sandbox.ccm("run", "--task", "look", "--force", "--json")
    [execution] = ran.json["executions"]
    assert (execution["status"], execution["attempts"]) == ("failed", 1)
