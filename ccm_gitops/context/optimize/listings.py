"""Listings of files: directory trees, and lists and tables of what lies where."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ccm_gitops.context.document import Block, split_lines
from ccm_gitops.context.paths import PathIndex

_TREE_NAME = re.compile(r"^[\s│|]*[├└┣┗╠╚`+|][─━═\-]*[── ]*\s*([\w.@()\[\]$-][^\s#│]*)")
_ITEM_NAME = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+[*_📁📄\s]*`([^`]+)`")
_ROW_NAME = re.compile(r"^\s*\|\s*[*_]*`([^`]+)`")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")
_PATH = re.compile(r"[/\w]\.\w|/$")
_FEWEST = 4


def is_listing(block: Block, index: PathIndex) -> bool:
    """Whether a block lists files, and most of them are in the repository."""
    lines = split_lines(block.text)
    if block.kind == "code":
        return _is_real(_names(lines, _TREE_NAME), index)
    if block.kind == "list":
        names = _names(lines, _ITEM_NAME)
        return len(names) >= 0.7 * sum(map(bool, map(_ITEM.match, lines))) and _is_real(
            names, index
        )
    if block.kind == "table":
        names = _names(lines[2:], _ROW_NAME)
        return len(names) >= 0.7 * len(lines[2:]) and _is_real(names, index)
    return False


def is_tree(block: Block) -> bool:
    """Whether a block draws a directory tree, and not one of classes or calls."""
    names = [match[1] for match in map(_TREE_NAME.match, split_lines(block.text)) if match]
    return block.kind == "code" and len(names) >= _FEWEST and any(map(_PATH.search, names))


def _names(lines: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    return [match[1].rstrip("/") for match in map(pattern.match, lines) if match]


def _is_real(names: Sequence[str], index: PathIndex) -> bool:
    """What the repository does not have is a plan or a template, not a listing."""
    paths = [name for name in names if "." in name or "/" in name or index.ends_with(name)]
    known = sum(map(index.ends_with, paths))
    return len(names) >= _FEWEST and len(paths) >= 0.7 * len(names) and known >= 0.6 * len(names)
