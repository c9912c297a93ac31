"""A commit's files as the engine sees them: listed once, read on demand, never checked out."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from functools import cached_property

from ccm_gitops.gitrepo.objects import LINK_MODE, SUBMODULE_MODE, Entry, ObjectStore


class CommitTree:
    """The tree of one commit; bytes come as they are stored, whatever filters are configured."""

    def __init__(self, store: ObjectStore, commit: str) -> None:
        self._store = store
        self.commit = commit
        # Each read is a process of git's; the same few documents are asked for by every file.
        self._blobs: dict[str, bytes] = {}

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return self._store.entries(self.commit)

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(
            path for path, entry in self._entries.items() if entry.mode != SUBMODULE_MODE
        )

    def paths(self) -> Set[str]:
        """Every file's path, links included, folders and submodules left out."""
        return self._paths

    def read(self, path: str) -> bytes | None:
        """A regular file's bytes; None for anything else (missing, a link, a folder)."""
        entry = self._entries.get(path)
        if entry is None or not entry.is_file:
            return None
        if entry.id not in self._blobs:
            self._blobs[entry.id] = self._store.blob(entry.id)
        return self._blobs[entry.id]

    def identity(self, path: str) -> str:
        """What names the content of a file: its mode and the id of its blob."""
        entry = self._entries[path]
        return f"{entry.mode} {entry.id}"

    def changed(self, path: str) -> datetime | None:
        """When a file last changed; None where the history is not all here."""
        return self._store.last_change(self.commit, path)

    def link_target(self, path: str) -> str | None:
        """The text of a symbolic link as written; None when `path` is none."""
        entry = self._entries.get(path)
        if entry is None or entry.mode != LINK_MODE:
            return None
        return self._store.blob(entry.id).decode("utf-8", "surrogateescape")
