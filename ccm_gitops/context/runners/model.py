"""What a runner of commands is, what a command asks it for, and where the names are defined."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

import yaml

from ccm_gitops.context.paths import plain
from ccm_gitops.context.tree import Tree

# Manifests that are data: of dependencies, and of tests.
_DATA = frozenset({"node_modules", "fixtures", "__fixtures__", "testdata", "vendor"})
_LONGEST = 300_000


@dataclass(frozen=True)
class Call:
    """A name that a command asks for; `shown` is the command up to it.

    `folder` and `package` are where an option sends it; `kind` says what is asked for where a
    runner knows several things by name.
    """

    name: str
    shown: str
    folder: str = ""
    package: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Definitions:
    """What one manifest defines; a name with a star is a pattern. `is_open`: and more than that.

    `title` is what the manifest's package is called.
    """

    names: Set[str]
    is_open: bool = False
    title: str = ""

    def has(self, name: str) -> bool:
        """Whether the name is defined here."""
        return name in self.names or any(
            fnmatchcase(name, known) for known in self.names if "*" in known
        )


@dataclass(frozen=True)
class Runner:
    """A program that runs what manifests define.

    `files` are the manifests' names in lower case, `endings` those of files that belong to them
    wherever they stand. `read` tells what a manifest at a path defines; it may fail with any of the
    errors in `UNREADABLE`. `reach` says which manifest holds in a folder: the one in it, the
    nearest in it or above, or all of the repository. `is_customary`: the manifest is written by
    hand and has its customary name, so that there is none where there is no file of that name.
    """

    where: str
    files: frozenset[str]
    calls: Callable[[Sequence[str]], Iterable[Call]]
    read: Callable[[str, str, Tree], Definitions]
    endings: tuple[str, ...] = ()
    reach: Literal["folder", "upward", "anywhere"] = "upward"
    is_customary: bool = False


UNREADABLE = (
    *(ValueError, AttributeError, TypeError, KeyError, RecursionError, SyntaxError),
    yaml.YAMLError,
)


class Manifests:
    """The manifests of a tree, each found by its name and read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._paths: dict[str, Sequence[str]] = {}
        self._read: dict[tuple[str, str], Definitions | None] = {}

    def of(self, runner: Runner) -> Sequence[str]:
        """Every manifest of a runner, those near the root first."""
        if runner.where not in self._paths:
            names = tuple(f"/{name}" for name in runner.files) + runner.endings
            found = [p for p in self._tree.paths() if f"/{p.lower()}".endswith(names)]
            written = (path for path in found if _DATA.isdisjoint(path.split("/")[:-1]))
            self._paths[runner.where] = sorted(written, key=lambda p: (p.count("/"), p))
        return self._paths[runner.where]

    def near(self, runner: Runner, folder: str) -> str | None:
        """The manifest that holds in a folder, given in its plain form."""
        while True:
            for path in self.of(runner):
                name = posixpath.basename(path).lower()
                if plain(posixpath.dirname(path)) == folder and name in runner.files:
                    return path
            if runner.reach == "folder" or not folder:
                return None
            folder = posixpath.dirname(folder)

    def titled(self, runner: Runner, name: str) -> str | None:
        """The manifest of the package of this name, with or without its scope."""
        for path in self.of(runner):
            found = self.definitions(runner, path)
            if found and found.title and name in (found.title, found.title.rpartition("/")[2]):
                return path
        return None

    def definitions(self, runner: Runner, path: str) -> Definitions | None:
        """What a manifest defines; None for one that cannot be read."""
        key = (runner.where, path)
        if key not in self._read:
            self._read[key] = self._definitions(runner, path)
        return self._read[key]

    def _definitions(self, runner: Runner, path: str) -> Definitions | None:
        data = self._tree.read(path)
        if data is None or len(data) > _LONGEST:
            return None
        try:
            return runner.read(data.decode("utf-8", "replace"), path, self._tree)
        except UNREADABLE:
            return None
