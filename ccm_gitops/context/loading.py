"""Which context files a repository really has: links and one-line pointers followed, each once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ccm_gitops.context.archive import FOLDER as ARCHIVES
from ccm_gitops.context.tree import Tree
from ccm_gitops.globs import is_pattern, matcher

Loading = Literal["always", "imported", "on_demand"]


@dataclass(frozen=True)
class ContextFile:
    """A file that agents load; `aliases` are the other names that lead to it.

    `data` is empty where `note` says why the file cannot be treated. `loaded`: at each start, at
    each start because another file imports it, or when an agent works where it is needed; None for
    a file that no agent loads by itself.
    """

    path: str
    aliases: tuple[str, ...]
    data: bytes
    note: str | None = None
    loaded: Loading | None = "always"


# A file of nothing but `@AGENTS.md` (Claude Code inlines it); comments around it change nothing.
_SHIM = re.compile(rb"(?:\xef\xbb\xbf)?\s*@(?P<path>[^\s`@]+)\s*")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
# The kernel's own limit for links behind links; beyond it lies a cycle.
_MAX_HOPS = 40
# A pointer is one line; a longer file is not searched for one.
_MAX_SHIM = 1000


def load(
    tree: Tree, names: Sequence[str], *, loaded: Loading | None = "always"
) -> tuple[ContextFile, ...]:
    """The context files of these names or patterns, in that order; a missing one is left out."""
    found: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    for name in spelled_out(tree, names):
        path, note = resolve(tree, name)
        if note:
            notes[name] = note
            found.setdefault(name, [])
        elif path is not None:
            found.setdefault(path, []).append(name)
    return tuple(
        ContextFile(path, (), b"", notes[path], loaded)
        if path in notes
        else ContextFile(path, _others(path, same), tree.read(path) or b"", loaded=loaded)
        for path, same in found.items()
    )


def spelled_out(tree: Tree, names: Iterable[str]) -> Iterator[str]:
    """The names, each pattern among them as the paths that fit it; archives fit none."""
    for name in map(posixpath.normpath, names):
        if not is_pattern(name) or name in tree.paths():
            yield name
            continue
        fits = matcher((name,))
        yield from sorted(p for p in tree.paths() if fits(p) and not p.startswith(ARCHIVES))


def with_twins(files: Iterable[ContextFile]) -> tuple[tuple[ContextFile, ...], ...]:
    """The files, those of one folder with the same bytes together, in the order of the first."""
    found: dict[tuple[str, ...] | tuple[str, bytes], list[ContextFile]] = {}
    for file in files:
        key = (file.path,) if file.note else (posixpath.dirname(file.path), file.data)
        found.setdefault(key, []).append(file)
    return tuple(map(tuple, found.values()))


def _others(path: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name != path))


def resolve(tree: Tree, path: str) -> tuple[str | None, str | None]:
    """The regular file behind a name, or a note that says why there is none to treat."""
    real, note = follow(tree, path)
    if real is None or tree.read(real) is not None:
        return real, note
    if real == path:
        return None, None
    return None, f"leads to {real}, which the repository does not have"


def follow(tree: Tree, path: str) -> tuple[str | None, str | None]:
    """Where the links and pointers from a name end, there or not; else a note that says why not."""
    visited: set[str] = set()
    while path not in visited and len(visited) < _MAX_HOPS:
        visited.add(path)
        target = _next_hop(tree, path)
        if target is None:
            return path, None
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
