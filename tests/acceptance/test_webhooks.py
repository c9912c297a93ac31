"""The webhooks' commands through the installed program: shown masked, tried, sent again."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.support.receiver import Answer, Received, Receiver
from tests.support.repos import commit_files, make_repo
from tests.support.sandbox import Sandbox

TOKEN = "T0PS3CRET-T0KEN"
LATER = "2026-01-19T09:05:00Z"


def configure(sandbox: Sandbox, url: str, **webhook: object) -> None:
    """One webhook, told of everything that a task by hand does."""
    hook = {"id": "hook", "type": "generic", "url": url, "allow_private": True, **webhook}
    task = {"id": "look", "type": "custom", "schedule": "manual", "config": {"command": ["true"]}}
    notify = {"on_success": True, "webhooks": ["hook"]}
    folder = sandbox.root / "api"
    folder.mkdir(exist_ok=True)
    sandbox.configure(
        projects=[{"path": "api"}], webhooks=[hook], tasks=[{**task, "notify": notify}]
    )


def kinds(receiver: Receiver) -> list[str]:
    return [seen.json()["event"] for seen in receiver.received]


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_an_address_is_shown_only_as_far_as_it_is_no_secret(sandbox, form):
    configure(sandbox, f"https://user:{TOKEN}@example.com/in/{TOKEN}")
    for command in (["list"], ["show", "hook"]):
        ran = sandbox.ccm("schedule", "webhooks", *command, *form)
        assert ran.code == 0, ran.err
        assert "https://example.com/***" in ran.out
        assert TOKEN not in ran.out + ran.err


def test_a_webhook_that_is_not_there_is_named_with_those_that_are(sandbox):
    configure(sandbox, "${HOOK_URL}")
    for command in ("show", "test", "replay"):
        ran = sandbox.ccm("schedule", "webhooks", command, "hok")
        assert (ran.code, ran.out) == (2, "")
        assert "there is no webhook 'hok' (did you mean 'hook'?)" in ran.err


def test_a_sample_says_that_it_is_one_and_shows_that_the_webhook_is_well(sandbox):
    with Receiver() as receiver:
        configure(sandbox, "${HOOK_URL}", type="slack")
        ran = sandbox.ccm("schedule", "webhooks", "test", "hook", HOOK_URL=receiver.url)
    (seen,) = receiver.received
    assert (ran.code, ran.err) == (0, "")
    assert "hook: delivered" in ran.out
    assert seen.headers["webhook-id"].startswith("test-")
    assert seen.json()["text"].startswith("🧪 ")
    assert "Sample from ccm-gitops" in seen.json()["text"]
    (row,) = sandbox.ccm("schedule", "webhooks", "list", "--json").json
    assert (row["health"], row["last_used_at"] is None) == ("ok", False)


def test_a_sample_can_be_looked_at_without_sending(sandbox):
    configure(sandbox, "${HOOK_URL}")
    ran = sandbox.ccm(
        "schedule", "webhooks", "test", "hook", "--event", "health_alert", "--dry-run"
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["event"] == "health_alert"


def test_a_sample_that_is_refused_exits_with_the_receivers_reason_and_no_secret(sandbox):
    with Receiver(lambda seen: Answer(403, body=b"invalid_token " + seen.path.encode())) as hook:
        configure(sandbox, f"{hook.url}/{TOKEN}")
        ran = sandbox.ccm("schedule", "webhooks", "test", "hook")
    assert (ran.code, ran.out) == (1, "")
    assert "hook: not delivered: answered 403: check the URL and its rights: invalid_token" in (
        ran.err
    )
    assert TOKEN not in ran.err


def test_what_was_given_up_is_listed_with_its_reason_and_sent_again_on_request(sandbox):
    with Receiver(Answer(400, body=b"invalid_payload")) as receiver:
        configure(sandbox, "${HOOK_URL}")
        sandbox.ccm("run", "--task", "look", "--force", HOOK_URL=receiver.url)
        assert kinds(receiver) == ["task_started", "task_completed"]
    status = sandbox.ccm("schedule", "status", "--json").json
    assert status["messages"] == {"waiting": 0, "undeliverable": 2}
    assert [letter["event"] for letter in status["undeliverable"]] == kinds(receiver)
    assert "invalid_payload" in status["undeliverable"][0]["reason"]
    assert "invalid_payload" in sandbox.ccm("schedule", "webhooks", "show", "hook").out
    first, second = [letter["id"] for letter in status["undeliverable"]]
    with Receiver() as receiver:
        one = sandbox.ccm("schedule", "webhooks", "replay", second, "--json", now=LATER)
        assert one.json == {"replayed": [second]}
        sandbox.ccm("run", now=LATER, HOOK_URL=receiver.url)
        rest = sandbox.ccm("schedule", "webhooks", "replay", "--json", now=LATER)
        assert rest.json == {"replayed": [first]}
        sandbox.ccm("run", now=LATER, HOOK_URL=receiver.url)
    assert kinds(receiver) == ["task_completed", "task_started"]
    assert sandbox.ccm("schedule", "webhooks", "replay").out == "nothing was given up\n"
    assert sandbox.ccm("schedule", "webhooks", "replay", first).code == 2
    assert "outbox" not in sandbox.state


def test_a_webhook_that_keeps_failing_is_paused_told_of_and_freed_by_a_sample(sandbox):
    runs = [f"2026-01-19T{hour:02}:00:00Z" for hour in (9, 10, 11)]
    with Receiver(Answer(404)) as receiver:
        configure(sandbox, "${HOOK_URL}")
        for now in runs:
            sandbox.ccm("run", "--task", "look", "--force", now=now, HOOK_URL=receiver.url)
    (health,) = sandbox.ccm("schedule", "webhooks", "list", "--json", now=runs[-1]).json
    assert (health["health"], health["failure_count"]) == ("paused", 6)
    assert (health["paused_until"], health["last_used_at"]) == ("2026-01-19T11:05:00Z", runs[-1])
    assert "paused: hook until 2026-01-19T11:05:00Z" in (
        sandbox.ccm("schedule", "status", now=runs[-1]).out
    )
    told = [line for line in sandbox.history() if line["kind"] == "webhook_paused"]
    assert [(line["webhook"], line["failure_count"]) for line in told] == [("hook", 6)]
    assert len(sandbox.ccm("schedule", "history", "--json").json) == 3
    with Receiver() as receiver:
        ran = sandbox.ccm("schedule", "webhooks", "test", "hook", now=LATER, HOOK_URL=receiver.url)
    assert ran.code == 0
    (health,) = sandbox.ccm("schedule", "webhooks", "list", "--json", now=LATER).json
    assert (health["health"], health["failure_count"]) == ("ok", 0)


def test_of_a_pause_the_others_are_told_at_once(sandbox):
    configure(sandbox, "${HOOK_URL}")
    config = yaml.safe_load((sandbox.root / "schedules.yaml").read_text())
    other = {
        **config["webhooks"][0],
        "id": "other",
        "url": "${OTHER}",
        "events": ["webhook_paused"],
    }
    sandbox.configure(
        projects=config["projects"], webhooks=[*config["webhooks"], other], tasks=config["tasks"]
    )
    with Receiver(Answer(404)) as gone, Receiver() as well:
        urls = {"HOOK_URL": gone.url, "OTHER": well.url}
        for hour in (9, 10, 11):
            now = f"2026-01-19T{hour:02}:00:00Z"
            ran = sandbox.ccm("run", "--task", "look", "--force", "--json", now=now, **urls)
    (told,) = well.received
    assert told.json()["task"] == {"id": "hook", "name": "hook", "taskType": "webhook"}
    assert told.json()["message"].startswith(
        "hook is paused until 2026-01-19T11:05:00Z: answered 404"
    )
    assert [n["webhook"] for n in ran.json["notifications"] if n["status"] == "delivered"] == [
        "other"
    ]


def test_a_run_can_be_one_message_that_is_repeated_as_the_same(sandbox):
    answers = iter([Answer(503), Answer(503), Answer(503)])
    with Receiver(lambda seen: next(answers, Answer())) as receiver:
        configure(sandbox, "${HOOK_URL}", group="run")
        config = yaml.safe_load((sandbox.root / "schedules.yaml").read_text())
        tasks = [{**config["tasks"][0], "id": id} for id in ("look", "see")]
        sandbox.configure(projects=config["projects"], webhooks=config["webhooks"], tasks=tasks)
        both = ["run", "--task", "look", "--task", "see", "--force"]
        sandbox.ccm(*both, HOOK_URL=receiver.url)
        sandbox.ccm(*both, now=LATER, HOOK_URL=receiver.url)
    assert all(s.json()["message"].count(" completed in ") == 2 for s in receiver.received)
    assert len(receiver.received) == 5
    ids = [seen.headers["webhook-id"] for seen in receiver.received]
    assert len(set(ids[:4])) == 1
    assert ids[4] != ids[0]
    assert "outbox" not in sandbox.state


def test_with_min_change_a_low_score_is_told_when_it_moves(sandbox):
    repo = make_repo(sandbox.root / "api", {"CLAUDE.md": "# Api\n"})
    hook = {"id": "hook", "type": "generic", "url": "${HOOK_URL}", "allow_private": True}
    task = {
        "id": "look",
        "type": "health_check",
        "schedule": "manual",
        "config": {"alert_threshold": 100},
        "notify": {"webhooks": ["hook"], "min_change": 5},
    }
    sandbox.configure(projects=[{"path": "api"}], webhooks=[hook], tasks=[task])
    told = []
    with Receiver() as receiver:
        for hour, broken in enumerate([3, 3, 30, 0, 3]):
            lines = "".join(f"- Read `src/gone_{n}.py` first.\n" for n in range(broken))
            commit_files(repo, {"CLAUDE.md": f"# Api {hour}\n\nThe api.\n\n{lines}"})
            before = len(receiver.received)
            now = f"2026-01-19T{hour:02}:00:00Z"
            sandbox.ccm("run", "--task", "look", "--force", now=now, HOOK_URL=receiver.url)
            told.append(len(receiver.received) - before)
    assert told == [1, 0, 1, 0, 1]
    seen = [line["result"]["projects"][0] for line in sandbox.history() if "result" in line]
    scores = [result["score"] for result in seen]
    assert [result["previous_score"] for result in seen] == [None, *scores[:-1]]


def test_with_repeat_after_a_failure_is_told_on_change_and_so_is_the_recovery(sandbox):
    (sandbox.root / "api").mkdir()
    hook = {"id": "hook", "type": "generic", "url": "${HOOK_URL}", "allow_private": True}
    command = ["test", "-e", "{project_path}/good"]
    task = {
        "id": "look",
        "type": "custom",
        "schedule": "manual",
        "config": {"command": command},
        "notify": {"webhooks": ["hook"], "repeat_after": "2h"},
    }
    sandbox.configure(
        projects=[{"path": "api"}], webhooks=[{**hook, "events": ["task_failed"]}], tasks=[task]
    )
    told = []
    with Receiver() as receiver:
        for hour, is_good in enumerate([True, False, False, False, True, True]):
            good = sandbox.root / "api" / "good"
            good.touch() if is_good else good.unlink(missing_ok=True)
            before = len(receiver.received)
            now = f"2026-01-19T{hour:02}:00:00Z"
            sandbox.ccm("run", "--task", "look", "--force", now=now, HOOK_URL=receiver.url)
            told.append(kinds(receiver)[before:])
    fail, well = ["task_failed"], ["task_completed"]
    assert told == [[], fail, [], fail, well, []]
    assert "works again" in receiver.received[2].json()["message"]
    assert "failing" not in sandbox.state


def test_in_quiet_hours_messages_wait(sandbox):
    with Receiver() as receiver:
        configure(sandbox, "${HOOK_URL}", quiet_hours="22:00-07:00")
        night, morning = "2026-01-19T23:00:00Z", "2026-01-20T07:00:00Z"
        ran = sandbox.ccm(
            "run", "--task", "look", "--force", "--json", now=night, HOOK_URL=receiver.url
        )
        assert receiver.received == []
        assert ran.json["notifications"][0]["reason"] == (
            "waits until 2026-01-20T07:00:00Z, the end of its quiet hours"
        )
        sandbox.ccm("run", now=morning, HOOK_URL=receiver.url)
    assert kinds(receiver) == ["task_started", "task_completed"]


ECHOES = {
    "refuses": ("generic", lambda seen: Answer(403, body=repr(seen).encode())),
    "refuses by a success": ("slack", lambda seen: Answer(200, body=error_of(seen))),
}


def error_of(seen: Received) -> bytes:
    return json.dumps({"ok": False, "error": f"no {seen.path} {dict(seen.headers)}"}).encode()


@pytest.mark.parametrize(("kind", "script"), ECHOES.values(), ids=ECHOES)
def test_no_command_and_no_file_shows_a_secret_when_the_receiver(sandbox, kind, script):
    secrets = {name: f"{TOKEN}-{name}" for name in ("URL", "KEY", "OLD", "BEARER")}
    configure(
        sandbox,
        "${BASE}/${URL}?sig=${URL}",
        type=kind,
        secret=["${KEY}", "${OLD}"],
        headers={"Authorization": "Bearer ${BEARER}", "X-Key": "${KEY}"},
    )
    commands = [
        *[["run", "--task", "look", "--force", "--json"]] * 2,
        ["run", "--task", "look", "--force"],
        ["schedule", "webhooks", "test", "hook"],
        ["schedule", "webhooks", "test", "hook", "--dry-run"],
        ["schedule", "webhooks", "show", "hook", "--json"],
        ["schedule", "status"],
        ["schedule", "webhooks", "replay"],
        ["schedule", "history", "--json"],
    ]
    with Receiver(script) as receiver:
        ran = [sandbox.ccm(*command, BASE=receiver.url, **secrets) for command in commands]
    assert receiver.received
    shown = "".join(each.out + each.err for each in ran)
    files = [path for path in sandbox.root.rglob("*") if path.is_file()]
    assert TOKEN not in shown
    assert [path for path in files if TOKEN in path.read_text()] == []


def test_a_message_that_waits_for_a_variable_is_written_down_once(sandbox):
    make_repo(sandbox.root / "api", {"CLAUDE.md": "# Api\n"})
    sandbox.configure(
        projects=[{"path": "api"}],
        webhooks=[{"id": "hook", "type": "generic", "url": "${HOOK_URL}"}],
        tasks=[
            {
                "id": "look",
                "type": "analyze",
                "schedule": "manual",
                "notify": {"on_success": True, "webhooks": ["hook"]},
            }
        ],
    )
    sandbox.ccm("run", "--task", "look", "--force", now="2026-01-19T09:00:00Z")
    before, lines = dict(sandbox.state), sandbox.history()
    report = sandbox.ccm("run", "--json", now="2026-01-19T09:30:00Z").json
    assert {note["status"] for note in report["notifications"]} == {"undeliverable"}
    assert sandbox.history() == lines
    changed = {key for key in before if before[key] != sandbox.state.get(key)}
    assert changed == {"heartbeat", "unwritten"}
