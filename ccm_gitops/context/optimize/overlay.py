"""A tree as it will be after a change."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from ccm_gitops.context.tree import Tree


class Overlay:
    """A tree with `files` laid over it, path to bytes or to None for one that goes.

    The mapping may grow meanwhile.
    """

    def __init__(self, tree: Tree, files: Mapping[str, bytes | None]) -> None:
        self._tree = tree
        self._files = files

    def paths(self) -> Set[str]:
        """Every file's path, links included."""
        gone = {path for path, data in self._files.items() if data is None}
        return (self._tree.paths() | self._files.keys()) - gone

    def read(self, path: str) -> bytes | None:
        """A regular file's bytes; None for anything else."""
        return self._files.get(path, self._tree.read(path))

    def link_target(self, path: str) -> str | None:
        """The text of a symbolic link as written; None when `path` is none."""
        return None if path in self._files else self._tree.link_target(path)

    def changed(self, path: str) -> datetime | None:
        """When a file last changed before the change."""
        return self._tree.changed(path)
