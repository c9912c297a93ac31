"""`schedule webhooks add|edit|enable|disable|delete` through the installed command."""

from __future__ import annotations

import pytest

from ccm_gitops.config.yaml_core import read_yaml
from tests.support.terminal import in_terminal

FILE = """\
version: 1
webhooks:
  - {id: dev, type: slack, url: "${SLACK}"}   # the team's
tasks:
  - id: daily
    type: analyze
    schedule: {cron: "0 9 * * *"}
    notify: {webhooks: [dev]}
"""
URL = "https://hooks.slack.com/services/T0/B0/secret"


@pytest.fixture
def file(sandbox):
    path = sandbox.root / "schedules.yaml"
    path.write_text(FILE)
    return path


def hooks(file):
    return {hook["id"]: hook for hook in read_yaml(file.read_bytes(), file)[0].data["webhooks"]}


def test_add_keeps_a_literal_address_out_of_the_file(sandbox, file):
    ran = sandbox.ccm(
        *("schedule", "webhooks", "add", "--type", "slack", "--url", URL, "--name", "On call"),
        *("--event", "task_failed", "--channel", "#ops"),
    )
    assert ran.code == 0
    assert ran.out == (
        "schedules.yaml: Add webhook on-call\n"
        "export CCM_WEBHOOK_ON_CALL=https://hooks.slack.com/services/T0/B0/secret\n"
    )
    assert hooks(file)["on-call"] == {
        "id": "on-call",
        "name": "On call",
        "type": "slack",
        "url": "${CCM_WEBHOOK_ON_CALL}",
        "events": ["task_failed"],
        "config": {"channel": "#ops"},
    }
    assert "secret" not in file.read_text()


def test_add_writes_a_variable_or_with_literal_the_address(sandbox, file):
    add = ("schedule", "webhooks", "add", "--type", "n8n")
    ran = sandbox.ccm(*add, "--id", "one", "--url", "${N8N}", "--secret", "s3", "--allow-private")
    assert "export CCM_WEBHOOK_ONE_SECRET=s3" in ran.out
    assert hooks(file)["one"]["url"] == "${N8N}"
    assert sandbox.ccm(*add, "--id", "two", "--url", URL, "--literal").code == 0
    assert hooks(file)["two"]["url"] == URL


def test_add_without_a_terminal_tells_all_that_is_missing(sandbox, file):
    ran = sandbox.ccm("schedule", "webhooks", "add")
    assert (ran.code, ran.err) == (
        2,
        "ccm-gitops: missing: --name (or --id); --type (slack, discord, teams, n8n, generic, "
        "apprise); --url\n",
    )


def test_a_private_address_is_told_before_its_first_message(sandbox, file):
    add = ("schedule", "webhooks", "add", "--type", "n8n", "--id", "own")
    refused = sandbox.ccm(*add, "--url", "own-host:5678")
    assert (refused.code, "--url: must begin with https://" in refused.err) == (2, True)
    ran = sandbox.ccm(*add, "--url", "http://127.0.0.1:5678/hook", "--literal")
    told = "127.0.0.1 is a private address, and is refused unless it is allowed"
    assert f"warning: {told}; if it is your own, give --allow-private\n" in ran.err
    assert "127.0.0.1 is a private address and will be refused" in sandbox.ccm("validate").err
    sandbox.ccm("schedule", "webhooks", "edit", "own", "--allow-private")
    assert "private" not in sandbox.ccm("validate").err


def test_on_a_terminal_add_asks_and_hides_the_address(sandbox, file):
    address = "http://localhost:5678/webhook/s3cret"
    code, screen = in_terminal(
        *("schedule", "webhooks", "add", "--name", "Own n8n"),
        cwd=sandbox.root,
        answers=[
            ("receiver's kind", "n8n"),
            ("(not shown)", "nonsense"),
            ("(not shown)", address),
            ("Is it your own?", "y"),
        ],
    )
    assert code == 0, screen
    assert "it must begin with https://" in screen
    assert screen.count("s3cret") == 1  # the line that sets the variable
    assert hooks(file)["own-n8n"]["allow_private"] is True
    assert hooks(file)["own-n8n"]["url"] == "${CCM_WEBHOOK_OWN_N8N}"


def test_edit_and_switch_change_one_line(sandbox, file):
    webhooks = ("schedule", "webhooks")
    assert sandbox.ccm(*webhooks, "edit", "dev", "--set", "quiet_hours=22:00-07:00").code == 0
    assert sandbox.ccm(*webhooks, "disable", "dev").code == 0
    added = ', quiet_hours: "22:00-07:00", enabled: false}   # the'
    assert file.read_text() == FILE.replace("}   # the", added)
    assert sandbox.ccm(*webhooks, "enable", "dev").code == 0
    assert sandbox.ccm(*webhooks, "edit", "dev", "--unset", "quiet_hours").code == 0
    assert file.read_text() == FILE.replace("}   # the", ", enabled: true}   # the")


def test_delete_takes_the_id_out_of_the_tasks(sandbox, file):
    delete = ("schedule", "webhooks", "delete", "dev")
    refused = sandbox.ccm(*delete)
    assert refused.code == 2
    assert "take it out of the tasks daily?" in refused.err
    assert sandbox.ccm(*delete, "--yes").code == 0
    assert hooks(file) == {}
    assert "notify: {webhooks: []}" in file.read_text()
    assert sandbox.ccm("validate").code == 0
