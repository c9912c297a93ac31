"""What the routes share: reading, starting runs, the loop, and the audit."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request
from starlette.exceptions import HTTPException

from ccm_gitops import audit
from ccm_gitops.config.model import Config, Task, Webhook
from ccm_gitops.config.save import read_source, save
from ccm_gitops.errors import ConfigError
from ccm_gitops.gitrepo.own import commit_file
from ccm_gitops.plan import RunOptions
from ccm_gitops.runtime import Runtime
from ccm_gitops.server.launch import Launcher
from ccm_gitops.server.loop import Loop
from ccm_gitops.server.problems import EditRefused
from ccm_gitops.server.shapes.tasks import Started
from ccm_gitops.server.snapshot import Reader, Snapshot
from ccm_gitops.state.store import Update

T = TypeVar("T")


@dataclass
class Site:
    """One server's surroundings; `machine` is the runner that it is.

    `commits`: each edit of the configuration is committed. `remember` puts a variable into the
    environment of this process and its runs.
    """

    reader: Reader
    machine: str
    make_runtime: Callable[[Config], Runtime]
    now: Callable[[], datetime]
    remember: Callable[[str, str], None]
    commits: bool = False
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(16), init=False)
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

    def edit(self, request: Request, done: str, change: Callable[[str], str]) -> Config:
        """Change the configuration's text, check it, write it, commit it where that is asked for.

        Raises EditRefused when the new text would be wrong, UsageError when the file changed
        meanwhile or cannot be changed so.
        """
        self.reader.runtime()  # a file that is wrong already is said to be so
        source = read_source(self.reader.path)
        try:
            loaded = save(source, change(source.text), home=self.reader.home)
        except ConfigError as error:
            raise EditRefused(error.problems) from error
        finally:
            self.reader.forget()
        if self.commits:
            commit_file(source.path, done)
        action, _, target = done.partition(" ")
        self.audit(request, action.lower(), target)
        return loaded.config

    def tag(self, model: Task | Webhook) -> str:
        """An entity tag of what the file says of a task or a webhook; a secret cannot be guessed
        from it.
        """
        text = json.dumps(asdict(model), default=_plain, sort_keys=True)
        return f'"{hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]}"'

    def require(self, request: Request, model: Task | Webhook) -> None:
        """HTTPException 412 where `If-Match` names another version than the file has."""
        wanted = request.headers.get("if-match")
        if wanted is None or wanted.strip() == "*":
            return
        if self.tag(model) not in [tag.strip() for tag in wanted.split(",")]:
            raise HTTPException(412, f"{model.id} was changed on disk meanwhile; look at it again")

    def audit(self, request: Request, action: str, target: str) -> None:
        """A line for the history: who did what to which task, webhook or project."""
        caller = f"api {request.client.host if request.client else 'unknown'}"
        about = {"machine": self.machine, "action": action, "target": target, "caller": caller}
        line = audit.line("audit", self.now(), **about)
        self.reader.runtime().store.update(lambda state: Update(state, None, (line,)))

    def _look(self) -> None:
        runtime = self.reader.runtime()
        self.launcher.complete(runtime.config, RunOptions(machine=self.machine))


def or_422(make: Callable[[], T]) -> T:
    """What `make` gives; its ValueError as HTTPException 422."""
    try:
        return make()
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


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
