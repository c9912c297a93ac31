"""Is the name that a command asks for defined where the command looks?"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ccm_gitops.context.paths import PathIndex, plain
from ccm_gitops.context.runners.model import Call, Definitions, Manifests, Runner
from ccm_gitops.context.shell import Command
from ccm_gitops.context.words import words

# What writes a Makefile, or a package.json, on the way; and what hides one in another repository.
_WRITTEN = words(
    "configure configure.ac configure.in cmakelists.txt makefile.am makefile.in makefile.pl"
    " makefile.dist meson.build kbuild premake5.lua .gitmodules extconf.rb .projenrc.ts"
    " .projenrc.js .projenrc.py package.json.in package.json5 package.yaml"
)
_SOURCES = words(
    "py js jsx ts tsx go rs java kt rb php c cc cpp cs swift scala ex dart zig vue svelte"
)
_FEWEST_SOURCES = 10
_SCOPED = re.compile(r"@[\w.-]+/[\w.-]*\w")


@dataclass(frozen=True)
class Lookup:
    """The repository as one file's commands see it; `base` is the folder of that file."""

    manifests: Manifests
    paths: PathIndex
    base: str

    def is_defined(self, call: Call, runner: Runner, command: Command) -> bool | None:
        """Whether the repository defines the name; None where that cannot be told.

        Where the command, or its line, says in which folder it runs, the manifest that holds there
        counts. Else that is often said elsewhere, so that a definition in any folder will do.
        """
        folders = self._folders(call, runner, command)
        if folders is None:
            return None
        if folders and runner.reach != "anywhere":
            near = [self.manifests.near(runner, folder) for folder in folders]
            if near[0] is not None:
                return _told(self._each(runner, filter(None, near)), call.name)
        everywhere = self.manifests.of(runner)
        if not everywhere and runner.is_customary and self._is_project:
            return False
        return _told(self._each(runner, everywhere), call.name)

    @cached_property
    def _is_project(self) -> bool:
        """Whether a manifest that is nowhere is missed: by the root's file, beside enough source.

        A file below may be for other repositories; what a tool writes, or a submodule holds, is
        not in the tree.
        """
        names = [path.rpartition("/")[2] for path in self.paths.files]
        sources = sum(name.rpartition(".")[2] in _SOURCES for name in names)
        return not self.base and sources >= _FEWEST_SOURCES and _WRITTEN.isdisjoint(names)

    def has_package(self, call: Call, runner: Runner) -> bool | None:
        """Whether there is a package of the scoped name that a command is sent to; None: unknown.

        Such a name can only be one of the workspace's; one without a scope may be a folder's too.
        """
        if not _SCOPED.fullmatch(call.package):
            return None
        known = list(self._each(runner, self.manifests.of(runner)))
        titles = {found.title for found in known if found}
        if call.package in titles:
            return True
        is_workspace = len(titles - {""}) > 1 and None not in known
        return False if is_workspace and not self.paths.has(".gitmodules") else None

    def _folders(self, call: Call, runner: Runner, command: Command) -> list[str] | None:
        """Where the name must be defined: in one of these; anywhere if none; None: elsewhere."""
        if call.folder:
            starts = (command.folder or "", self.base, "")
            found = (posixpath.normpath(posixpath.join(s, plain(call.folder))) for s in starts)
            there = next((f for f in found if f == "." or f in self.paths.folders), None)
            return None if there is None else [there.removeprefix(".") if there == "." else there]
        if call.package:
            package = self._package(call.package, runner)
            return [] if package is None else [package]
        if command.is_said:
            return [command.folder or ""]
        return [command.folder, "", self.base] if command.folder else []

    def _package(self, name: str, runner: Runner) -> str | None:
        """The folder of the package of this name, or at this path."""
        manifest = self.manifests.titled(runner, name)
        if manifest is not None:
            return plain(posixpath.dirname(manifest))
        path = plain(name.strip("{}.").strip("/"))
        return path if path in self.paths.folders and "/" in name else None

    def _each(self, runner: Runner, paths: Iterable[str]) -> Iterator[Definitions | None]:
        return (self.manifests.definitions(runner, path) for path in paths)


def _told(definitions: Iterable[Definitions | None], name: str) -> bool | None:
    is_open, is_any = False, False
    for found in definitions:
        if found is not None and found.has(name):
            return True
        is_open = is_open or found is None or found.is_open
        is_any = is_any or bool(found and found.names)
    return None if is_open or not is_any else False
