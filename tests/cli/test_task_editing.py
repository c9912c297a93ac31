"""`schedule show|create|edit|enable|disable|delete|quick` through the installed command."""

from __future__ import annotations

import pytest

from ccm_gitops.cli.task_fields import changes_of, removals
from ccm_gitops.config import edit
from ccm_gitops.config.emit import inline
from ccm_gitops.config.quick import PRESETS
from ccm_gitops.config.yaml_core import read_yaml
from tests.support.repos import git, make_repo
from tests.support.terminal import in_terminal

SCORE = {"metric": "optimization_score", "operator": "lt"}
FILE = """\
version: 1
webhooks:
  - {id: dev, type: slack, url: "${SLACK}"}
tasks:
  # Each morning.
  - id: daily
    type: analyze
    schedule: {cron: "0 9 * * *"}   # at nine
  - id: tidy
    type: optimize
    schedule: {interval: 7d}
    needs: [daily]
"""


@pytest.fixture
def file(sandbox):
    path = sandbox.root / "schedules.yaml"
    path.write_text(FILE)
    return path


def tasks(file):
    return {task["id"]: task for task in read_yaml(file.read_bytes(), file)[0].data["tasks"]}


def test_create_adds_what_the_flags_say(sandbox, file):
    ran = sandbox.ccm(
        *("schedule", "create", "--type", "optimize", "--name", "Score guard!", "--score", "60"),
        *("--cooldown", "1d", "--strategy", "conservative", "--auto-apply", "500", "--no-dry-run"),
        *("--webhook", "dev", "--needs", "daily", "--publish", "direct", "--disabled"),
        *("--set", "notify.repeat_after=2d"),
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "schedules.yaml: Add task score-guard\n"
    assert file.read_text().startswith(FILE)
    assert tasks(file)["score-guard"] == {
        "id": "score-guard",
        "name": "Score guard!",
        "type": "optimize",
        "schedule": {
            "threshold": {
                "metric": "optimization_score",
                "operator": "lt",
                "value": 60,
                "cooldown": "1d",
            }
        },
        "enabled": False,
        "config": {
            "strategy": "conservative",
            "dry_run": False,
            "auto_apply": {"min_tokens_saved": 500},
        },
        "notify": {"webhooks": ["dev"], "repeat_after": "2d"},
        "publish": {"mode": "direct"},
        "needs": ["daily"],
    }


def test_create_without_a_terminal_tells_all_that_is_missing(sandbox, file):
    ran = sandbox.ccm("schedule", "create")
    assert ran.code == 2
    assert ran.err == (
        "ccm-gitops: missing: --name (or --id); --type (analyze, optimize, health_check or "
        "custom); one of --cron, --interval, --score, --metric and --manual\n"
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--cron", "0 25 * * *"], "schedules.yaml: tasks[2].schedule.cron: "),
        (["--cron", "0 9 * * *", "--manual"], "give one of --cron and --manual"),
        (["--manual", "--cooldown", "1d"], "--cooldown goes with --score and --metric"),
        (["--metric", "token_count"], "--metric needs --operator and --value"),
        (["--manual", "--webhook", "dve"], "unknown webhook 'dve'"),
        (["--manual", "--set", "x"], "write it as key=value"),
        (["--manual", "--id", "daily"], "there is a task 'daily' already"),
    ],
)
def test_a_wrong_flag_writes_nothing(sandbox, file, flags, message):
    ran = sandbox.ccm("schedule", "create", "--type", "analyze", "--name", "A", *flags)
    assert ran.code == 2
    assert message in ran.err
    assert file.read_text() == FILE


def test_what_was_wrong_before_is_told_with_its_place(sandbox, file):
    file.write_text(FILE.replace("type: optimize", "type: optimise"))
    ran = sandbox.ccm("schedule", "disable", "daily")
    assert ran.code == 2
    assert ran.err.startswith("schedules.yaml:10:11: tasks[1].type: must be analyze")


def test_edit_changes_one_line(sandbox, file):
    ran = sandbox.ccm("schedule", "edit", "daily", "--cron", "30 7 * * 1-5")
    assert ran.code == 0
    assert file.read_text() == FILE.replace(
        '{cron: "0 9 * * *"}   # at', '{cron: "30 7 * * 1-5"}   # at'
    )


@pytest.mark.parametrize(
    ("known", "flags", "after"),
    [
        pytest.param(
            {"cron": "0 9 * * *", "jitter": "5m"},
            {"cron": "0 7 * * *"},
            {"cron": "0 7 * * *", "jitter": "5m"},
            id="a time keeps what spreads it",
        ),
        pytest.param(
            {"threshold": {**SCORE, "value": 60, "cooldown": "1d", "rearm": 70}},
            {"score": 50},
            {"threshold": {**SCORE, "value": 50, "cooldown": "1d", "rearm": 70}},
            id="a score keeps its cooldown",
        ),
        pytest.param(
            {"threshold": {**SCORE, "value": 60, "cooldown": "1d", "rearm": 70}},
            {"metric": "token_count", "operator": "gt", "value": 4000.0},
            {
                "threshold": {
                    "metric": "token_count",
                    "operator": "gt",
                    "value": 4000,
                    "cooldown": "1d",
                }
            },
            id="what armed the old metric does not arm a new one",
        ),
        pytest.param(
            {"cron": "0 9 * * *", "jitter": "5m"},
            {"interval": "7d"},
            {"interval": "7d"},
            id="another kind is another schedule",
        ),
        pytest.param(
            [{"cron": "0 9 * * *", "jitter": "5m"}, {"on": {"changed": ["CLAUDE.md"]}}],
            {"cron": "0 7 * * *", "day_match": "all"},
            [
                {"cron": "0 7 * * *", "jitter": "5m", "day_match": "all"},
                {"on": {"changed": ["CLAUDE.md"]}},
            ],
            id="of several the one of this kind",
        ),
        pytest.param(
            [{"interval": "7d"}, {"threshold": {**SCORE, "value": 60}}],
            {"cooldown": "2d"},
            [{"interval": "7d"}, {"threshold": {**SCORE, "value": 60, "cooldown": "2d"}}],
            id="a part of the one that has it",
        ),
        pytest.param(
            [{"interval": "7d"}, {"cron": "0 9 * * *"}],
            {"manual": True},
            "manual",
            id="by hand only is neither",
        ),
        pytest.param(
            [{"cron": "0 9 * * *"}, {"cron": "0 17 * * *"}],
            {"sets": ("schedule.1.cron='0 18 * * *'", "schedule.2={interval: 7d}")},
            [{"cron": "0 9 * * *"}, {"cron": "0 18 * * *"}, {"interval": "7d"}],
            id="the one that is named by its number, and one more",
        ),
        pytest.param(
            [{"cron": "0 9 * * *"}],
            {"sets": ("schedule.1.cron='0 18 * * *'",)},
            [{"cron": "0 9 * * *"}, {"cron": "0 18 * * *"}],
            id="one more by its key",
        ),
        pytest.param(
            [{"cron": "0 9 * * *"}, {"interval": "7d"}, {"cron": "0 17 * * *"}],
            {"unset": ("schedule.0", "schedule.1")},
            [{"cron": "0 17 * * *"}],
            id="two taken out by the numbers that they had",
        ),
    ],
)
def test_an_edit_of_a_schedule_leaves_the_others_and_the_rest_of_it(known, flags, after):
    text = f"tasks:\n  - id: a\n    type: analyze\n    schedule: {inline(known)}\n"
    changes = changes_of(flags, known) | removals(flags.get("unset", ()))
    assert edit.entry(edit.change(text, "tasks", "a", changes), "tasks", "a")["schedule"] == after


def test_of_several_schedules_of_a_kind_the_one_must_be_named(sandbox, file):
    several = "[{cron: 0 9 * * *}, {cron: 0 17 * * *}, {interval: 7d}]"
    file.write_text(FILE.replace('{cron: "0 9 * * *"}', several))
    ran = sandbox.ccm("schedule", "edit", "daily", "--cron", "30 7 * * 1-5")
    assert (ran.code, ran.err) == (
        2,
        "ccm-gitops: the task has 2 schedules of the kind cron; give --set 'schedule.0.cron=…' for "
        """"0 9 * * *", --set 'schedule.1.cron=…' for "0 17 * * *", or --set 'schedule=[…]' for """
        "a new list\n",
    )
    ran = sandbox.ccm("schedule", "edit", "daily", "--score", "60")
    assert (
        "none of the task's schedules is of the kind threshold; give --set 'schedule.3=" in ran.err
    )
    assert sandbox.ccm("schedule", "edit", "daily", "--set", "schedule.4.cron=x").code == 2
    assert file.read_text() == FILE.replace('{cron: "0 9 * * *"}', several)


def test_edit_takes_a_key_out_and_tells_an_unknown_task(sandbox, file):
    assert sandbox.ccm("schedule", "edit", "tidy", "--unset", "needs").code == 0
    assert "needs" not in tasks(file)["tidy"]
    ran = sandbox.ccm("schedule", "edit", "tiddy", "--manual")
    assert (ran.code, ran.err) == (
        2,
        "ccm-gitops: there is no task 'tiddy' (did you mean 'tidy'?)\n",
    )


def test_disable_and_enable(sandbox, file):
    assert sandbox.ccm("schedule", "disable", "daily").code == 0
    assert tasks(file)["daily"]["enabled"] is False
    assert sandbox.ccm("schedule", "enable", "daily").code == 0
    assert tasks(file)["daily"]["enabled"] is True
    again = sandbox.ccm("schedule", "enable", "daily")
    assert (again.code, again.out) == (0, "schedules.yaml: nothing to change\n")


def test_delete_asks_and_takes_the_id_out_of_the_needs(sandbox, file):
    refused = sandbox.ccm("schedule", "delete", "daily")
    assert refused.code == 2
    assert "take it out of the needs of tidy? Without a terminal" in refused.err
    assert file.read_text() == FILE
    assert sandbox.ccm("schedule", "delete", "daily", "--yes").code == 0
    assert list(tasks(file)) == ["tidy"]
    assert tasks(file)["tidy"]["needs"] == []


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_quick_adds_the_preset(sandbox, file, name):
    ran = sandbox.ccm("schedule", "quick", name)
    assert ran.code == 0
    assert "nobody is told of it" in ran.err
    assert tasks(file)[name] == PRESETS[name]
    assert sandbox.ccm("validate").code == 0


def test_quick_takes_a_score_and_a_webhook(sandbox, file):
    quick = ("schedule", "quick", "threshold-alert", "--score", "50", "--webhook", "dev")
    ran = sandbox.ccm(*quick)
    assert (ran.code, ran.err) == (0, "")
    task = tasks(file)["threshold-alert"]
    assert task["schedule"]["threshold"]["value"] == 50
    assert task["notify"]["webhooks"] == ["dev"]
    assert "there is a task 'threshold-alert' already" in sandbox.ccm(*quick).err


def test_show_tells_what_the_file_says_and_when_it_runs(sandbox, file):
    shown = sandbox.ccm("schedule", "show", "tidy", "--json").json
    assert shown["needs"] == ["daily"]
    assert shown["next_run_at"] == "2026-01-19T09:00:00Z"
    assert "needs: daily\n" in sandbox.ccm("schedule", "show", "tidy").out


def test_commit_commits_the_file(sandbox, file):
    make_repo(sandbox.root, {"README.md": b"x\n"})
    author = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@example.com"}
    committer = {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@example.com"}
    ran = sandbox.ccm("schedule", "disable", "daily", "--commit", **author, **committer)
    id = git(sandbox.root, "rev-parse", "--short", "HEAD")
    assert ran.out == f"schedules.yaml: Disable task daily ({id})\n"
    assert git(sandbox.root, "log", "-1", "--format=%s") == "Disable task daily"


def test_create_asks_on_a_terminal(sandbox, file):
    code, screen = in_terminal(
        *("schedule", "create"),
        cwd=sandbox.root,
        answers=[
            ("Name", "Weekly look"),
            ("What is done", "analyze"),
            ("When", "cron"),
            ("weekday", "0 25 * * *"),
            ("weekday", "0 8 * * 1"),
            ("Is that right?", "y"),
            ("Webhooks", "dve"),
            ("Webhooks", "dev"),
        ],
        env={"CCM_NOW": "2026-01-19T09:00:00Z"},
    )
    assert code == 0, screen
    assert "At 08:00, on Monday, UTC; next\n    Mon 2026-01-26 08:00\n    Mon 2026-02-02" in screen
    assert "there is no dve" in screen
    assert "next run in 7 days; try it: ccm-gitops run --task weekly-look --force" in screen
    assert tasks(file)["weekly-look"] == {
        "id": "weekly-look",
        "name": "Weekly look",
        "type": "analyze",
        "schedule": {"cron": "0 8 * * 1"},
        "notify": {"webhooks": ["dev"]},
    }
