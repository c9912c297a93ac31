"""YAML read with the core types of version 1.2, positions kept, and its traps refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from ccm_gitops.config.document import MAX_BYTES, Document, KeyPath, Position, format_path
from ccm_gitops.config.scalars import read_scalar
from ccm_gitops.config.suggest import shown
from ccm_gitops.config.yaml_syntax import explain_syntax
from ccm_gitops.errors import ConfigError, Problem

MAX_DEPTH = 50
MAX_VALUES = 300_000

# libyaml where it is built in: seven times as fast, the same events.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Escapes can write these into a value; the operating system takes them nowhere.
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
# All but what YAML 1.2 calls printable.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_yaml(raw: bytes, file: Path) -> tuple[Document, tuple[Problem, ...]]:
    """The one document in `raw`, and everything that is wrong with it as YAML.

    Raises ConfigError when no document can be made of it; `file` is the name in problems.
    """
    text = _decode(raw, file)
    composer = _Composer(text, file)
    try:
        data = composer.document()
    except yaml.MarkedYAMLError as error:
        position, message = explain_syntax(error, text)
        problem = Problem(file, position.line, position.column, "", message)
        raise ConfigError((*composer.problems, problem)) from error
    return Document(file, data, composer.keys, composer.values), tuple(composer.problems)


def _decode(raw: bytes, file: Path) -> str:
    if len(raw) > MAX_BYTES:
        raise ConfigError((Problem(file, 0, 0, "", "is larger than 2 MiB"),))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(error.object[: error.start].decode(errors="replace"))
        problem = Problem(file, line, column, "", "is not UTF-8 text here; save the file as UTF-8")
        raise ConfigError((problem,)) from error
    if bad := _UNPRINTABLE.search(text):
        line, column = _position(text[: bad.start()])
        message = f"holds the control character U+{ord(bad[0]):04X}, which YAML does not allow"
        raise ConfigError((Problem(file, line, column, "", message),))
    return text


def _position(before: str) -> Position:
    start = before.rfind("\n") + 1
    return Position(before.count("\n") + 1, len(before) - start + 1)


class _Composer:
    """Builds data from the parser's events; problems that leave the rest readable are collected."""

    def __init__(self, text: str, file: Path) -> None:
        self.file = file
        self.keys: dict[KeyPath, Position] = {}
        self.values: dict[KeyPath, Position] = {}
        self.problems: list[Problem] = []
        self._events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        # None stands for an anchor whose value is not complete yet.
        self._anchors: dict[str, tuple[KeyPath, Any] | None] = {}
        self._count = 0

    def document(self) -> Any:
        """The data of the only document; None for a file without one."""
        data = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
            elif isinstance(event, yaml.NodeEvent) and documents == 1:
                data = self._value(event, ())
            elif isinstance(event, yaml.NodeEvent):
                self._stop(event, (), "only one document is allowed; remove the '---' before this")
        if not documents:
            message = "the file is empty; it needs at least `version: 1`"
            raise ConfigError((Problem(self.file, 1, 1, "", message),))
        return data

    def _value(self, event: Any, path: KeyPath) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        self._add(event, path)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(event, path, f"tags such as {shown(tag)} are not read; remove it")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        value = self._content(event, path)
        if event.anchor is not None:
            self._anchors[event.anchor] = (path, value)
        return value

    def _content(self, event: Any, path: KeyPath) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= MAX_DEPTH:
            self._stop(event, path, f"is nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _scalar(self, event: Any, path: KeyPath) -> Any:
        if _UNUSABLE.search(event.value):
            self._report(event, path, "holds a NUL or half a character, which no path or name may")
        if not event.implicit[0]:
            return event.value
        try:
            return read_scalar(event.value)
        except ValueError as error:
            self._report(event, path, str(error))
            return None

    def _sequence(self, path: KeyPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path, pairs)
            # What stands under a refused key is read for its problems and left out.
            value = self._value(next(self._events), (*path, "?" if key is None else key))
            if key is not None:
                pairs[key] = value
        return pairs

    def _key(self, event: Any, path: KeyPath, pairs: dict[str, Any]) -> str | None:
        """A key that can be taken; None, and a problem, for one that cannot."""
        is_plain = isinstance(event, yaml.ScalarEvent) and event.implicit[0]
        key = self._value(event, (*path, "?"))
        place = _place(event)
        if key == "<<" and is_plain:
            message = "merge keys ('<<') are not part of YAML 1.2; write the keys out"
        elif not isinstance(key, str):
            name = shown(event.value) if isinstance(event, yaml.ScalarEvent) else "this one"
            message = f"keys must be text; put {name} in quotes or remove it"
        elif key in pairs:
            first = self.keys[(*path, key)]
            message = (
                f"the key {shown(key)} is there twice; "
                f"the first is at line {first.line}, column {first.column}"
            )
        else:
            self.keys[(*path, key)] = place
            return key
        self._report(event, path, message)
        return None

    def _alias(self, event: Any, path: KeyPath) -> Any:
        try:
            known = self._anchors[event.anchor]
        except KeyError:
            name = shown(f"*{event.anchor}")
            self._report(
                event, path, f"{name} names no anchor above; put the value in quotes if it is text"
            )
            self.values[path] = _place(event)
            return None
        if known is None:
            self._stop(event, path, f"the alias {shown('*' + event.anchor)} holds itself")
        source, value = known
        return self._copy(event, value, source, path)

    def _copy(self, event: Any, value: Any, source: KeyPath, path: KeyPath) -> Any:
        """A value once more under another path; its positions stay those of the anchor."""
        if len(path) > MAX_DEPTH:
            self._stop(event, path, f"is nested deeper than {MAX_DEPTH} levels")
        self._add(event, path)
        self.values[path] = self.values[source]
        if isinstance(value, list):
            return [
                self._copy(event, item, (*source, i), (*path, i)) for i, item in enumerate(value)
            ]
        if isinstance(value, dict):
            for key in value:
                self.keys[(*path, key)] = self.keys[(*source, key)]
            return {
                key: self._copy(event, item, (*source, key), (*path, key))
                for key, item in value.items()
            }
        return value

    def _add(self, event: Any, path: KeyPath) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            self._stop(event, (), f"holds more than {MAX_VALUES:,} values, aliases counted")
        self.values[path] = _place(event)

    def _report(self, event: Any, path: KeyPath, message: str) -> None:
        line, column = _place(event)
        self.problems.append(Problem(self.file, line, column, format_path(path), message))

    def _stop(self, event: Any, path: KeyPath, message: str) -> NoReturn:
        self._report(event, path, message)
        raise ConfigError(tuple(self.problems))


def _place(event: Any) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1)
