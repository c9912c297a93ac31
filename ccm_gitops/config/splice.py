"""Single changes to a YAML text: every character outside the changed value stays as it is."""

from __future__ import annotations

import re
from typing import Any

from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.emit import WIDTH, block_lines, inline, item_lines, pair_lines
from ccm_gitops.config.lines import (
    end_of_line,
    indent_of,
    is_blank,
    past_comments,
    start_of_item,
    start_of_line,
    with_comments_above,
)
from ccm_gitops.config.spans import Node

_REST = re.compile(r"[ \t]*,?[ \t]*(#.*)?\r?$")


def replace(text: str, root: Node, path: KeyPath, value: Any) -> str:
    """Write another value in the place of the one under `path`."""
    node = _at(root, path)
    is_inline = node.style != "block"
    is_in_flow = _is_in_flow(root, path)
    quote = node.style if node.style in ("'", '"') else "plain"
    written = inline(value, quote=quote, in_flow=is_in_flow)
    if is_inline and (is_in_flow or not _is_too_long(text, node, written, value)):
        return _put(text, node, written)
    parent, key = _at(root, path[:-1]), path[-1]
    if not isinstance(key, str):  # an item of a block list: its own lines are written anew
        start, end = start_of_item(text, node.start), _end_of_node(text, node)
        return text[:start] + _joined(text, item_lines(value, indent_of(text, start))) + text[end:]
    return _replace_pair(text, parent, key, value)


def insert_key(text: str, root: Node, path: KeyPath, value: Any) -> str:
    """Add a pair at the end of the mapping `path[:-1]`."""
    parent, key = _at(root, path[:-1]), str(path[-1])
    if parent.style == "flow":
        return _insert_in_flow(text, parent, inline({key: value})[1:-1])
    first = min(start for start, _ in parent.keys.values())
    indent = first - start_of_line(text, first)
    last = list(parent.children.values())[-1]
    if len(path) == 1:
        return _append_section(text, pair_lines(key, value, indent), key, value)
    return _insert_lines(text, _end_of_node(text, last, indent), pair_lines(key, value, indent))


def append_item(text: str, root: Node, path: KeyPath, value: Any) -> str:
    """Add an item at the end of the list under `path`, in the style of those that it has."""
    node = _at(root, path)
    if node.style == "flow" and (node.children or _is_in_flow(root, path)):
        return _insert_in_flow(text, node, inline(value, in_flow=True))
    if node.style != "block":
        return _first_item(text, root, path, value)
    items = list(node.children.values())
    dash = start_of_item(text, items[-1].start)
    indent = indent_of(text, dash)
    end = past_comments(text, _end_of_node(text, items[-1], indent), indent)
    lines = item_lines(value, indent, is_flow=items[-1].style == "flow")
    above = start_of_item(text, items[-1].start)
    is_spaced = is_blank(text, above - 1) if len(items) > 1 else items[-1].style == "block"
    return _insert_lines(text, end, ["", *lines] if is_spaced else lines)


def drop(text: str, root: Node, path: KeyPath) -> str:
    """Take out one pair or item, with the comments that belong to it."""
    parent, key = _at(root, path[:-1]), path[-1]
    place = list(parent.children).index(key)
    if parent.style == "flow":
        return _drop_from_flow(text, parent, place)
    if len(parent.children) == 1:
        return replace(text, root, path[:-1], {} if isinstance(key, str) else [])
    if isinstance(key, str):
        return _drop_pair(text, parent, key)
    return _drop_item(text, parent, place)


def _at(root: Node, path: KeyPath) -> Node:
    node = root.at(path)
    if node is None:
        raise LookupError(path)
    return node


def _is_in_flow(root: Node, path: KeyPath) -> bool:
    return any(_at(root, path[:length]).style == "flow" for length in range(len(path)))


def _is_too_long(text: str, node: Node, written: str, value: Any) -> bool:
    before = node.start - start_of_line(text, node.start)
    is_nested = isinstance(value, dict | list) and bool(value)
    return is_nested and before + len(written) > WIDTH


def _put(text: str, node: Node, written: str) -> str:
    """Write over a value that stands inline; a comment after it keeps its column if it can."""
    before, after = text[: node.start], text[node.end :]
    if node.start == node.end and not before.endswith((" ", "\n")):
        written = f" {written}"
    gap = re.match(r"( {2,})#", after)
    if gap and "\n" not in written:
        width = max(1, len(gap[1]) + node.end - node.start - len(written))
        after = " " * width + after[len(gap[1]) :]
    return before + written + after


def _replace_pair(text: str, parent: Node, key: str, value: Any) -> str:
    """Write a pair of a block mapping anew; the comment on the key's line stays."""
    start, end = parent.keys[key]
    node = parent.children[key]
    colon = text.index(":", end) + 1
    indent = start - start_of_line(text, start)
    head, *rest = pair_lines(text[start:end], value, indent)
    # The key is copied as it is written, so that its quotes stay.
    head = head[head.index(":") :] if not rest else ""
    head = inline_of(value) if not rest else ""
    head_end = end_of_line(text, colon - 1)
    line = text[colon:head_end] if node.style == "block" else text[node.end : end_of_line(text, node.end)]
    comment = line.strip()
    written = " ".join(part for part in (head, comment) if part)
    after = _end_of_node(text, node)
    lines = [f"{text[start_of_line(text, start) : colon]} {written}".rstrip(), *rest]
    return text[: start_of_line(text, start)] + _joined(text, lines) + text[after:]
