"""The REST API by real HTTP: the original's paths, parameters and names."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml

from ccm_gitops.config.load import load_config
from ccm_gitops.overview import task_rows
from ccm_gitops.secrets import MASK
from ccm_gitops.server import wire
from ccm_gitops.state.model import State, TaskState
from tests.support.histories import NOW
from tests.support.sandbox import show

TASKS = "/api/scheduler/tasks"
EXECUTIONS = "/api/scheduler/executions"
WEBHOOKS = "/api/scheduler/webhooks"


def ids(answer, kind):
    return [item["id"] for item in answer[kind]]


def test_tasks_have_the_original_names(server):
    daily, guard, weekly, _ = server.get(TASKS)["tasks"]
    assert daily["taskType"] == "analyze"
    assert (daily["scheduleType"], daily["cronExpression"]) == ("cron", "0 9 * * *")
    assert daily["webhookIds"] == ["local"]
    assert daily["notifyOnFailure"] is True
    assert daily["machineId"] is None
    assert daily["nextRunAt"].endswith("T09:00:00Z")
    assert (guard["thresholdMetric"], guard["thresholdOperator"]) == ("optimization_score", "lt")
    assert guard["thresholdValue"] == 1
    assert guard["taskConfig"]["autoApply"] == {"minTokensSaved": 5000}
    assert guard["projectFilter"] == ["payments-api"]
    assert weekly["intervalMinutes"] == 10080
    assert weekly["enabled"] is False


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["daily", "guard", "weekly", "broken"]),
        ({"enabled": "false"}, ["weekly"]),
        ({"taskType": "optimize"}, ["guard"]),
        ({"machineId": "elsewhere", "enabled": "true", "taskType": "analyze"}, ["daily"]),
    ],
)
def test_tasks_are_filtered(server, query, expected):
    assert ids(server.get(TASKS, **query), "tasks") == expected


def test_a_run_is_answered_at_once_and_ends_by_itself(server, place):
    started = server.client.post(f"{TASKS}/guard/run", json={})
    assert started.status_code == 202
    execution = server.until_over(started.json()["executionId"])
    assert (execution["status"], execution["triggerType"]) == ("completed", "api")
    assert execution["tokensSaved"] > 0
    [project] = execution["result"]["projects"]
    assert show(place.root / "payments-api", project["commit"], "CLAUDE.md")
    task = server.get(f"{TASKS}/guard")
    assert ids(task, "recentExecutions") == [execution["id"]]
    assert task["stats"]["completed"] == 1


def test_a_request_that_is_sent_again_is_not_done_again(server):
    def post(key, trigger="api"):
        body = {"triggerType": trigger}
        headers = {"idempotency-key": key}
        return server.client.post(f"{TASKS}/daily/run", json=body, headers=headers)

    first = post("one")
    assert first.status_code == 202
    again = post("one")
    assert (again.status_code, again.json()) == (202, first.json())
    server.until_over(first.json()["executionId"])
    assert post("one", "manual").status_code == 422
    other = post("two").json()["executionId"]
    assert other != first.json()["executionId"]
    server.until_over(other)


def test_a_person_may_start_it(server):
    started = server.client.post(f"{TASKS}/daily/run", json={"triggerType": "manual"}).json()
    assert server.until_over(started["executionId"])["triggerType"] == "manual"


def test_a_failed_execution_is_listed_and_retried(server):
    first = server.client.post(f"{TASKS}/broken/run").json()["executionId"]
    assert server.until_over(first)["status"] == "failed"
    again = server.client.post(f"{EXECUTIONS}/{first}/retry")
    assert again.status_code == 202
    second = again.json()["executionId"]
    assert second != first
    assert "2 of 2 projects failed" in server.until_over(second)["error"]
    page = server.get(EXECUTIONS, taskId="broken", status="failed", limit=1)
    assert ids(page, "executions") == [second]
    assert (page["total"], page["hasMore"]) == (2, True)
    assert ids(server.get(EXECUTIONS, taskId="broken", offset=1), "executions") == [first]


def test_what_was_done_is_in_the_history_with_its_caller(server, place):
    server.client.post(f"{WEBHOOKS}/local/test")
    lines = [line for line in place.history() if line["kind"] == "audit"]
    assert lines[-1]["action"] == "webhook.test"
    assert lines[-1]["target"] == "local"
    assert lines[-1]["caller"] == "api 127.0.0.1"


def test_webhooks_are_masked_and_tested(server, receiver):
    local, alerts = server.get(WEBHOOKS)["webhooks"]
    assert local["webhookUrl"] == f"{receiver.url}/***"
    assert alerts["webhookUrl"] == "${SLACK_URL}"
    assert local["failureCount"] == 0
    before = len(receiver.received)
    result = server.client.post(f"{WEBHOOKS}/local/test", json={"eventType": "task_failed"})
    assert result.json() == {"success": True, "statusCode": 200, "message": "delivered"}
    assert receiver.received[before].json()["event"] == "task_failed"
    refused = server.client.post(f"{WEBHOOKS}/alerts/test").json()
    assert refused["success"] is False
    assert "SLACK_URL" in refused["message"]
    assert ids(server.get(WEBHOOKS, webhookType="slack"), "webhooks") == ["alerts"]


def test_secrets_stay_inside(server):
    for path in (TASKS, WEBHOOKS, f"{WEBHOOKS}/local", f"{TASKS}/broken", EXECUTIONS):
        text = server.anyone.get(path).text
        assert "hook-secret" not in text
        assert "literal" not in text
    assert server.get(f"{TASKS}/broken")["taskConfig"]["env"] == {"KEY": "***", "REF": "${REF}"}


def test_status_start_and_stop(server):
    assert server.get("/api/scheduler/status")["loop"]["running"] is False
    assert server.client.post("/api/scheduler/start").json()["every"] == "1m"
    status = server.get("/api/scheduler/status")
    assert (status["tasks"], status["activeTasks"]) == (4, 3)
    assert status["running"] is True
    assert status["loop"]["nextCheckAt"]
    assert status["nextRuns"][0]["taskId"] == "daily"
    assert server.client.post("/api/scheduler/stop").json()["running"] is False


def test_upcoming(server):
    assert len(server.get("/api/scheduler/upcoming")["upcoming"]) == 1
    assert len(server.get("/api/scheduler/upcoming", hours=72)["upcoming"]) == 3


@pytest.mark.parametrize(
    ("token", "shown"), [("ghp_literal", MASK), ("${TOKEN}", "${TOKEN}"), (None, None)]
)
def test_a_token_in_the_file_is_not_told(tmp_path, token, shown):
    publish = {"mode": "pull_request", **({"token": token} if token else {})}
    task = {"id": "tidy", "type": "optimize", "schedule": "manual", "publish": publish}
    path = tmp_path / "schedules.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "tasks": [task]}))
    config = load_config(path, home=tmp_path).config
    (row,) = task_rows(config, State(), "testbox", NOW)
    told = wire.task(config.tasks[0], row, [], None)
    assert told.publish.get("token") == shown
    assert "ghp_literal" not in told.model_dump_json()


def test_a_task_that_failures_paused_is_not_among_the_slots_to_come(tmp_path):
    daily = {"id": "daily", "type": "analyze", "schedule": {"cron": "0 9 * * *"}}
    path = tmp_path / "schedules.yaml"
    settings = {"pause_after_failures": 2}
    path.write_text(yaml.safe_dump({"version": 1, "settings": settings, "tasks": [daily]}))
    config, until = load_config(path, home=tmp_path).config, NOW + timedelta(days=2)

    def slots(failures):
        state = State(tasks={"daily": TaskState(since=NOW, failures=failures)})
        return [slot.at for slot in wire.upcoming(config, state, "testbox", NOW, until)]

    assert slots(1) == [NOW + timedelta(days=1), until]
    assert slots(2) == []


def test_context_of_a_project(server, place):
    assert ids(server.get("/api/context/projects"), "projects") == ["payments-api", "docs"]
    [file] = server.get("/api/context/analyze", projectId="payments-api")["files"]
    assert file["file"] == "CLAUDE.md"
    assert file["issues"]
    before = (place.root / "payments-api" / "CLAUDE.md").read_bytes()
    preview = server.client.post("/api/context/optimize", json={"projectId": "payments-api"}).json()
    assert preview["tokensSaved"] > 0
    assert preview["files"][0]["diff"].startswith("diff --git ")
    assert preview["files"][0]["proof"]["lost"] == 0
    assert (place.root / "payments-api" / "CLAUDE.md").read_bytes() == before
    assert len(server.get("/api/context/rules")["rules"]) > 10


def test_archives_are_listed_and_restored(server, place):
    folder = place.root / "payments-api"
    before = (folder / "CLAUDE.md").read_bytes()
    assert place.ccm("optimize", "payments-api", "--write", now=None).code == 0
    pieces = server.get("/api/context/archives", projectId="payments-api")["archives"]
    assert pieces
    body = {"projectId": "payments-api"}
    restored = server.client.post("/api/context/archives/restore", json=body).json()
    assert sorted(restored["restored"]) == sorted(piece["id"] for piece in pieces)
    assert (folder / "CLAUDE.md").read_bytes() == before


@pytest.mark.parametrize(
    "path",
    [
        f"{TASKS}/nothing",
        f"{EXECUTIONS}/nothing",
        f"{WEBHOOKS}/nothing",
        "/api/context/analyze?projectId=nothing",
        "/nothing",
    ],
)
def test_what_is_not_there_is_a_problem_with_404(server, path):
    answer = server.anyone.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_wrong_request_says_what_is_wrong_with_it(server):
    answer = server.client.post(f"{TASKS}/daily/run", json={"triggerType": "scheduled", "x": 1})
    assert answer.status_code == 422
    assert {item["where"] for item in answer.json()["errors"]} == {"body.triggerType", "body.x"}


def test_a_configuration_that_is_wrong_on_disk_is_shown(server, place):
    path = place.root / "schedules.yaml"
    good = path.read_text()
    path.write_text(good.replace("0 9 * * *", "0 99 * * *"))
    try:
        answer = server.client.post(f"{TASKS}/daily/run")
    finally:
        path.write_text(good)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["line"] > 1
