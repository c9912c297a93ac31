"""What the publishing tests share: an order, a change, and a digest of a whole checkout."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ccm_gitops.config.model import Author
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.publish.model import Change, Order
from tests.support.repos import refs

NEW: Mapping[str, bytes | None] = {"CLAUDE.md": b"short\n", "docs/archive/a.md": b"long\n"}


def order(**changes: Any) -> Order:
    """The order of one execution of the task `tidy`."""
    fields: dict[str, Any] = {
        "task": "tidy",
        "execution": "exec-1",
        "branch": "ccm/tidy",
        "author": Author(),
        "when": datetime(2026, 1, 19, 9, tzinfo=UTC),
    }
    return Order(**(fields | changes))


def change(
    target: Repository | Clone,
    files: Mapping[str, bytes | None] = NEW,
    *,
    branch: str | None = None,
) -> Change:
    """A change on the target's base."""
    return Change(base=target.base(branch), files=files, message="Shorten CLAUDE.md\n\nWhy not.\n")


def checkout_digest(root: Path) -> dict[str, str]:
    """Path → digest of everything in a checkout, its git folder included, objects left out.

    Of the refs and their logs those below `ccm/` are left out: they are ours to move.
    """
    found = {f"ref {name}": id for name, id in refs(root).items() if "/ccm/" not in name}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if relative.startswith(".git/objects/") or "/heads/ccm/" in relative:
                continue
            text = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            status = path.lstat()
            found[relative] = f"{status.st_mode:o} {status.st_mtime_ns} {_hash(text)}"
    return found


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
