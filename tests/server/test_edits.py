"""Changes over HTTP: edits of the YAML that keep its comments, and commits."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml

from ccm_gitops.config.edit import REMOVED
from ccm_gitops.config.model import AnalyzeConfig, Task
from ccm_gitops.schedule.model import (
    Changed,
    Cron,
    Interval,
    Manual,
    Schedule,
    Several,
    Threshold,
)
from ccm_gitops.server.edits import task_changes
from ccm_gitops.server.shapes.tasks import TaskChange
from tests.support.repos import git
from tests.support.sandbox import Sandbox
from tests.support.served import served

TASKS = "/api/scheduler/tasks"
WEBHOOKS = "/api/scheduler/webhooks"
FILE = """\
# Who looks after what
version: 1
projects:
  - {id: api, path: api}
webhooks:
  - id: alerts  # the team's channel
    type: slack
    url: ${SLACK_URL}
tasks:
  - id: daily
    name: Daily Analysis
    type: analyze
    schedule: {cron: "0 9 * * *"}  # before people come
    notify: {webhooks: [alerts]}
  - id: command
    type: custom
    schedule: manual
    config: {command: ["true"]}
"""
NIGHTLY = {
    "name": "Nightly Optimize",
    "taskType": "optimize",
    "scheduleType": "cron",
    "cronExpression": "30 2 * * *",
    "taskConfig": {"strategy": "moderate", "autoApply": {"minTokensSaved": 5000}},
    "projectFilter": ["api"],
    "notifyOnSuccess": True,
    "webhookIds": ["alerts"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A repository with a configuration that people have written."""
    sandbox = Sandbox(tmp_path_factory.mktemp("edited"))
    sandbox.demo_repo("payments-api").rename(sandbox.root / "api")
    git(sandbox.root, "init", "--quiet", "--initial-branch=main")
    git(sandbox.root, "config", "user.name", "Ada")
    git(sandbox.root, "config", "user.email", "ada@example.org")
    return sandbox


@pytest.fixture(scope="module")
def server(place):
    """It commits what it changes."""
    (place.root / "schedules.yaml").write_text(FILE)
    with served(place.root, "--commit") as running:
        yield running


@pytest.fixture
def file(server, place):
    """The file as people wrote it, committed."""
    path = place.root / "schedules.yaml"
    path.write_text(FILE)
    git(place.root, "add", "schedules.yaml")
    git(place.root, "commit", "--quiet", "--allow-empty", "--message", "By hand")
    return path


def test_a_task_is_created_and_committed(server, place, file):
    made = server.client.post(TASKS, json=NIGHTLY)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"{TASKS}/nightly-optimize"
    assert made.json()["nextRunAt"].endswith("T02:30:00Z")
    text = file.read_text()
    assert text.startswith(FILE)
    assert yaml.safe_load(text)["tasks"][-1] == {
        "id": "nightly-optimize",
        "name": "Nightly Optimize",
        "type": "optimize",
        "projects": ["api"],
        "notify": {"on_success": True, "webhooks": ["alerts"]},
        "config": {"strategy": "moderate", "auto_apply": {"min_tokens_saved": 5000}},
        "schedule": {"cron": "30 2 * * *"},
    }
    assert git(place.root, "log", "-1", "--format=%s") == "Add task nightly-optimize"
    assert git(place.root, "status", "--porcelain", "schedules.yaml") == ""


def test_a_change_touches_nothing_else(server, place, file):
    done = server.client.patch(
        f"{TASKS}/daily", json={"enabled": False, "cronExpression": "0 8 * * *"}
    )
    assert done.status_code == 200, done.text
    assert (done.json()["enabled"], done.json()["cronExpression"]) == (False, "0 8 * * *")
    lines = set(file.read_text().splitlines())
    assert set(FILE.splitlines()) - lines == {
        '    schedule: {cron: "0 9 * * *"}  # before people come'
    }
    assert '    schedule: {cron: "0 8 * * *"}  # before people come' in lines
    changed = server.client.patch(
        f"{TASKS}/daily",
        json={
            "scheduleType": "threshold",
            "thresholdMetric": "optimization_score",
            "thresholdOperator": "lt",
            "thresholdValue": 60,
        },
    )
    assert changed.json()["thresholdValue"] == 60
    assert changed.json()["cronExpression"] is None


def test_a_task_is_deleted(server, file):
    assert server.client.delete(f"{TASKS}/daily").json() == {"success": True}
    assert "Daily" not in file.read_text()
    assert server.client.get(f"{TASKS}/daily").status_code == 404


def test_an_edit_on_disk_is_never_overwritten(server, file):
    seen = server.anyone.get(f"{TASKS}/daily").headers["etag"]
    file.write_text(FILE.replace("0 9", "0 7"))
    answer = server.client.patch(
        f"{TASKS}/daily", json={"cronExpression": "0 8 * * *"}, headers={"if-match": seen}
    )
    assert answer.status_code == 412
    assert "0 7" in file.read_text()
    gone = server.client.delete(f"{TASKS}/daily", headers={"if-match": seen})
    assert gone.status_code == 412


@pytest.mark.parametrize(
    ("change", "place_of_error"),
    [
        ({"cronExpression": "0 99 * * *"}, "tasks[0].schedule.cron"),
        ({"webhookIds": ["nobody"]}, "tasks[0].notify.webhooks[0]"),
    ],
)
def test_what_would_make_the_file_wrong_is_refused(server, file, change, place_of_error):
    answer = server.client.patch(f"{TASKS}/daily", json=change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == place_of_error
    assert file.read_text() == FILE


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**NIGHTLY, "cronExpression": None}, 422),
        ({**NIGHTLY, "scheduleType": "interval"}, 422),
        ({**NIGHTLY, "name": "Daily"}, 409),
        ({**NIGHTLY, "taskType": "custom"}, 403),
        ({**NIGHTLY, "taskConfig": {"command": ["rm"]}}, 422),
        ({**NIGHTLY, "surprise": 1}, 422),
    ],
)
def test_a_task_that_cannot_be_is_not_created(server, file, body, status):
    assert server.client.post(TASKS, json=body).status_code == status
    assert file.read_text() == FILE


def test_commands_are_not_changed_over_http(server, file):
    answer = server.client.patch(f"{TASKS}/command", json={"taskConfig": {"dryRun": True}})
    assert answer.status_code == 403
    assert server.client.patch(f"{TASKS}/command", json={"enabled": False}).status_code == 200


def test_an_address_is_not_written_into_the_file(server, file, receiver):
    made = server.client.post(
        WEBHOOKS,
        json={
            "name": "Local n8n",
            "webhookType": "generic",
            "webhookUrl": f"{receiver.url}/very-secret",
            "eventTypes": ["task_failed"],
            "allowPrivate": True,
        },
    )
    assert made.status_code == 201, made.text
    assert made.json()["setVariable"] == "CCM_WEBHOOK_LOCAL_N8N"
    assert made.json()["webhookUrl"] == "${CCM_WEBHOOK_LOCAL_N8N}"
    assert "very-secret" not in file.read_text() + made.text
    assert server.client.post(f"{WEBHOOKS}/local-n8n/test").json()["success"] is True
    assert receiver.received[-1].path == "/very-secret"
    off = server.client.patch(f"{WEBHOOKS}/local-n8n", json={"enabled": False, "eventTypes": None})
    assert (off.json()["enabled"], off.json()["eventTypes"]) == (False, None)
    assert server.client.delete(f"{WEBHOOKS}/local-n8n").status_code == 200
    assert yaml.safe_load(file.read_text()) == yaml.safe_load(FILE)


def test_a_webhook_that_a_task_lists_is_not_deleted(server, file):
    answer = server.client.delete(f"{WEBHOOKS}/alerts")
    assert answer.status_code == 422
    assert file.read_text() == FILE


def test_a_variable_is_not_sent_to_an_address(server, file):
    body = {"name": "x", "webhookType": "generic", "webhookUrl": "https://evil.example/${TOKEN}"}
    assert server.client.post(WEBHOOKS, json=body).status_code == 422


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_changes_need_the_token(server, file, method):
    answer = server.anyone.request(method, f"{TASKS}/daily", json={"enabled": False})
    assert answer.status_code == 401
    assert file.read_text() == FILE


BELOW_60 = Threshold("optimization_score", "lt", 60, timedelta(days=1), rearm=65)
SEVERAL = Several((Cron("0 9 * * *"), Changed(("CLAUDE.md",))))


def edited(schedule: Schedule, **change: object) -> dict[tuple[str | int, ...], object]:
    task = Task(id="a", name="A", type="analyze", schedule=schedule, config=AnalyzeConfig())
    return task_changes(TaskChange.model_validate(change), task)


@pytest.mark.parametrize(
    ("schedule", "change", "expected"),
    [
        (Cron("0 9 * * *"), {"cronExpression": "0 8 * * *"}, {("schedule", "cron"): "0 8 * * *"}),
        (
            Cron("0 9 * * *", day_match="all"),
            {"scheduleType": "cron", "cronExpression": "0 9 * * *", "dayMatch": None},
            {("schedule", "day_match"): REMOVED},
        ),
        (
            Interval(timedelta(hours=1)),
            {"intervalMinutes": 90},
            {("schedule", "interval"): "1h30m"},
        ),
        (
            BELOW_60,
            {"thresholdValue": 50, "cooldown": None, "rearm": 65},
            {
                ("schedule", "threshold", "value"): 50,
                ("schedule", "threshold", "cooldown"): REMOVED,
            },
        ),
        (SEVERAL, {"name": "B"}, {("name",): "B"}),
        (SEVERAL, {"scheduleType": "manual"}, {("schedule",): "manual"}),
    ],
)
def test_a_change_of_a_schedule_leaves_the_rest_of_it_as_it_is(schedule, change, expected):
    assert edited(schedule, **change) == expected


@pytest.mark.parametrize(
    ("schedule", "change", "message"),
    [
        (SEVERAL, {"cronExpression": "0 8 * * *"}, "a schedule of type several is edited in the"),
        (Cron("0 9 * * *"), {"cronExpression": None}, "scheduleType cron needs cronExpression"),
        (Manual(), {"scheduleType": "interval"}, "scheduleType interval needs intervalMinutes"),
    ],
)
def test_a_change_that_makes_no_schedule_is_refused(schedule, change, message):
    with pytest.raises(ValueError, match=message):
        edited(schedule, **change)
