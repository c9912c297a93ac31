"""Folder trees drawn with lines, as `tree` prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccm_gitops.context.document import Block

_ENTRY = re.compile(r"^[ \t\xa0│|]*(?:[├└][─-]*|[|`+\\]--+)\s*(?P<name>[^\s#←│]+)", re.MULTILINE)
_REMARK = re.compile(r"\s(?:#|//|--?|[—–←→=(]) ?\S")
_PLAIN = re.compile(r"[\w.@+\[\]()/-]+")


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
