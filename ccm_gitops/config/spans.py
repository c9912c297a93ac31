"""Where each part of a YAML text stands, from its first character to its last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.yaml_core import LOADER

Part = str | int


@dataclass(frozen=True)
class Node:
    """One value; `start` and `end` are offsets, an anchor counted, white space after it not.

    `style` is plain, ', ", |, >, flow, block or alias. `children` are those of a mapping or list,
    `keys` the spans of a mapping's keys; an alias has neither, and its `anchor` is its target's.
    """

    start: int
    end: int
    style: str
    anchor: str | None = None
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    children: Mapping[Part, Node] = field(default_factory=dict)

    def at(self, path: KeyPath) -> Node | None:
        """The node under a path; None where there is none, or where an alias stands before it."""
        node: Node | None = self
        for part in path:
            node = node.children.get(part) if node else None
        return node

    def spans(self) -> list[tuple[int, int]]:
        """From first to last character, each item of a list or pair of a mapping."""
        return [
            (self.keys[key][0] if isinstance(key, str) else child.start, child.end)
            for key, child in self.children.items()
        ]

    def walk(self, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
        """Every node below and this one with its path, in the order of the text."""
        yield path, self
        for key, child in self.children.items():
            yield from child.walk((*path, key))


def read_spans(text: str) -> Node:
    """The tree of a text that `read_yaml` takes without problems."""
    events = iter(yaml.parse(text, Loader=LOADER))
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            return _node(event, events, text)
    return Node(len(text), len(text), "plain")


def _node(event: Any, events: Iterator[Any], text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.AliasEvent):
        return Node(start, end, "alias", event.anchor)
    if isinstance(event, yaml.ScalarEvent):
        content = text[start:end]
        is_block = event.style in ("|", ">")
        end = start + len(content.rstrip()) if is_block else end
        return Node(start, end, event.style or "plain", event.anchor)
    keys: dict[str, tuple[int, int]] = {}
    children: dict[Part, Node] = {}
    is_map = isinstance(event, yaml.MappingStartEvent)
    ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
    item: Any = next(events)
    while not isinstance(item, ends):
        key: Part = len(children)
        if is_map:
            key = name = str(item.value)
            keys[name] = (item.start_mark.index, item.end_mark.index)
            item = next(events)
        children[key] = _node(item, events, text)
        item = next(events)
    if event.flow_style:
        return Node(start, _end(item), "flow", event.anchor, keys, children)
    # The end of a block is told where the next one begins, after comments and empty lines.
    last = max(child.end for child in children.values())
    return Node(start, last, "block", event.anchor, keys, children)


def _end(event: Any) -> int:
    end: int = event.end_mark.index
    return end
