"""Anchors and aliases before a change: what is shared parts ways, and one place alone changes."""

from __future__ import annotations

from typing import Any

from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.emit import inline
from ccm_gitops.config.spans import Node, read_spans


def part_ways(text: str, data: Any, path: KeyPath) -> str:
    """The text with nothing at, above or below `path` shared with any other place; data as before.

    An alias there is written out. An anchor there goes, with its value, to its first alias
    elsewhere.
    """
    while True:
        root = read_spans(text)
        edited = _step(text, root, data, path)
        if edited is None:
            return text
        text = edited


def _step(text: str, root: Node, data: Any, path: KeyPath) -> str | None:
    nodes = list(root.walk())
    for place, node in nodes:
        if node.style == "alias" and place == path[: len(place)]:
            return text[: node.start] + _written(root, data, place) + text[node.end :]
    for place, node in nodes:
        is_touched = place == path[: len(place)] or path == place[: len(path)]
        if not is_touched or node.anchor is None or node.style == "alias":
            continue
        if heir := _heir(nodes, place, node, path):
            there, alias = heir
            # From the back, so that offsets before it stay true.
            moved = f"&{node.anchor} {_written(root, data, there)}"
            text = text[: alias.start] + moved + text[alias.end :]
            return _without_anchor(text, node)
    return None


def _without_anchor(text: str, node: Node) -> str:
    before, after = text[: node.start], text[node.start :]
    after = after.replace(f"&{node.anchor}", "", 1).lstrip(" ")
    return (before.rstrip(" ") if after.startswith(("\n", "\r")) else before) + after


def _heir(
    nodes: list[tuple[KeyPath, Node]], place: KeyPath, anchor: Node, path: KeyPath
) -> tuple[KeyPath, Node] | None:
    """The first alias of an anchor that is no part of what changes."""
    after = nodes[[where for where, _ in nodes].index(place) + 1 :]
    for there, node in after:
        if node.anchor != anchor.anchor:
            continue
        if node.style != "alias":
            return None
        if path != there[: len(path)]:
            return there, node
    return None


def _written(root: Node, data: Any, place: KeyPath) -> str:
    value = data
    for part in place:
        value = value[part]
    is_in_flow = any(
        (above := root.at(place[:length])) and above.style == "flow" for length in range(len(place))
    )
    return inline(value, in_flow=is_in_flow)
