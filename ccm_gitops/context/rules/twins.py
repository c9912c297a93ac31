"""Copies of one text under the names that different agents look for."""

from __future__ import annotations

import posixpath

from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.tree import Tree

# In this order the first of several copies speaks for all.
_NAMES = (
    *("CLAUDE.md", ".claude/CLAUDE.md", "AGENTS.md", "GEMINI.md", ".cursorrules", ".windsurfrules"),
    ".github/copilot-instructions.md",
)
_LEAST_BYTES = 400


def twins(file: ContextFile, tree: Tree) -> tuple[str, ...]:
    """The files beside it that hold the same text; none for a short one."""
    data = file.data.strip()
    if len(data) < _LEAST_BYTES:
        return ()
    own = {file.path, *file.aliases}
    beside = [path for path in _beside(file.path) if path not in own]
    return tuple(path for path in beside if (tree.read(path) or b"").strip() == data)


def is_later_twin(file: ContextFile, tree: Tree) -> bool:
    """Whether a copy of the file, of a name that comes first, already says what is found in it."""
    order = _beside(file.path)
    earlier = order[: order.index(file.path)] if file.path in order else ()
    return not set(earlier).isdisjoint(twins(file, tree))


def _beside(path: str) -> list[str]:
    """The names that agents look for beside a file; `.claude` is no folder of its own."""
    folder = posixpath.dirname(path).removesuffix(".claude")
    return [posixpath.normpath(posixpath.join(folder, name)) for name in _NAMES]
