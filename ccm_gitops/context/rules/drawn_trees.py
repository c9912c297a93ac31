"""Folder trees drawn with lines, as `tree` prints them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ccm_gitops.context.document import Block, split_lines
from ccm_gitops.context.ignored import is_left_out
from ccm_gitops.context.paths import PathIndex

_ENTRY = re.compile(r"^[ \t\xa0│|]*(?:[├└][─-]*|[|`+\\]--+)\s*(?P<name>[^\s#←│]+)", re.MULTILINE)
_REMARK = re.compile(r"\s(?:#|//|--?|[—–←→=(]) ?\S")
_PLAIN = re.compile(r"[\w.@+\[\]()/-]+")


_NODE = re.compile(
    r"^(?P<indent>[ \t\xa0│|]*)(?:[├└][─-]*|[|`+\\]--+)\s*(?P<name>[^\s#←│]+)(?P<remark>.*)"
)
# A line of a listing that is drawn by indents alone, or not at all.
_LISTED = re.compile(
    r"^(?P<indent>[ \t]*)(?P<name>[\w.@+-]+(?:/[\w.@+-]+)*(?:/\*{0,2})?)"
    r"(?P<remark>(?:\s{2,}|\s+(?:#|//|--|[—–←→(])).*)?$"
)
_TOP = re.compile(r"^/?(?P<name>[\w.@+-]+(?:/[\w.@+-]+)*)/?(?:\s+[#(←—-].*)?$")
# Of a drawing of this repository most names are where it shows them.
_SHARE_UPHELD, _FEWEST_UPHELD = 0.6, 3


@dataclass(frozen=True)
class Node:
    """A name in a drawing; `path` and `parent`, its folder, are told from the drawing's top."""

    path: str
    parent: str
    name: str
    remark: str
    line: int
    column: int


@dataclass(frozen=True)
class DrawnTree:
    """The names in a drawing, and the share of them that has a remark beside it."""

    names: tuple[str, ...]
    remarked: float


def drawn_tree(block: Block) -> DrawnTree | None:
    """The tree that a block draws; None for no tree, a pattern, or a tree of other things."""
    entries = list(_ENTRY.finditer(block.text))
    names = [match["name"].rstrip(":,") for match in entries]
    if not entries or not all(map(_PLAIN.fullmatch, names)):
        return None
    # Types, modules and menus are drawn too: files have extensions, and folders a slash.
    if 2 * sum("." in name or name.endswith("/") for name in names) < len(names):
        return None
    ends = [block.text.find("\n", match.end()) for match in entries]
    rests = [block.text[match.end() : end] for match, end in zip(entries, ends, strict=True)]
    remarked = sum(1 for rest in rests if _REMARK.match(rest.rstrip() and f" {rest.strip()}"))
    return DrawnTree(tuple(dict.fromkeys(n.rstrip("/") for n in names)), remarked / len(entries))


def wrong_nodes(block: Block, folder: str, paths: PathIndex) -> Iterator[Node]:
    """Nodes that are not where the drawing shows them; below a missing folder nothing is said.

    The drawing may start at the repository's root, in the `folder` of the file that shows it, or in
    the folder that its first line names: where most of its names are upheld. A drawing of which
    few are is one of something else.
    """
    for nodes, top in tree_nodes(block) or [(listed_nodes(block), "")]:
        yield from _wrong(nodes, top, folder, paths)


def _wrong(nodes: Sequence[Node], top: str, folder: str, paths: PathIndex) -> Iterator[Node]:
    starts = dict.fromkeys(posixpath.normpath(p) for p in (f"{folder}/{top}", top, folder, ""))
    upheld, start = max(
        ((sum(paths.has(_at(start, node.path)) for node in nodes), start) for start in starts),
        key=lambda counted: counted[0],
    )
    gone: dict[str, Node] = {}
    for node in nodes:
        if node.parent in gone or not paths.has(_at(start, node.path)):
            gone[node.path] = node
    wrong = [node for node in gone.values() if node.parent not in gone]
    # What no repository keeps speaks neither for a start nor against it.
    against = sum(not is_left_out(node.path, ()) for node in wrong)
    is_clear = upheld >= max(_FEWEST_UPHELD, _SHARE_UPHELD * (upheld + against))
    # Where its first line names a folder of this repository, names that moved speak for it too.
    is_anchored = bool(top) and start in map(posixpath.normpath, (top, f"{folder}/{top}"))
    known = sum(paths.ends_with(node.name.rstrip("/")) for node in nodes)
    if is_clear or (is_anchored and paths.has(start) and known >= _SHARE_UPHELD * len(nodes)):
        yield from (replace(node, path=_at(start, node.path)) for node in wrong)


def tree_nodes(block: Block) -> list[tuple[list[Node], str]]:
    """The drawings of a block: the plain names of each, and the path that stands above them."""
    drawings: list[tuple[list[Node], str]] = []
    above: list[tuple[int, str]] = []
    top, is_open = "", False
    for number, line in enumerate(split_lines(block.text), start=block.start_line):
        match = _NODE.match(line)
        if match is None:
            if head := _TOP.match(line.rstrip()):
                top, is_open = head["name"], False
            continue
        if not is_open and (top or not drawings):
            drawings.append(([], top))
            above, top, is_open = [], "", True
        depth = len(match["indent"])
        while above and above[-1][0] >= depth:
            above.pop()
        parent = above[-1][1] if above else ""
        name = match["name"].rstrip("/:,").lstrip("/")
        path = f"{parent}/{name}" if parent else name
        above.append((depth, path))
        if name and _PLAIN.fullmatch(name) and set(name) != {"."}:
            column = match.start("name") + 1
            node = Node(path, parent, match["name"], match["remark"], number, column)
            drawings[-1][0].append(node)
    return [(nodes, top) for nodes, top in drawings if nodes]


def listed_nodes(block: Block) -> list[Node]:
    """The names of a fence that lists a path on each line; none where one is something else."""
    nodes: list[Node] = []
    above: list[tuple[int, str]] = []
    lines = [(n, line) for n, line in enumerate(split_lines(block.text), block.start_line)]
    for number, line in lines[1:-1] if block.text.lstrip().startswith(("```\n", "~~~\n")) else []:
        match = _LISTED.match(line.rstrip())
        if match is None or not ("/" in match["name"] or "." in match["name"].strip(".")):
            if line.strip() and not line.strip().startswith("#"):
                return []
            continue
        depth = len(match["indent"])
        while above and above[-1][0] >= depth:
            above.pop()
        parent = above[-1][1] if above else ""
        name = match["name"].rstrip("/*")
        path = f"{parent}/{name}" if parent else name
        above.append((depth, path))
        # A pattern says who may change what, of what is there or will be.
        if "*" not in match["name"]:
            remark, column = match["remark"] or "", match.start("name") + 1
            nodes.append(Node(path, parent, match["name"], remark, number, column))
    return nodes


def _at(start: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(start, path))
