"""`ccm-gitops serve` as a process of its own, and a client for it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.command import PROGRAM

TOKEN = "correct-horse-battery"


@dataclass
class Served:
    """A running server; `client` has the token, `anyone` has none."""

    port: int
    client: httpx.Client
    anyone: httpx.Client

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that succeeds."""
        answer = self.anyone.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def until_over(self, execution: str) -> dict[str, Any]:
        """Wait until an execution has ended, and give it."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found: dict[str, Any] = self.get(f"/api/scheduler/executions/{execution}")
            if found["status"] != "running":
                return found
            time.sleep(0.05)
        raise AssertionError(f"{execution} did not end")


@contextlib.contextmanager
def served(root: Path, *arguments: str) -> Iterator[Served]:
    """Serve the configuration of a folder on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(root),
        "CCM_MACHINE": "testbox",
        "CCM_TOKEN": TOKEN,
    }
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", str(port), *arguments],
        cwd=root,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    headers = {"authorization": f"Bearer {TOKEN}"}
    try:
        with (
            httpx.Client(base_url=url, headers=headers, timeout=30) as client,
            httpx.Client(base_url=url, timeout=30) as anyone,
        ):
            _wait(anyone, process)
            yield Served(port, client, anyone)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=20)
        assert "Traceback" not in errors, errors


def _wait(client: httpx.Client, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            client.get("/api/context/rules")
            return
        time.sleep(0.05)
    raise AssertionError("the server did not begin")
