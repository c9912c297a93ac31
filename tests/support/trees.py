"""A repository tree held in memory."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime


class DictTree:
    """A Tree over a dict of path → bytes, and one of path → text of the symbolic link there."""

    def __init__(
        self,
        files: Mapping[str, bytes | str],
        links: Mapping[str, str] | None = None,
        changed: Mapping[str, datetime] | None = None,
    ) -> None:
        self._files = {
            path: data.encode() if isinstance(data, str) else data for path, data in files.items()
        }
        self._links = dict(links or {})
        self._changed = dict(changed or {})

    def paths(self) -> Set[str]:
        """Every file's path, links included."""
        return self._files.keys() | self._links.keys()

    def read(self, path: str) -> bytes | None:
        """A regular file's bytes; None for anything else."""
        return self._files.get(path)

    def link_target(self, path: str) -> str | None:
        """The text of a symbolic link as written; None when `path` is none."""
        return self._links.get(path)

    def changed(self, path: str) -> datetime | None:
        """When the file last changed, if the tree was told."""
        return self._changed.get(path)
