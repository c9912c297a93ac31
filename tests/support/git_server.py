"""A git server for tests: `git http-backend` behind HTTPS, so that a repository's hooks run."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ccm_gitops.config.model import Author
from tests.support.receiver import Answer, Received, Receiver
from tests.support.repos import ENVIRONMENT, git

CERTIFICATE = Path(__file__).parent / "tls" / "localhost.pem"


def trust_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git trust `CERTIFICATE`, and spare it reading the system's hundred others each time."""
    monkeypatch.setenv("GIT_SSL_CAINFO", str(CERTIFICATE))
    monkeypatch.setenv("GIT_SSL_CAPATH", os.devnull)


class GitServer(Receiver):
    """Serves the bare repositories below `root`; a client must trust `CERTIFICATE`.

    `before_read` is called when the refs are asked for, `before_push` once a push has read them and
    before it may write: the moment at which others push.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(self._serve_git, certificate=CERTIFICATE)
        self.root = root
        self.before_read: Callable[[], None] = lambda: None
        self.before_push: Callable[[], None] = lambda: None

    def __enter__(self) -> GitServer:
        super().__enter__()
        return self

    def pushes(self) -> int:
        """How many pushes came, accepted or not."""
        return sum(r.method == "POST" and "git-receive-pack" in r.path for r in self.received)

    def _serve_git(self, request: Received) -> Answer:
        split = urlsplit(request.path)
        if request.method == "POST" and split.path.endswith("/git-receive-pack"):
            self.before_push()
        elif split.path.endswith("/info/refs"):
            self.before_read()
        body = request.body
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            env={
                **ENVIRONMENT,
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
                "REMOTE_USER": "ccm",
                "REQUEST_METHOD": request.method,
                "PATH_INFO": split.path,
                "QUERY_STRING": split.query,
                "CONTENT_TYPE": request.headers.get("content-type", ""),
                "CONTENT_LENGTH": str(len(body)),
            },
            capture_output=True,
            check=False,
        )
        return _answer(done.stdout)


def add_hook(repository: Path, name: str, script: str) -> None:
    """Give a bare repository a hook, a shell script."""
    hook = repository / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


def commit_on(
    repository: Path, branch: str, *, tree: str | None = None, author: Author | None = None
) -> str:
    """Somebody's commit on top of a branch of a bare repository: its own tree, or another's."""
    environ = {**ENVIRONMENT}
    if author:
        who = {"NAME": author.name, "EMAIL": author.email}
        environ |= {f"GIT_{k}_{n}": v for k in ("AUTHOR", "COMMITTER") for n, v in who.items()}
    command = ["commit-tree", f"{tree or branch}^{{tree}}", "-p", branch, "-m", "somebody's"]
    made = git(repository, *command, environ=environ)
    git(repository, "update-ref", f"refs/heads/{branch}", made)
    return made


def _answer(output: bytes) -> Answer:
    head, _, body = output.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n"))
    status = int(headers.pop("Status", "200 OK").split(" ")[0])
    return Answer(status=status, headers=headers, body=body)
