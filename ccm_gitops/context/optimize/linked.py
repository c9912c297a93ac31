"""Linked: headings that files of the repository link to, which stay though their text moves."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from ccm_gitops.context.document import Document
from ccm_gitops.context.links import anchored, loose, resolved, targets
from ccm_gitops.context.optimize.model import Plan
from ccm_gitops.context.tree import Tree

_MOST_FILES, _MOST_BYTES = 200, 200_000  # those nearest to the root; of each
_PROSE = (".md", ".mdx", ".markdown")
_ON_A_FORGE = re.compile(r"https?://[^?#]*/blob/[^/?#]+/")
_NUMBER = re.compile(r"-\d+$")


def linked_lines(
    document: Document, plan: Plan, tree: Tree, names: Sequence[str]
) -> frozenset[int]:
    """The lines that a plan would take, of anchors that files link to by one of `names`.

    Other files are read only where an anchor would go.
    """
    offered = [(line, name) for line, name in anchored(document) if _takes(plan, line)]
    wanted = frozenset(_wanted(tree, names)) if offered else frozenset()
    # The second of two headings of one title has its number from the first.
    wanted |= {_NUMBER.sub("", name) for name in wanted}
    return frozenset(line for line, name in offered if name in wanted)


def _takes(plan: Plan, line: int) -> bool:
    return any(action.start_line <= line <= action.end_line for action in plan)


def _wanted(tree: Tree, names: Sequence[str]) -> Iterator[str]:
    """The fragments, made `loose`, of all links to a file of these names."""
    marks = {f"{posixpath.basename(name)}#".encode() for name in names}
    prose = (path for path in tree.paths() if path.lower().endswith(_PROSE))
    nearest = sorted(prose, key=lambda path: (path.count("/"), path))[:_MOST_FILES]
    for path in nearest:
        data = tree.read(path) or b""
        if len(data) > _MOST_BYTES or not any(mark in data for mark in marks):
            continue
        for target in targets(data.decode("utf-8", "replace")):
            place = _ON_A_FORGE.sub("/", target)
            to, _, fragment = resolved(place, path, path, frozenset()).partition("#")
            if fragment and to.lstrip("/") in names:
                yield loose(unquote(fragment))
