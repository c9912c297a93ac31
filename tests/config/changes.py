"""The example with random changes: nearly right configurations, for properties."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ccm_gitops.config.yaml_core import read_yaml

_FILE = Path(__file__).parents[2] / "schedules.example.yaml"
EXAMPLE = read_yaml(_FILE.read_bytes(), _FILE)[0].data


def changed(changes: Iterable[tuple[tuple[Any, ...], str, Any]]) -> Any:
    """A copy of the example after the changes."""
    data = copy.deepcopy(EXAMPLE)
    for path, action, value in changes:
        change(data, path, action, copy.deepcopy(value))
    return data


def spots(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield from spots(item, (*path, key)) if isinstance(item, dict | list) else [(*path, key)]


SPOTS = [path for path in spots(EXAMPLE) if path]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 101),
    st.sampled_from(["", "a", "A b", "5m", "manual", "analyze", "custom", "1d\n"]),
    st.sampled_from([[], ["a"], ["a", "a"], {}, {"cron": "x"}, {"path": "x"}, {"a": 1}]),
)
CHANGES = st.lists(
    st.tuples(st.sampled_from(SPOTS), st.sampled_from(["set", "drop", "add"]), VALUES), max_size=2
)


def change(data: Any, path: tuple[Any, ...], action: str, value: Any) -> None:
    try:
        for step in path[:-1]:
            data = data[step]
        if action == "set":
            data[path[-1]] = value
        elif action == "drop":
            del data[path[-1]]
        else:
            data[path[-1]]["branch"] = value
    except (KeyError, IndexError, TypeError):
        return  # an earlier change took the place away
