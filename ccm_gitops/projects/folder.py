"""A plain folder as the engine sees it: no link is followed, nothing outside is ever read."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator, Set
from datetime import datetime
from functools import cached_property
from pathlib import Path

from ccm_gitops.errors import ContextError, GitError
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.gitrepo.tree import CommitTree

# Folders that tools fill: their files are no part of a project, in whatever language.
GENERATED = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".gradle", ".terraform", ".next"}
)
_LIMIT = 200_000  # files: beyond it `path` is a home folder or a disk, not a project


class FolderTree:
    """The tree of a folder as it stands on disk, uncommitted files included."""

    def __init__(self, path: Path) -> None:
        self.root = path.resolve()

    @cached_property
    def _paths(self) -> frozenset[str]:
        found: set[str] = set()
        for path in _walk(self.root):
            found.add(path)
            if len(found) > _LIMIT:
                raise ContextError(f"{self.root} holds more than {_LIMIT} files; name a project")
        return frozenset(found)

    def paths(self) -> Set[str]:
        """Every file's path, links included; folders and what tools generate are left out."""
        return self._paths

    def read(self, path: str) -> bytes | None:
        """A regular file's bytes; None for anything else (missing, a link, behind a link)."""
        with contextlib.ExitStack() as stack:
            descriptor = _open_below(self.root, path, stack)
            if descriptor is None or not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            with os.fdopen(os.dup(descriptor), "rb") as handle:
                return handle.read()

    def identity(self, path: str) -> str:
        """What names the content of a file: a digest of its bytes, or where a link leads."""
        data = self.read(path)
        return hashlib.sha256(data).hexdigest() if data is not None else f"{self.link_target(path)}"

    def changed(self, path: str) -> datetime | None:
        """When a file last changed; None for what is not committed as it stands."""
        try:
            repository = Repository.open(self.root)
            commit = repository.commit_of("HEAD")
            committed = CommitTree(repository, commit) if commit else None
            is_same = committed is not None and committed.read(path) == self.read(path)
            return committed.changed(path) if committed and is_same else None
        except GitError:
            return None  # no repository, or none that can be read: as if there were no history

    def link_target(self, path: str) -> str | None:
        """The text of a symbolic link as written; None when `path` is none."""
        if path not in self._paths:
            return None
        try:
            return os.readlink(self.root / path)
        except OSError:
            return None


def _walk(root: Path) -> Iterator[str]:
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            entries = list(os.scandir(root / prefix))
        except OSError:
            continue  # unreadable, or gone since it was listed: as if it were not there
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield prefix + entry.name
            elif entry.name not in GENERATED:
                pending.append(f"{prefix}{entry.name}/")


def _open_below(root: Path, path: str, stack: contextlib.ExitStack) -> int | None:
    """Open a path part by part, so that no link on the way can lead elsewhere."""
    parts = path.split("/")
    if not all(parts) or ".." in parts or "." in parts or "\0" in path:
        return None
    # NONBLOCK: opening a named pipe must not wait for a writer.
    last = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        at = os.open(root, last | os.O_DIRECTORY)
        stack.callback(os.close, at)
        for folder in parts[:-1]:
            at = os.open(folder, last | os.O_DIRECTORY, dir_fd=at)
            stack.callback(os.close, at)
        at = os.open(parts[-1], last, dir_fd=at)
        stack.callback(os.close, at)
    except OSError:
        return None
    return at
