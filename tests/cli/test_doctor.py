"""`doctor`: each check with what to do, and 1 when something is wrong."""

from __future__ import annotations

FILE = """\
version: 1
webhooks:
  - {id: dev, type: slack, url: "${SLACK}"}
tasks:
  - {id: hourly, type: analyze, schedule: {interval: 1h}, notify: {webhooks: [dev]}}
"""


def checks(ran):
    return {check["what"]: check for check in ran.json}


def test_a_sound_place_is_told_with_what_is_left_to_do(sandbox):
    (sandbox.root / "schedules.yaml").write_text(FILE)
    ran = sandbox.ccm("doctor", "--json")
    assert ran.code == 0
    found = checks(ran)
    assert [found[what]["status"] for what in ("git", "configuration", "state", "disk")] == [
        "ok"
    ] * 4
    assert found["variable"]["found"] == "SLACK is not set here"
    assert "ccm-gitops install cron" in found["runner"]["advice"]
    assert checks(sandbox.ccm("doctor", "--json", SLACK="x"))["variable"]["status"] == "ok"


def test_a_runner_that_comes_too_seldom_or_from_the_future_is_wrong(sandbox):
    (sandbox.root / "schedules.yaml").write_text(FILE)
    assert sandbox.ccm("run").code == 0
    assert sandbox.ccm("doctor", now="2026-01-19T09:30:00Z").code == 0
    late = sandbox.ccm("doctor", now="2026-01-19T15:00:00Z")
    assert late.code == 1
    assert (
        "wrong    runner: last looked at 2026-01-19T09:00:00Z on testbox, and hourly is due "
        in (late.out)
    )
    early = sandbox.ccm("doctor", now="2026-01-18T09:00:00Z")
    assert (early.code, "wrong    clock: stands before the last run" in early.out) == (1, True)


def test_a_wrong_configuration_or_state_is_told_and_not_thrown(sandbox):
    path = sandbox.root / "schedules.yaml"
    path.write_text("version: 1\ntasks: 5\n")
    ran = sandbox.ccm("doctor")
    assert (ran.code, "wrong    configuration: schedules.yaml:2:8" in ran.out) == (1, True)
    path.write_text(FILE)
    (sandbox.root / ".ccm").mkdir()
    (sandbox.root / ".ccm" / "state.json").write_text("{")
    ran = sandbox.ccm("doctor")
    assert (ran.code, "wrong    state: " in ran.out) == (1, True)


def test_the_list_is_filtered(sandbox):
    more = "  - {id: off, type: optimize, schedule: manual, enabled: false}\n"
    (sandbox.root / "schedules.yaml").write_text(FILE + more)
    schedule = ("schedule", "list", "--json")
    assert [row["id"] for row in sandbox.ccm(*schedule, "--enabled").json] == ["hourly"]
    assert [row["id"] for row in sandbox.ccm(*schedule, "--type", "optimize").json] == ["off"]


def test_a_path_left_out_is_the_folder_one_is_in(sandbox):
    for command in ("analyze", "optimize"):
        assert sandbox.ccm(command).err == sandbox.ccm(command, ".").err != ""
    (sandbox.root / "CLAUDE.md").write_text("# Here\n")
    for command in ("analyze", "optimize"):
        assert sandbox.ccm(command, "--json").json == sandbox.ccm(command, ".", "--json").json


def test_a_project_whose_folder_is_missing_is_wrong(sandbox):
    sandbox.configure(projects=[{"id": "api", "path": "nowhere"}], tasks=[])
    ran = sandbox.ccm("doctor")
    assert ran.code == 1
    assert "wrong    project: api: there is no folder" in ran.out


def test_a_signing_key_that_is_missing_is_wrong(sandbox):
    (sandbox.root / "key").touch()
    tasks = [
        {
            "id": name,
            "type": "optimize",
            "schedule": "manual",
            "publish": {"sign": "ssh", "signing_key": str(sandbox.root / name)},
        }
        for name in ("key", "gone")
    ]
    sandbox.configure(tasks=tasks)
    ran = sandbox.ccm("doctor")
    assert ran.code == 1
    assert "signing: key: ssh" in ran.out
    assert "signing: gone: there is no signing key" in ran.out


def test_what_went_wrong_lately_is_told_with_what_to_do(sandbox):
    sandbox.demo_repo("storefront")
    sandbox.configure(
        settings={"retry_attempts": 0},
        projects=[{"path": "storefront"}],
        webhooks=[{"id": "own", "type": "generic", "url": "${OWN}"}],
        tasks=[
            {
                "id": "links",
                "type": "custom",
                "schedule": {"interval": "1d"},
                "config": {"command": ["./check-links"]},
                "notify": {"webhooks": ["own"]},
            }
        ],
    )
    address = "http://127.0.0.1:9/hook"
    assert sandbox.ccm("run", OWN=address).code == 1
    (sandbox.root / ".ccm" / "state.json").chmod(0o646)
    ran = sandbox.ccm("doctor", OWN=address)
    assert ran.code == 1
    told = [line for line in ran.out.splitlines() if not line.startswith("ok")]
    for start, end in (
        ("wrong    command: links: ", "/check-links is not there, or may not be run; install it"),
        (
            "wrong    webhook: own: 127.0.0.1 is a private address",
            "webhooks edit own --allow-private`",
        ),
        ("wrong    state: readable", "whoever changes it decides what is due"),
        (
            "warning  task: links: failed at its last run, now",
            "--task links --status failed` says why",
        ),
        ("warning  webhook: own: messages given up: 1", "webhooks replay own` sends them again"),
    ):
        assert [line for line in told if line.startswith(start) and end in line], ran.out
