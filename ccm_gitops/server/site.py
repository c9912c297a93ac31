"""What the routes share: reading, starting runs, the loop, and the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import Config, Task, Webhook
from ccm_gitops.planning import RunOptions
from ccm_gitops.runtime import Runtime
from ccm_gitops.server.launch import Launcher
from ccm_gitops.server.loop import Loop
from ccm_gitops.server.shapes.tasks import Started
from ccm_gitops.server.snapshot import Reader, Snapshot
from ccm_gitops.state.store import Update


@dataclass
class Site:
    """One server's surroundings; `machine` is the runner that it is."""

    reader: Reader
    machine: str
    make_runtime: Callable[[Config], Runtime]
    now: Callable[[], datetime]
    launcher: Launcher = field(init=False)
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.launcher = Launcher(self.make_runtime, self.reader.forget)
        self.loop = Loop(self._look, self.now)

    def look(self) -> Snapshot:
        """What there is, at most a moment old."""
        return self.reader.look()

    def start(self, task: Task, config: Config, options: RunOptions) -> Started:
        """Start a task by hand; HTTPException 409 with the reason where it may not run now."""
        claimed = self.launcher.start(config, options)
        self.reader.forget()
        if task.id not in claimed.executions:
            raise HTTPException(409, f"{task.id}: {claimed.reasons.get(task.id, 'did not start')}")
        return Started(execution_id=claimed.executions[task.id], task_id=task.id)

    def audit(self, request: Request, action: str, target: str) -> None:
        """A line for the history: who did what to which task, webhook or project."""
        line: Mapping[str, Any] = {
            "kind": "audit",
            "started_at": format_instant(self.now()),
            "action": action,
            "target": target,
            "caller": f"api {request.client.host if request.client else 'unknown'}",
            "machine": self.machine,
        }
        self.reader.runtime().store.update(lambda state: Update(state, None, (line,)))

    def _look(self) -> None:
        runtime = self.reader.runtime()
        self.launcher.complete(runtime.config, RunOptions(machine=self.machine))


def find_task(config: Config, id: str) -> Task:
    """The task of that id; HTTPException 404 when there is none."""
    for task in config.tasks:
        if task.id == id:
            return task
    raise HTTPException(404, f"there is no task {id[:100]}")


def find_webhook(config: Config, id: str) -> Webhook:
    """The webhook of that id; HTTPException 404 when there is none."""
    for webhook in config.webhooks:
        if webhook.id == id:
            return webhook
    raise HTTPException(404, f"there is no webhook {id[:100]}")
