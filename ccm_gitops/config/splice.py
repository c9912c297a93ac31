"""Single changes to a YAML text: every character outside the changed value stays as it is."""

from __future__ import annotations

import re
from typing import Any

from ccm_gitops.config import lines as at
from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.emit import WIDTH, inline, item_lines, pair_lines
from ccm_gitops.config.spans import Node

_REST_OF_ITEM = re.compile(r"[ \t]*,?[ \t]*(#.*)?")
_GAP = re.compile(r"( {2,})#")


def replace(text: str, root: Node, path: KeyPath, value: Any) -> str:
    """Write another value in the place of the one under `path`."""
    node, is_in_flow = _at(root, path), _is_in_flow(root, path)
    quote = node.style if node.style in ("'", '"') else "plain"
    written = inline(value, quote=quote, in_flow=is_in_flow)
    if node.style not in ("block", "|", ">") and (is_in_flow or _fits(text, node, written, value)):
        return _put(text, node, written)
    key = path[-1]
    if isinstance(key, str):
        return _replace_pair(text, _at(root, path[:-1]), key, value)
    start = at.start_of_item(text, node.start)
    lines = item_lines(value, at.indent_of(text, start))
    return text[:start] + at.joined(text, lines) + text[_end(text, node, len(text)) :]


def insert_key(text: str, root: Node, path: KeyPath, value: Any) -> str:
    """Add a pair at the end of the mapping `path[:-1]`."""
    parent, key = _at(root, path[:-1]), str(path[-1])
    if parent.style == "flow":
        return _insert_in_flow(text, parent, inline({key: value})[1:-1])
    first = min(start for start, _ in parent.keys.values())
    indent = first - at.start_of_line(text, first)
    last = list(parent.children.values())[-1]
    if len(path) > 1:
        lines = pair_lines(key, value, indent)
        return at.inserted(text, _end(text, last, indent + 1), lines)
    lines = [f"{key}:", *item_lines(value[0], 2)] if value and isinstance(value, list) else []
    return at.inserted(text, len(text), ["", *(lines or pair_lines(key, value, indent))])


def append_item(text: str, root: Node, path: KeyPath, value: Any) -> str:
    """Add an item at the end of the list under `path`, in the style of those that it has."""
    node = _at(root, path)
    if node.style == "flow" and (node.children or _is_in_flow(root, path)):
        return _insert_in_flow(text, node, inline(value, in_flow=True))
    if node.style != "block":
        return _first_item(text, root, path, value)
    *_, last = node.children.values()
    line = at.start_of_item(text, last.start)
    indent = at.indent_of(text, line)
    end = at.past_comments(text, _end(text, last, indent + 1), indent)
    lines = item_lines(value, indent, is_flow=last.style == "flow")
    above = at.with_comments_above(text, line, indent)
    is_spaced = at.is_blank(text, above - 1) if len(node.children) > 1 else last.style == "block"
    return at.inserted(text, end, ["", *lines] if is_spaced else lines)


def drop(text: str, root: Node, path: KeyPath) -> str:
    """Take out one pair or item, with the comments that belong to it."""
    parent, key = _at(root, path[:-1]), path[-1]
    place = list(parent.children).index(key)
    if parent.style == "flow":
        return _drop_from_flow(text, parent, place)
    if len(parent.children) == 1:
        return replace(text, root, path[:-1], {} if isinstance(key, str) else [])
    start, node = parent.spans()[place][0], parent.children[key]
    line = at.start_of_line(text, start) if isinstance(key, str) else at.start_of_item(text, start)
    if isinstance(key, str) and text[line:start].strip():  # after the dash of an item
        return text[:start] + text[parent.spans()[place + 1][0] :]
    indent = at.indent_of(text, line)
    begin = at.with_comments_above(text, line, indent)
    end = _end(text, node, indent + 1)
    is_last = place == len(parent.children) - 1
    if at.is_blank(text, begin - 1) and is_last:
        begin = at.before_blanks(text, begin)
    elif at.is_blank(text, begin - 1) or place == 0:
        end = at.past_blanks(text, end)
    return text[:begin] + text[end:]


def _at(root: Node, path: KeyPath) -> Node:
    node = root.at(path)
    if node is None:
        raise LookupError(path)
    return node


def _is_in_flow(root: Node, path: KeyPath) -> bool:
    return any(_at(root, path[:length]).style == "flow" for length in range(len(path)))


def _fits(text: str, node: Node, written: str, value: Any) -> bool:
    before = node.start - at.start_of_line(text, node.start)
    return not value or not isinstance(value, dict | list) or before + len(written) <= WIDTH


def _end(text: str, node: Node, indent: int) -> int:
    """The line after a value and after the comments below it that are indented at least so far."""
    end = at.next_line(text, node.end)
    while (found := at.comment_indent(text, end)) is not None and found >= indent:
        end = at.next_line(text, end)
    return end


def _put(text: str, node: Node, written: str) -> str:
    """Write over a value that stands inline; a comment after it keeps its column if it can."""
    before, after = text[: node.start], text[node.end :]
    if node.start == node.end and not before.endswith((" ", "\n")):
        written = f" {written}"
    if gap := _GAP.match(after):
        width = max(1, len(gap[1]) + node.end - node.start - len(written))
        after = " " * width + after[len(gap[1]) :]
    return before + written + after


def _replace_pair(text: str, parent: Node, key: str, value: Any) -> str:
    """Write a pair of a block mapping anew; the comment on the key's line stays."""
    start, end = parent.keys[key]
    node, line = parent.children[key], at.start_of_line(text, start)
    colon = text.index(":", end) + 1
    tail = colon if node.style == "block" else node.end
    comment = text[tail : at.end_of_line(text, tail)].strip() if node.style not in "|>" else ""
    head, *rest = pair_lines("key", value, start - line)
    written = "" if rest else f" {head.partition(': ')[2]}"
    if comment.startswith("#"):
        written += f"  {comment}"
    lines = [text[line:colon] + written, *rest]
    return text[:line] + at.joined(text, lines) + text[at.next_line(text, node.end) :]


def _first_item(text: str, root: Node, path: KeyPath, value: Any) -> str:
    """Put the first item below a key whose list is empty or not there."""
    node, parent = _at(root, path), _at(root, path[:-1])
    start, end = parent.keys[str(path[-1])]
    colon = text.index(":", end) + 1
    emptied = text[:colon] + text[node.end :]
    column = start - at.start_of_line(text, start)
    below = at.next_line(emptied, colon)
    while (found := at.comment_indent(emptied, below)) is not None and found > column:
        below = at.next_line(emptied, below)
    return at.inserted(emptied, below, item_lines(value, column + 2))


def _insert_in_flow(text: str, node: Node, written: str) -> str:
    """Add an element at the end of a flow collection, on its own line where the last has one."""
    if not node.children:
        opening = text.index("{" if "{" in text[node.start : node.end] else "[", node.start)
        return text[: opening + 1] + written + text[node.end - 1 :]
    start, end = node.spans()[-1]
    prefix = text[at.start_of_line(text, start) : start]
    rest = text[end : at.end_of_line(text, end)]
    has_comma = text[end:].lstrip().startswith(",")
    if not prefix.strip() and _REST_OF_ITEM.fullmatch(rest):
        comma = "" if has_comma else ","
        line = at.next_line(text, end)
        ending = "," if has_comma else ""
        middle = text[end:line]
        return (
            text[:end] + comma + middle + at.joined(text, [prefix + written + ending]) + text[line:]
        )
    if has_comma:
        end = text.index(",", end) + 1
        return f"{text[:end]} {written}{text[end:]}"
    return f"{text[:end]}, {written}{text[end:]}"


def _drop_from_flow(text: str, node: Node, place: int) -> str:
    spans = node.spans()
    start, end = spans[place]
    line = at.start_of_line(text, start)
    rest = text[end : at.end_of_line(text, end)]
    if not text[line:start].strip() and _REST_OF_ITEM.fullmatch(rest):
        return text[:line] + text[at.next_line(text, end) :]
    if place + 1 < len(spans):
        return text[:start] + text[spans[place + 1][0] :]
    return text[: spans[place - 1][1] if place else start] + text[end:]
