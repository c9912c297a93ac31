"""What the engine may know of a repository: its paths, and the bytes of a file."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Protocol


class Tree(Protocol):
    """A repository's files at one moment; paths are POSIX, relative to its root."""

    def paths(self) -> Set[str]:
        """Every file's path, links included, folders and submodules left out."""

    def read(self, path: str) -> bytes | None:
        """A regular file's bytes; None for anything else (missing, a link, a folder)."""

    def link_target(self, path: str) -> str | None:
        """The text of a symbolic link as written; None when `path` is none."""

    def changed(self, path: str) -> datetime | None:
        """When a file last changed, where a history tells; else None."""
