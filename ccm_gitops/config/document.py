"""A parsed file that remembers where each key and value stands, and findings about its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ccm_gitops.errors import Problem

KeyPath = tuple[str | int, ...]

MAX_BYTES = 2 * 1024 * 1024  # of a file; ten thousand tasks of some length


class Position(NamedTuple):
    """A place in a text; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Finding:
    """Something to say about the value at `path` or, with `key`, about that key of the mapping.

    `spoils` says what cannot be looked at any further: what the finding is about, the whole mapping
    although a key is named, or nothing, as where a key is missing.
    """

    path: KeyPath
    message: str
    key: str | None = None
    spoils: Literal["it", "whole", "nothing"] = "it"


@dataclass(frozen=True)
class Document:
    """Plain data, and the positions of its keys and values by their path."""

    file: Path
    data: Any
    keys: Mapping[KeyPath, Position]
    values: Mapping[KeyPath, Position]

    def problem(self, finding: Finding) -> Problem:
        """A finding with its position in the file."""
        place = self._place(finding)
        where = format_path(finding.path)
        return Problem(self.file, place.line, place.column, where, finding.message)

    def _place(self, finding: Finding) -> Position:
        if finding.key is not None and (key := self.keys.get((*finding.path, finding.key))):
            return key
        return self.values.get(finding.path, Position(0, 0))


def format_path(path: KeyPath) -> str:
    """`tasks[0].schedule.cron`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems sorted by their place, each once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.line, p.column)))


def without(data: Any, findings: Iterable[Finding]) -> Any:
    """The data with None in the place of all that the findings spoil.

    What is left has the shape of the schema, but for keys that may be missing.
    """
    spoilt = {
        finding.path
        if finding.key is None or finding.spoils == "whole"
        else (*finding.path, finding.key)
        for finding in findings
        if finding.spoils != "nothing"
    }
    return _sound(data, (), spoilt) if spoilt else data


def _sound(value: Any, path: KeyPath, spoilt: set[KeyPath]) -> Any:
    if path in spoilt:
        return None
    if isinstance(value, list):
        return [_sound(item, (*path, index), spoilt) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: _sound(item, (*path, key), spoilt) for key, item in value.items()}
    return value
