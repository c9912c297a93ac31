"""Which context files a repository really has: links and one-line pointers followed, each once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ccm_gitops.context.tree import Tree


@dataclass(frozen=True)
class ContextFile:
    """A file that agents load; `aliases` are the other names that lead to it.

    `data` is empty where `note` says why the file cannot be treated.
    """

    path: str
    aliases: tuple[str, ...]
    data: bytes
    note: str | None = None


# A file of nothing but `@AGENTS.md` (Claude Code inlines it); comments around it change nothing.
_SHIM = re.compile(rb"(?:\xef\xbb\xbf)?\s*@(?P<path>[^\s`@]+)\s*")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
# The kernel's own limit for links behind links; beyond it lies a cycle.
_MAX_HOPS = 40
# A pointer is one line; a longer file is not searched for one.
_MAX_SHIM = 1000


def load(tree: Tree, context_files: Sequence[str]) -> tuple[ContextFile, ...]:
    """The context files of a tree, in the order asked for; a missing one is left out."""
    names: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    for name in map(posixpath.normpath, context_files):
        path, note = _resolve(tree, name)
        if note:
            notes[name] = note
            names.setdefault(name, [])
        elif path is not None:
            names.setdefault(path, []).append(name)
    return tuple(_context_file(tree, path, found, notes) for path, found in names.items())


def _context_file(
    tree: Tree, path: str, names: Sequence[str], notes: dict[str, str]
) -> ContextFile:
    if path in notes:
        return ContextFile(path, (), b"", notes[path])
    aliases = tuple(dict.fromkeys(name for name in names if name != path))
    return ContextFile(path, aliases, tree.read(path) or b"")


def _resolve(tree: Tree, path: str) -> tuple[str | None, str | None]:
    """The regular file behind a name, or a note that says why there is none to treat."""
    visited: set[str] = set()
    while path not in visited and len(visited) < _MAX_HOPS:
        visited.add(path)
        target = _next_hop(tree, path)
        if target is None:
            exists = tree.read(path) is not None
            if exists or len(visited) == 1:
                return (path if exists else None), None
            return None, f"leads to {path}, which the repository does not have"
        if target.startswith(("/", "../")) or target == "..":
            return None, "leads out of the repository"
        path = target
    return None, "leads to itself"


def _next_hop(tree: Tree, path: str) -> str | None:
    """Where a link (the file or a folder above it) or a one-line pointer leads; None: nowhere."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        link = tree.link_target("/".join(parts[:depth]))
        if link is not None:
            folder = "/".join(parts[: depth - 1])
            return posixpath.normpath(posixpath.join(folder, link, *parts[depth:]))
    data = tree.read(path) or b""
    shim = _SHIM.fullmatch(_COMMENT.sub(b"", data)) if len(data) <= _MAX_SHIM else None
    if shim is None:
        return None
    pointed = shim["path"].decode("utf-8", "replace")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), pointed))
    # A pointer into the user's home or to a missing file is text like any other.
    return target if tree.read(target) is not None or tree.link_target(target) else None
