"""A place with repositories, a configuration and the installed command, for acceptance tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests.support.command import Ran, ccm, installed
from tests.support.repos import git, make_repo

DEMO = Path(__file__).parents[2] / "demo" / "repositories"
HISTORY = Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "schema" / "history.schema.json").read_text())
)
MONDAY = "2026-01-19T09:00:00Z"


class Sandbox:
    """A folder with `schedules.yaml`; `ccm` runs the command in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def ccm(self, *arguments: str, now: str | None = MONDAY, **env: str) -> Ran:
        """Run the command here, at a fixed time."""
        return ccm(*arguments, cwd=self.root, now=now, env=env)

    def installed(self, *arguments: str, now: str | None = MONDAY, **env: str) -> Ran:
        """Start the installed command here, at a fixed time."""
        return installed(*arguments, cwd=self.root, now=now, env=env)

    def configure(self, **document: Any) -> Path:
        """Write schedules.yaml; `version` is added, retries are off unless asked for."""
        settings = {"retry_attempts": 0, **document.pop("settings", {})}
        path = self.root / "schedules.yaml"
        path.write_text(yaml.safe_dump({"version": 1, "settings": settings, **document}))
        return path

    def demo_repo(self, name: str) -> Path:
        """A repository with the files of one of the demo's."""
        source = DEMO / name
        files = {
            path.relative_to(source).as_posix(): path.read_bytes()
            for path in source.rglob("*")
            if path.is_file()
        }
        return make_repo(self.root / name, files)

    @property
    def state(self) -> dict[str, Any]:
        """The state file's document."""
        document: dict[str, Any] = json.loads((self.root / ".ccm" / "state.json").read_text())
        return document

    def history(self, *kinds: str) -> list[dict[str, Any]]:
        """Every line of the history, or those of some kinds; all are held to the schema."""
        files = sorted((self.root / ".ccm" / "history").glob("*.jsonl"))
        texts = [line for file in files for line in file.read_text().split("\n")]
        lines = [json.loads(text) for text in texts if text]
        for line in lines:
            HISTORY.validate(line)
        return [line for line in lines if not kinds or line["kind"] in kinds]


def snapshot(repo: Path) -> Mapping[str, str]:
    """Digest of every file of a checkout, the index and HEAD included, with modes and times.

    Left out are objects, our own branch and its reflog, which a run may add.
    """
    digests = {}
    for path in sorted(repo.rglob("*")):
        name = path.relative_to(repo).as_posix()
        if name.startswith((".git/objects", ".git/refs/heads/ccm", ".git/logs/refs/heads/ccm")):
            continue
        if path.is_symlink():
            digests[name] = f"link {path.readlink()}"
        elif path.is_file():
            stat = path.stat()
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digests[name] = f"{stat.st_mode} {stat.st_mtime_ns} {content}"
    return digests


def show(repo: Path, revision: str, path: str) -> str:
    """A file of a commit."""
    return git(repo, "show", f"{revision}:{path}")
