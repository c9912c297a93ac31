"""Messages through killed runners and a receiver that misbehaves: all arrive, in order."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ccm_gitops.announce import with_messages
from ccm_gitops.cli.common import open_store
from ccm_gitops.config.load import load_config
from ccm_gitops.config.model import Config
from ccm_gitops.execution import Execution
from ccm_gitops.state.store import Update
from tests.support.command import PROGRAM
from tests.support.receiver import Answer, Received, Receiver
from tests.support.sandbox import Sandbox

START = datetime(2026, 1, 19, 9, tzinfo=UTC)
TOKEN = "T0PS3CRET"
HANG = Answer(delay=60)


@dataclass
class Platform:
    """A receiver that misbehaves now and then, and remembers what it took."""

    troubles: Callable[[], Answer | None]
    taken: dict[str, list[str]] = field(default_factory=dict)
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Received) -> Answer:
        with self._lock:
            self.requests += 1
            trouble = self.troubles()
            if trouble and not trouble.drip:
                return trouble
            hook = request.path.split("/")[1]
            self.taken.setdefault(hook, []).append(request.headers["webhook-id"])
            return trouble or Answer()


@dataclass
class Rig:
    """Executions become messages in the state; runners send them, and some are killed."""

    sandbox: Sandbox
    url: str
    config: Config
    at: datetime = START
    made: list[str] = field(default_factory=list)
    output: str = ""
    killed: list[bool] = field(default_factory=list)

    def produce(self, count: int) -> None:
        """Record so many executions with a message each, as a run does."""
        executions = [self._execution(len(self.made) + number) for number in range(count)]
        self.made += [execution.id for execution in executions]
        open_store(self.config).update(
            lambda state: Update(with_messages(state, self.config, executions, self.at), None)
        )

    def run(self, kill: Callable[[], bool] = lambda: False) -> None:
        """Start a runner an hour later, and end it by SIGKILL when `kill` says so."""
        self.at += timedelta(hours=1)
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.sandbox.root),
            "CCM_MACHINE": "testbox",
            "CCM_NOW": self.at.isoformat(),
            "HOOK": f"{self.url}/",
            "TOKEN": TOKEN,
        }
        with subprocess.Popen(
            [PROGRAM, "run"],
            cwd=self.sandbox.root,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            while process.poll() is None and not kill():
                time.sleep(0.01)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            self.output += process.communicate()[0].decode()
        self.killed.append(process.returncode == -signal.SIGKILL)

    def waiting(self) -> Counter[str]:
        """How many messages are in the state, by what became of them."""
        return Counter(entry["state"] for entry in self.sandbox.state.get("outbox", []))

    def _execution(self, number: int) -> Execution:
        return Execution(
            id=f"look-{number}",
            task_id="look",
            task_name="Look",
            task_type="custom",
            machine="testbox",
            trigger="manual",
            status="failed",
            started_at=self.at,
            completed_at=self.at,
            error=f"number {number}",
        )


def rig(sandbox: Sandbox, url: str, hooks: int) -> Rig:
    """Some webhooks of one receiver, each told of every failure of one task."""
    names = [f"hook-{number}" for number in range(hooks)]
    webhooks = [
        {
            "id": name,
            "type": "generic",
            "url": f"${{HOOK}}{name}/${{TOKEN}}",
            "allow_private": True,
            "events": ["task_failed"],
        }
        for name in names
    ]
    task = {"id": "look", "type": "custom", "schedule": "manual", "config": {"command": ["true"]}}
    path = sandbox.configure(webhooks=webhooks, tasks=[{**task, "notify": {"webhooks": names}}])
    return Rig(sandbox, url, load_config(path, home=Path("/nowhere")).config)


def after(platform: Platform, requests: int) -> Callable[[], bool]:
    """True once so many more requests have come."""
    goal = platform.requests + requests
    return lambda: platform.requests >= goal


def assert_all_arrived_in_order(platform: Platform, made: int, hooks: int) -> int:
    """Every message at every webhook, in the order of the events; how many came twice."""
    first = {hook: list(dict.fromkeys(ids)) for hook, ids in platform.taken.items()}
    assert len(first) == hooks
    assert all(len(ids) == made for ids in first.values())
    orders = set(map(tuple, first.values()))
    assert len(orders) == 1  # all webhooks saw one order, that of the events
    return sum(len(ids) for ids in platform.taken.values()) - made * hooks


def assert_nothing_shows(sandbox: Sandbox, output: str) -> None:
    files = [path for path in sandbox.root.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []
    assert TOKEN not in output


def test_hundreds_of_messages_survive_killed_runners_and_a_receiver_that_misbehaves(sandbox):
    script = {
        30: Answer(429, {"Retry-After": "0.35"}, b'{"retry_after": 0.35}'),
        75: Answer(503, body=b"try later"),
        120: Answer(reset=True),
        150: Answer(drip=0.01, drip_head=True),
        170: HANG,
        230: Answer(500),
        300: Answer(429, {"Retry-After": "0.05"}),
    }
    count = itertools.count()
    platform = Platform(lambda: script.get(next(count)))
    with Receiver(platform) as receiver:
        bench = rig(sandbox, receiver.url, hooks=3)
        bench.produce(40)
        bench.run(kill=after(platform, 25))
        bench.produce(60)
        for requests in (60, 90, 20):
            bench.run(kill=after(platform, requests))
        for _ in range(4):
            bench.run()
    again = assert_all_arrived_in_order(platform, made=100, hooks=3)
    assert again <= 4 * 23  # by each kill: what was not saved yet, and what was under way
    assert bench.killed == [*[True] * 4, *[False] * 4]
    assert bench.waiting() == {}
    assert_nothing_shows(sandbox, bench.output)
