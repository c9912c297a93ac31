"""Custom tasks, and work that hangs, crashes or is interrupted, through the installed command."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.support.command import PROGRAM
from tests.support.sandbox import Sandbox

AT_MOST = 120  # seconds for what ends at once: only a machine that does much else takes long


def custom(*command: str, **config: Any) -> dict[str, Any]:
    return {
        "id": "check",
        "name": "Check",
        "type": "custom",
        "schedule": "manual",
        "config": {"command": list(command), **config},
    }


def is_running(pid: str) -> bool:
    """Is the process there, and more than a zombie that nobody has buried yet."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", pid.strip()], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in ("", "Z")


@pytest.fixture
def project(sandbox: Sandbox) -> Sandbox:
    (sandbox.root / "app").mkdir()
    return sandbox


def run_check(sandbox: Sandbox, task: dict[str, Any], **settings: Any) -> dict[str, Any]:
    sandbox.configure(projects=[{"path": "app"}], tasks=[task], settings=settings)
    ran = sandbox.ccm("schedule", "run", "check", "--json", TOKEN="s3cret-value")
    [execution] = ran.json["executions"]
    assert ran.code == (1 if execution["status"] == "failed" else 0)
    return dict(execution)


def test_placeholders_are_filled_and_doubled_braces_are_literal(project):
    task = custom("echo", "{project} {task} {{slot}} {slot}", "{project_path}")
    [result] = run_check(project, task)["result"]["projects"]
    output = f"app check {{slot}} 2026-01-19T09:00:00Z {project.root / 'app'}\n"
    assert result["details"]["output"] == output


def test_the_command_runs_in_the_project_with_its_own_variables(project):
    task = custom("sh", "-c", 'pwd; echo "$LEVEL"', env={"LEVEL": "strict"})
    [result] = run_check(project, task)["result"]["projects"]
    assert result["details"]["output"] == f"{project.root / 'app'}\nstrict\n"


def test_the_exit_code_decides_and_the_end_of_the_output_is_the_error(project):
    execution = run_check(project, custom("sh", "-c", "echo all is wrong >&2; exit 3"))
    assert execution["error"] == "app: sh exited with 3: all is wrong"


def test_a_secret_in_env_is_masked_in_what_is_kept(project):
    task = custom("sh", "-c", "echo $KEY; exit 1", env={"KEY": "${TOKEN}"})
    assert run_check(project, task)["error"].endswith("exited with 1: ***")
    assert "s3cret-value" not in str(project.history())


def test_what_webhooks_take_from_the_environment_is_masked_too(project):
    hook = {"id": "h", "name": "H", "type": "generic", "url": "${TOKEN}"}
    project.configure(projects=[{"path": "app"}], webhooks=[hook], tasks=[custom("env")])
    secrets = {"TOKEN": "https://h.example/s3cret-value", "GITHUB_TOKEN": "ghp_s3cret-value"}
    ran = project.ccm("schedule", "run", "check", "--json", **secrets)
    assert all(f"{name}=***" in ran.out for name in secrets)
    assert "s3cret-value" not in ran.out + str(project.history())


def test_a_program_with_a_slash_is_found_beside_the_configuration_never_in_the_project(project):
    for folder, word in ((project.root, "ours"), (project.root / "app", "theirs")):
        script = folder / "check.sh"
        script.write_text(f"#!/bin/sh\necho {word}\n")
        script.chmod(0o755)
    [ours] = run_check(project, custom("./check.sh"))["result"]["projects"]
    assert ours["details"]["output"] == "ours\n"
    [theirs] = run_check(project, custom("{project_path}/check.sh"))["result"]["projects"]
    assert theirs["details"]["output"] == "theirs\n"


def test_a_folder_name_cannot_break_out_of_a_shell_line(sandbox):
    (sandbox.root / "$(touch owned)").mkdir()
    task = custom("echo {project_path} | wc -l", shell=True)
    sandbox.configure(projects=[{"id": "app", "path": "$(touch owned)"}], tasks=[task])
    ran = sandbox.ccm("schedule", "run", "check", "--json")
    assert ran.json["executions"][0]["result"]["projects"][0]["details"]["output"].strip() == "1"
    assert not list(sandbox.root.rglob("owned"))


def test_a_command_that_hangs_is_gone_with_its_grandchildren_after_the_timeout(project):
    pids = project.root / "pids"
    script = f"sleep 600 & echo $! >> {pids}; echo $$ >> {pids}; wait"
    execution = run_check(project, custom("sh", "-c", script), task_timeout="1s")
    assert "did not end within 1 seconds" in execution["error"]
    assert not [pid for pid in pids.read_text().split() if is_running(pid)]


def test_what_fails_is_tried_again(project):
    script = "test -e tried || { touch tried; exit 1; }"
    execution = run_check(project, custom("sh", "-c", script), retry_attempts=1, retry_backoff="0s")
    assert (execution["status"], execution["attempts"]) == ("completed", 2)


def test_a_dry_run_does_not_run_the_command(project):
    project.configure(projects=[{"path": "app"}], tasks=[custom("touch", "ran")])
    ran = project.ccm("run", "--task", "check", "--force", "--dry-run", "--json")
    [result] = ran.json["executions"][0]["result"]["projects"]
    assert (ran.code, result["action"]) == (0, "would run")
    assert not list(project.root.rglob("ran"))


def test_binary_output_is_kept_readable(project):
    [result] = run_check(project, custom("printf", r"\377\376ok"))["result"]["projects"]
    assert result["details"]["output"].endswith("ok")


def start_hanging(project: Sandbox) -> subprocess.Popen[str]:
    """A run whose command hangs; its process id is in the file `started`."""
    script = f"echo $$ > {project.root}/started; sleep 600"
    task = {**custom("sh", "-c", script), "schedule": {"interval": "1d"}}
    project.configure(projects=[{"path": "app"}], tasks=[task])
    environ = {"PATH": os.environ["PATH"], "HOME": str(project.root), "CCM_MACHINE": "testbox"}
    runner = subprocess.Popen(
        [PROGRAM, "run"],
        cwd=project.root,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    started = project.root / "started"
    while not (started.exists() and started.read_text()):
        assert runner.poll() is None
        time.sleep(0.02)
    return runner


def assert_gone(project: Sandbox) -> None:
    deadline = time.monotonic() + AT_MOST
    while is_running((project.root / "started").read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_its_work_and_gives_the_slot_back(project, number):
    runner = start_hanging(project)
    runner.send_signal(number)
    _, said = runner.communicate(timeout=AT_MOST)
    assert runner.returncode in (130, 143)
    assert "Traceback" not in said
    claim = project.state["tasks"]["check"]["claim"]
    assert (claim["attempt"], claim["expires_at"]) == (1, claim["at"])
    assert_gone(project)


def test_a_killed_run_takes_its_work_with_it_and_leaves_a_claim(project):
    runner = start_hanging(project)
    runner.kill()
    runner.communicate(timeout=AT_MOST)
    assert project.state["tasks"]["check"]["claim"]["attempt"] == 1
    assert_gone(project)


def test_the_last_line_may_tell_figures(project):
    line = '{"issues_found": 3, "links": 41.5, "score": 900, "note": "x", "bad": 1e999}'
    execution = run_check(project, custom("sh", "-c", f"echo checked; echo '{line}'; echo"))
    [result] = execution["result"]["projects"]
    assert execution["issues_found"] == result["issues"] == 3
    assert result["details"]["metrics"] == {"issues_found": 3, "links": 41.5}
    assert result["score"] is None


@pytest.mark.parametrize("said", ["[1]", "{broken", "{}", "3", "", '{"issues_found": true}'])
def test_a_last_line_that_is_no_report_is_only_output(project, said):
    execution = run_check(project, custom("printf", "%s", said))
    assert execution["status"] == "completed"
    assert "metrics" not in execution["result"]["projects"][0]["details"]
    assert execution["issues_found"] == 0


def test_binary_and_endless_output_is_bounded(project):
    line = "head -c 300000 /dev/urandom; head -c 300000 /dev/urandom >&2"
    [result] = run_check(project, custom("sh", "-c", line))["result"]["projects"]
    assert len(result["details"]["output"]) <= 4_000
    assert len(project.history("execution")) == 1


@pytest.mark.parametrize(
    ("command", "tries"),
    [("no-such-command-here", 1), ("sh -c 'exit 127'", 1), ("sh -c 'exit 3'", 3)],
)
def test_only_what_may_pass_is_tried_again(project, command, tries):
    task = custom(*shlex.split(command))
    execution = run_check(project, task, retry_attempts=2, retry_backoff="0s")
    assert (execution["status"], execution["attempts"]) == ("failed", tries)


def test_one_project_that_fails_fails_alone_among_fifty(sandbox):
    folders = [f"app-{number}" for number in range(50)]
    for folder in folders:
        (sandbox.root / folder).mkdir()
    task = custom("sh", "-c", 'test "$0" != app-7', "{project}")
    sandbox.configure(projects=[{"path": folder} for folder in folders], tasks=[task])
    [execution] = sandbox.ccm("schedule", "run", "check", "--json").json["executions"]
    assert execution["projects_processed"] == 49
    failed = [item["id"] for item in execution["result"]["projects"] if item["error"]]
    assert failed == ["app-7"]


HUNGRY = "x = [bytearray(1 << 24) for _ in range(64)]"


@pytest.mark.parametrize(
    ("script", "error"),
    [
        # The worker of the unit, which is the parent of the command.
        ("kill -SEGV $PPID; sleep 9", "its worker process died (signal 11 (SIGSEGV))"),
        ("kill -SEGV $$", "sh was ended by signal 11 (SIGSEGV)"),
        (f"exec python3 -c '{HUNGRY}'", "MemoryError"),
        ("head -c 100000 /dev/urandom; exit 1", "sh exited with 1: "),
    ],
    ids=["worker crashes", "command crashes", "eats memory", "prints binary"],
)
def test_a_unit_that_goes_wrong_fails_itself_alone(sandbox, script, error):
    for name in ("bad", "good"):
        (sandbox.root / name).mkdir()
    task = custom("sh", "-c", f"[ {{project}} = good ] || {{{{ {script}; }}}}")
    sandbox.configure(
        projects=[{"path": "bad"}, {"path": "good"}],
        tasks=[task],
        settings={"memory_limit": "256MiB"},
    )
    ran = sandbox.ccm("schedule", "run", "check", "--json")
    [bad, good] = ran.json["executions"][0]["result"]["projects"]
    assert (ran.code, good["action"], good["error"]) == (1, "ran", None)
    assert error in bad["error"]
