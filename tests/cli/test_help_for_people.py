"""What helps a person: explanations, completion, what was meant, and where in the file."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.command import PROGRAM

FILE = """\
version: 1
settings: {timezone: Europe/Berlin, retry_attempts: 0}
projects: [{path: storefront}]
webhooks:
  - {id: dev-alerts, type: slack, url: "${SLACK}"}
tasks:
  - {id: early, type: analyze, schedule: {cron: "30 2 * * *"}}
  - id: guard
    type: analyze
    schedule: {threshold: {metric: optimization_score, operator: lt, value: 99}}
"""


@pytest.fixture
def place(sandbox):
    sandbox.demo_repo("storefront")
    (sandbox.root / "schedules.yaml").write_text(FILE)
    return sandbox


def test_explain_tells_the_next_slots_and_what_the_clocks_do(place):
    ran = place.ccm("explain", "early", now="2026-03-28T09:00:00Z")
    assert ran.code == 0
    assert ran.out.splitlines()[:5] == [
        "early: Every day at 02:30, Europe/Berlin",
        "not due: next at 2026-03-29T01:00:00Z",
        "next, in UTC and in Europe/Berlin:",
        "  2026-03-29T01:00:00Z  Sun 2026-03-29 03:00  "
        "(the clocks go forward before this: CET to CEST)",
        "  2026-03-30T00:30:00Z  Mon 2026-03-30 02:30",
    ]
    assert len(ran.out.splitlines()) == 8


def test_explain_tells_what_a_threshold_sees(place):
    document = place.ccm("explain", "guard", "--json").json
    assert (document["due"], document["why"], document["slots"]) == (True, "threshold", [])
    seen = document["threshold"]["projects"]["storefront"]
    assert seen["holds"] is True
    assert f"storefront: optimization_score is {seen['value']}; lt 99 holds" in (
        place.ccm("explain", "guard").out
    )


def test_an_execution_is_shown_and_done_again(place):
    assert place.ccm("schedule", "run", "early").code == 0
    (first,) = place.ccm("schedule", "history", "--json").json
    executions = ("schedule", "executions")
    assert place.ccm(*executions, "show", first["id"], "--json").json == first
    assert "task id: early\n" in place.ccm(*executions, "show", first["id"]).out
    refused = place.ccm(*executions, "retry", first["id"])
    assert (refused.code, "Run the task early again" in refused.err) == (2, True)
    again = place.ccm(*executions, "retry", first["id"], "--yes", "--json")
    assert again.code == 0
    assert again.json["executions"][0]["trigger"] == "manual"
    unknown = place.ccm(*executions, "show", "nothing-like-it")
    assert (unknown.code, "`schedule history --json` lists them" in unknown.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["scedule"], "no command 'scedule' (did you mean 'schedule'?)"),
        (["schedule", "enabel"], "no command 'enabel' (did you mean 'enable'?)"),
        (["schedule", "webhooks", "tset"], "no command 'tset' (did you mean 'test'?)"),
        (["explain", "erly"], "no task 'erly' (did you mean 'early'?)"),
    ],
)
def test_a_mistyped_word_is_answered_with_what_was_meant(place, words, meant):
    ran = place.ccm(*words)
    assert ran.code == 2
    assert f"there is {meant}" in ran.err


def test_an_option_before_its_command_is_told_where_it_stands(place):
    ran = place.ccm("-c", "schedules.yaml", "plan")
    assert ran.code == 2
    assert "there is no option -c here; those of a command follow its name" in ran.err


def test_a_wrong_configuration_shows_the_line_and_the_place(place):
    path = place.root / "schedules.yaml"
    path.write_text(FILE.replace('"30 2 * * *"', '"30 2 * *"').replace("type: slack", "type: slak"))
    for command in ("run", "validate"):
        ran = place.ccm(command)
        assert ran.code == 2
        lines = ran.err.splitlines()
        assert lines[0].startswith("schedules.yaml:5:28: webhooks[0].type: must be slack, discord")
        # The line of the webhook holds an address, and stays unseen.
        assert lines[1].startswith("schedules.yaml:7:49: tasks[0].schedule.cron: '30 2 * *' has 4")
        assert lines[2].index('"30 2') == lines[3].index("^")
        assert len(lines) == 4


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ccm-gitops expl", ["explain"]),
        ("ccm-gitops explain ", ["early", "guard"]),
        ("ccm-gitops schedule run gu", ["guard"]),
        ("ccm-gitops schedule webhooks test ", ["dev-alerts"]),
        ("ccm-gitops schedule edit early --webhook ", ["dev-alerts"]),
        ("ccm-gitops schedule create --project ", ["storefront"]),
        ("ccm-gitops schedule edit early --strat", ["--strategy"]),
    ],
)
def test_bash_completes_commands_flags_and_ids(place, line, expected):
    """The generated script, in a bash that is really run."""
    words = line.split(" ")
    array = " ".join(f"'{word}'" for word in words)
    script = (
        f'eval "$(ccm-gitops completion bash)"\nCOMP_WORDS=({array})\n'
        f"COMP_CWORD={len(words) - 1}\n_ccm_gitops_completion ccm-gitops\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    environ = {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(place.root)}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=place.root,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.split(), done.stderr) == (expected, "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_a_script(place, shell):
    ran = place.ccm("completion", shell)
    assert ran.code == 0
    assert f"_CCM_GITOPS_COMPLETE={shell}_complete" in ran.out


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ccm-gitops val", ["validate\tCheck the configuration; every problem is shown."]),
        (
            "ccm-gitops ins",
            ["install\tHave the runner started on schedule: cron, systemd, GitHub Actions."],
        ),
        ("ccm-gitops explain e", ["early"]),
        ("ccm-gitops validate sch", ["schedules.yaml"]),
    ],
)
def test_fish_completes_commands_ids_and_files(place, line, expected):
    """The generated script, in a fish that is really run."""
    script = f"ccm-gitops completion fish | source; complete -C '{line}'"
    environ = {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(place.root)}
    done = subprocess.run(
        ["fish", "-c", script],
        cwd=place.root,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == expected


def test_completion_is_silent_where_the_file_is_broken(place):
    Path(place.root / "schedules.yaml").write_text("version: [")
    ran = place.ccm(
        _CCM_GITOPS_COMPLETE="bash_complete", COMP_WORDS="ccm-gitops explain ", COMP_CWORD="2"
    )
    assert (ran.out.strip(), ran.err) == ("", "")


@pytest.mark.parametrize("words", [["plan"], ["schedule", "list"], ["rules", "list"], ["run"]])
def test_every_command_takes_the_common_options(place, words):
    assert place.ccm(*words, "--no-color", "-q", "-v").code == 0


def test_quiet_leaves_warnings_out_and_verbose_tells_the_file(place):
    path = place.root / "schedules.yaml"
    path.write_text(FILE.replace('"${SLACK}"', '"https://hooks.example.com/x"'))
    assert "warning: schedules.yaml:5" in place.ccm("plan").err
    assert place.ccm("plan", "-q").err == ""
    for acts in (["run"], ["validate"], ["doctor"]):
        ran = place.ccm(*acts)
        assert "schedules.yaml:5" in ran.out + ran.err
    for reads in (["list"], ["history"], ["status"], ["webhooks", "list"]):
        assert place.ccm("schedule", *reads).err == ""
    assert place.ccm("run", "--quiet").err == ""
    assert "configuration: schedules.yaml" in place.ccm("plan", "-v").err
