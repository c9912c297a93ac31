"""`serve --run`, and how `serve` begins."""

from __future__ import annotations

import time

from tests.support.served import served


def test_the_loop_runs_what_is_due_once(sandbox):
    sandbox.demo_repo("payments-api")
    sandbox.configure(
        projects=[{"id": "api", "path": "payments-api"}],
        tasks=[{"id": "often", "type": "analyze", "schedule": {"interval": "1d"}}],
    )
    with served(sandbox.root, "--run", "every 1s") as running:
        deadline = time.monotonic() + 20
        while not (found := running.get("/api/scheduler/executions", status="completed"))["total"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert sandbox.ccm("run", "--json", now=None).json["due"] == []
        assert running.get("/api/scheduler/status")["loop"]["running"] is True
    assert [item["triggerType"] for item in found["executions"]] == ["scheduled"]


def test_a_pause_that_makes_no_sense_is_refused(sandbox):
    sandbox.configure()
    ran = sandbox.ccm("serve", "--run", "often")
    assert ran.code == 2
    assert "--run" in ran.err
