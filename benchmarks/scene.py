"""A configuration of custom tasks with its repository and remote, and runners started in it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

PROGRAM = Path(sys.executable).with_name("ccm-gitops")


def lay(root: Path, *, state: Mapping[str, str], tasks: int, interval: str) -> Path:
    """A repository with `schedules.yaml`, one project and a bare remote; gives its folder."""
    folder = root / "config"
    (folder / "app").mkdir(parents=True)
    task = {"type": "custom", "schedule": {"interval": interval}, "config": {"command": ["true"]}}
    document = {
        "version": 1,
        "settings": {"state": dict(state), "retry_attempts": 0},
        "projects": [{"path": "app"}],
        "tasks": [
            {"id": f"task-{number}", "name": f"T{number}", **task} for number in range(tasks)
        ],
    }
    (folder / "schedules.yaml").write_text(yaml.safe_dump(document))
    remote = root / "remote.git"
    git("init", "-q", "--bare", str(remote))
    git("init", "-q", str(folder))
    git("-C", str(folder), "add", "schedules.yaml")
    author = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    git("-C", str(folder), *author, "commit", "-q", "-m", "Configure")
    git("-C", str(folder), "remote", "add", "origin", str(remote))
    git("-C", str(folder), "push", "-q", "origin", "HEAD:main")
    return folder


def git(*arguments: str) -> None:
    """Run git; raises CalledProcessError when it refuses."""
    subprocess.run(["git", *arguments], check=True)


def start(folder: Path, now: datetime | None, *, machine: str) -> subprocess.Popen[bytes]:
    """A runner in a process group of its own; at a fixed time where one is given."""
    environ = {**os.environ, "CCM_MACHINE": machine, "HOME": str(folder.parent)}
    environ["XDG_CACHE_HOME"] = str(folder.parent / f"cache-{machine}")
    if now:
        environ["CCM_NOW"] = now.isoformat()
    return subprocess.Popen(
        [PROGRAM, "run", "--quiet"],
        cwd=folder,
        env=environ,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def executions(folder: Path) -> list[dict[str, Any]]:
    """Every line of an execution, as written, from whichever store has them."""
    text = "".join(path.read_text() for path in sorted(folder.glob("history/*.jsonl")))
    branch = subprocess.run(
        ["git", f"--git-dir={folder.parent / 'remote.git'}", "archive", "ccm-state", "history"],
        capture_output=True,
    )
    if branch.returncode == 0:
        with tarfile.open(fileobj=io.BytesIO(branch.stdout)) as archive:
            files = (archive.extractfile(member) for member in archive)
            text += "".join(file.read().decode() for file in files if file)
    lines = [json.loads(line) for line in text.split("\n") if line]
    return [line for line in lines if line["kind"] == "execution"]
