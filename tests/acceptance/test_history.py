"""The history of a run: every kind of line, on whose account, and a chain that cannot be mended."""

from __future__ import annotations

import pytest

from tests.support.receiver import Receiver
from tests.support.repos import git
from tests.support.sandbox import Sandbox

NINE, TEN = "2026-01-19T09:00:00Z", "2026-01-19T10:00:00Z"


@pytest.fixture
def eventful(sandbox: Sandbox) -> Sandbox:
    """An hour in which slots were missed, work was tried again, a change left and was told."""
    sandbox.demo_repo("payments-api")
    every = {"cron": "*/10 * * * *"}
    tidy = {"id": "tidy", "type": "optimize", "schedule": every}
    flaky = {
        "id": "flaky",
        "type": "custom",
        "schedule": every,
        "config": {"command": ["sh", "-c", "echo not yet; exit 1"]},
        "notify": {"webhooks": ["hook"]},
    }
    hook = {"id": "hook", "type": "generic", "url": "${HOOK}", "allow_private": True}
    file = sandbox.configure(
        projects=[{"path": "payments-api"}],
        webhooks=[hook],
        tasks=[tidy, flaky],
        settings={"retry_attempts": 1, "retry_backoff": "0s"},
    )
    git(sandbox.root, "init", "--quiet")
    git(sandbox.root, "add", file.name)
    git(sandbox.root, "commit", "--quiet", "--message", "Tasks")
    with Receiver() as receiver:
        sandbox.ccm("run", now=NINE, HOOK=receiver.url)
        sandbox.ccm("run", now=TEN, HOOK=receiver.url, USER="ada")
    return sandbox


def test_everything_that_happened_is_written_down_and_the_chain_tells_what_was_changed(eventful):
    kinds = [line["kind"] for line in eventful.history()]
    assert sorted(kinds) == sorted(
        [*(["claim", "coalesced", "execution"] * 2), "publish", "retry", "notification"]
    )
    claim = eventful.history("claim")[0]
    assert (claim["user"], claim["via"], claim["attempt"]) == ("ada", "background", 1)
    assert claim["config"]["commit"] == git(eventful.root, "rev-parse", "HEAD")
    missed = eventful.history("coalesced")[0]
    assert (missed["slots"], missed["first"], missed["last"]) == (
        5,
        "2026-01-19T09:10:00Z",
        "2026-01-19T09:50:00Z",
    )
    [retry] = eventful.history("retry")
    assert (retry["attempts"], retry["errors"]) == (2, ["sh exited with 1: not yet"])
    [publish] = eventful.history("publish")
    assert publish["branch"] == "ccm/tidy"

    whole = eventful.ccm("doctor", now=TEN)
    assert "history" in whole.out
    assert "9 lines, none changed or removed" in whole.out
    table = eventful.ccm("schedule", "history", "--all", "--project", "payments-api").out
    assert "payments-api: 2 tries; sh exited with 1: not yet" in table
    file = eventful.root / ".ccm" / "history" / "2026-01.jsonl"
    file.write_text(file.read_text().replace('"attempts": 2, "errors"', '"attempts": 3, "errors"'))
    broken = eventful.ccm("doctor", now=TEN)
    line = 1 + next(n for n, text in enumerate(kinds, 1) if text == "retry")
    assert broken.code == 1
    assert f"its chain breaks before history/2026-01.jsonl:{line}" in broken.out
