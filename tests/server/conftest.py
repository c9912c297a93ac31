"""Servers that the tests of all modules share: the start of one takes a second."""

from __future__ import annotations

import pytest

from tests.support.receiver import Receiver
from tests.support.sandbox import Sandbox
from tests.support.served import served


@pytest.fixture(scope="session")
def receiver():
    """Takes what webhooks send."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def place(tmp_path_factory, receiver):
    """Two projects, four tasks, two webhooks."""
    sandbox = Sandbox(tmp_path_factory.mktemp("served"))
    for name in ("payments-api", "report-cli"):
        sandbox.demo_repo(name)
    sandbox.configure(
        projects=[
            {"id": "payments-api", "path": "payments-api"},
            {"id": "docs", "path": "report-cli"},
        ],
        webhooks=[
            {
                "id": "local",
                "name": "Local n8n",
                "type": "generic",
                "url": f"{receiver.url}/hook-secret",
                "allow_private": True,
            },
            {"id": "alerts", "type": "slack", "url": "${SLACK_URL}", "enabled": False},
        ],
        tasks=[
            {
                "id": "daily",
                "name": "Daily Analysis",
                "type": "analyze",
                "schedule": {"cron": "0 9 * * *"},
                "notify": {"webhooks": ["local"]},
            },
            {
                "id": "guard",
                "type": "optimize",
                "schedule": {
                    "threshold": {"metric": "optimization_score", "operator": "lt", "value": 1}
                },
                "projects": ["payments-api"],
                "config": {"strategy": "moderate", "auto_apply": {"min_tokens_saved": 5000}},
            },
            {
                "id": "weekly",
                "type": "health_check",
                "schedule": {"interval": "7d"},
                "enabled": False,
            },
            {
                "id": "broken",
                "type": "custom",
                "schedule": "manual",
                "config": {"command": ["false"], "env": {"KEY": "literal", "REF": "${REF}"}},
            },
        ],
    )
    return sandbox


@pytest.fixture(scope="session")
def server(place):
    """The server."""
    with served(place.root) as running:
        yield running


@pytest.fixture(scope="session")
def exposed(place):
    """One that others than this machine can reach."""
    with served(place.root, "--host", "0.0.0.0") as running:
        yield running
