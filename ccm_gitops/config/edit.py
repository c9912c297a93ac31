"""Changes to a configuration's text that leave everything else in it as it was written.

Pure: text in, text out. `config.save` is the part that reads and writes the file.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

from ccm_gitops.config import splice
from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.entries import entries, named_id, project_id
from ccm_gitops.config.shared import part_ways
from ccm_gitops.config.spans import read_spans
from ccm_gitops.config.suggest import did_you_mean, shown
from ccm_gitops.config.words import describe
from ccm_gitops.config.yaml_core import read_yaml
from ccm_gitops.errors import ConfigError, UsageError

Kind = Literal["tasks", "webhooks", "projects"]
REMOVED: Final = object()
_NO_FOLDER = Path()
_NAMED_IN: Mapping[Kind, KeyPath] = {
    "tasks": ("needs",),
    "webhooks": ("notify", "webhooks"),
    "projects": ("projects",),
}


def new_entry(values: Mapping[KeyPath, Any]) -> dict[str, Any]:
    """An entry that has these values at their paths; what is REMOVED is left out."""
    made: dict[str, Any] = {}
    for (*parents, last), value in values.items():
        if value is REMOVED:
            continue
        inner = made
        for key in parents:
            inner = inner.setdefault(str(key), {})
        inner[str(last)] = value
    return made


def add(text: str, kind: Kind, item: Mapping[str, Any]) -> str:
    """The text with an entry more at the end of its list.

    Raises UsageError for an id that is taken.
    """
    data = _data(text)
    noun, id = kind.removesuffix("s"), item.get("id")
    if id and id in _ids(text, kind):
        raise UsageError(f"there is a {noun} {shown(id)} already; change it, or give another id")
    path: KeyPath = (kind,)
    index = len(data.get(kind) or ())
    return _checked(text, _put(text, (*path, index), dict(item)), {(*path, index): dict(item)})


def change(text: str, kind: Kind, id: str, changes: Mapping[KeyPath, Any]) -> str:
    """The text with some values of one entry changed.

    A key is a path inside the entry, as `("notify", "on_success")`; parents that are missing are
    made, and REMOVED takes the key out. A mapping or list is compared with the one that is there,
    and only what differs is written. Raises UsageError for an unknown id.
    """
    place = (kind, index_of(text, kind, id))
    entry = _data(text)[kind][place[1]]
    for path in changes:
        _check_parents(entry, path)
    wanted = {(*place, *path): value for path, value in changes.items()}
    edited = text
    for path, value in wanted.items():
        edited = _put(edited, path, value)
    return _checked(text, edited, wanted)


def remove(text: str, kind: Kind, id: str, *, with_references: bool = False) -> str:
    """The text without one entry, and if asked without its id in the tasks that name it.

    Raises UsageError for an unknown id.
    """
    path: KeyPath = (kind, index_of(text, kind, id))
    for user in users_of(text, kind, id) if with_references else ():
        named = _look_up(_data(text), ("tasks", index_of(text, "tasks", user), *_NAMED_IN[kind]))
        left = [name for name in named if name != id]
        text = change(text, "tasks", user, {_NAMED_IN[kind]: left})
    return _checked(text, _put(text, path, REMOVED), {path: REMOVED})


def users_of(text: str, kind: Kind, id: str) -> list[str]:
    """The ids of the other tasks that name this entry."""
    users = []
    for path, task in entries(_data(text), "tasks"):
        named = _look_up(task, _NAMED_IN[kind])
        if isinstance(named, list) and id in named and (kind, named_id(task)) != ("tasks", id):
            users.append(str(named_id(task) or path))
    return users


def entry(text: str, kind: Kind, id: str) -> dict[str, Any]:
    """An entry as the file has it; raises UsageError for an unknown id."""
    found: dict[str, Any] = _data(text)[kind][index_of(text, kind, id)]
    return found


def ids_of(text: str, kind: Kind) -> list[str]:
    """The ids of a list, in the order of the file."""
    return [name for name in _ids(text, kind) if name]


def index_of(text: str, kind: Kind, id: str) -> int:
    """Which entry of its list has this id; raises UsageError when none has."""
    known = _ids(text, kind)
    if id in known:
        return known[id]
    noun = kind.removesuffix("s")
    there = did_you_mean(id, known) or f"; the {kind} are: {', '.join(known) or 'none'}"
    raise UsageError(f"there is no {noun} {shown(id)}{there}")


def _ids(text: str, kind: Kind) -> dict[str, int]:
    found: dict[str, int] = {}
    for (_, index), item in entries(_data(text), kind):
        name = project_id(item, _NO_FOLDER) if kind == "projects" else named_id(item)
        found[str(name or "")] = int(index)
    return found


def _data(text: str) -> Any:
    document, problems = read_yaml(text.encode(), Path("schedules.yaml"))
    if problems or not isinstance(document.data, dict):
        raise ConfigError(problems) if problems else UsageError("the file is no mapping")
    return document.data


def _put(text: str, path: KeyPath, value: Any) -> str:
    """One value set, or taken out, with as few changes as its difference to the old one needs."""
    old = _look_up(_data(text), path)
    if _same(old, value):
        return text
    if isinstance(old, dict) and isinstance(value, dict) and set(old) & set(value):
        return _put_mapping(text, path, old, value)
    if isinstance(old, list) and isinstance(value, list) and _kept(old, value):
        return _put_list(text, path, old, value)
    text = part_ways(text, _data(text), path)
    root = read_spans(text)
    if value is REMOVED:
        return splice.drop(text, root, path)
    if old is not REMOVED:
        return splice.replace(text, root, path, value)
    parent = _look_up(_data(text), path[:-1])
    if isinstance(path[-1], int):
        if parent is REMOVED:
            return splice.insert_key(text, root, path[:-1], [value])
        return splice.append_item(text, root, path[:-1], value)
    if not parent or parent is REMOVED:
        return _put(text, path[:-1], {path[-1]: value})
    return splice.insert_key(text, root, path, value)


def _put_mapping(text: str, path: KeyPath, old: dict[str, Any], value: dict[str, Any]) -> str:
    for key, item in value.items():
        text = _put(text, (*path, key), item)
    for key in old:
        if key not in value:
            text = _put(text, (*path, key), REMOVED)
    return text


def _kept(old: list[Any], value: list[Any]) -> list[Any]:
    """The items that stay, when the new list is these in their order and then others; else none."""
    kept = [item for item in old if any(_same(item, other) for other in value)]
    return kept if kept and _same(value[: len(kept)], kept) else []


def _put_list(text: str, path: KeyPath, old: list[Any], value: list[Any]) -> str:
    kept = _kept(old, value)
    for index in reversed(range(len(old))):
        if not any(_same(old[index], item) for item in kept):
            text = _put(text, (*path, index), REMOVED)
    for offset, item in enumerate(value[len(kept) :]):
        text = _put(text, (*path, len(kept) + offset), item)
    return text


def _look_up(data: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return REMOVED
    return data


def _check_parents(data: Any, path: KeyPath) -> None:
    """Refuse a path through a text, to a key in a list or to an item far behind its end."""
    for key, following in pairwise(path):
        data = _look_up(data, (key,))
        if data is None or data is REMOVED:
            data = [] if isinstance(following, int) else {}
        if not isinstance(data, list if isinstance(following, int) else dict):
            message = f"{key} is {describe(data)}, which has no {following} to change"
            item = f"name an item of it, as {key}.0.{following}, " if isinstance(data, list) else ""
            raise UsageError(f"{message}; {item}give another {key}, or change it by hand")
        if isinstance(following, int) and following > len(data):
            there = f"items are counted from 0, and the next is {key}.{len(data)}"
            raise UsageError(f"there is no {key}.{following}: {there}")


def _same(one: Any, other: Any) -> bool:
    """Equal as YAML: true is not 1."""
    if one is REMOVED or other is REMOVED:
        return one is other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _checked(text: str, edited: str, wanted: Mapping[KeyPath, Any]) -> str:
    """The edited text, once it is proved to hold the old data with these changes and no other."""
    expected = copy.deepcopy(_data(text))
    for path, value in wanted.items():
        _change(expected, path, value)
    try:
        is_right = _same(_data(edited), expected)
    except ConfigError:
        is_right = False
    if not is_right:
        raise UsageError("this part of the file cannot be changed by command; change it by hand")
    return edited


def _change(data: Any, path: KeyPath, value: Any) -> None:
    last: Any = path[-1]
    for part, following in pairwise(path):
        if isinstance(data, dict) and data.get(str(part)) is None:
            data[str(part)] = [] if isinstance(following, int) else {}
        elif isinstance(data, list) and part == len(data):
            data.append([] if isinstance(following, int) else {})
        data = data[part]
    if value is REMOVED:
        if _look_up(data, (last,)) is not REMOVED:
            del data[last]
    elif isinstance(data, list) and last == len(data):
        data.append(value)
    else:
        data[last] = value
