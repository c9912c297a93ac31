"""The state as a file: locked while it changes, replaced whole, its history beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ccm_gitops.errors import StateError
from ccm_gitops.files import append_line, locked, write_atomic
from ccm_gitops.state.codec import decode, encode
from ccm_gitops.state.model import State

T = TypeVar("T")

_LOCK_WAIT = 10.0  # seconds; a change takes milliseconds, so a longer wait means trouble


@dataclass(frozen=True)
class FileStore:
    """`path` is the state; `path.lock` and the folder `history` stand beside it."""

    path: Path

    def load(self) -> State:
        """The state as it is now; an empty one where there is no file yet."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return State()
        except OSError as error:
            raise StateError(f"{self.path}: cannot read the state: {error.strerror}") from error
        return decode(data, str(self.path))

    def update(self, change: Callable[[State], tuple[State, T]]) -> T:
        """Change the state under the lock; the file is written only when it differs."""
        try:
            with locked(self.path.with_name(self.path.name + ".lock"), wait=_LOCK_WAIT):
                before = self.load()
                after, result = change(before)
                if after != before:
                    write_atomic(self.path, encode(after))
        except OSError as error:
            raise StateError(f"{self.path}: cannot write the state: {error.strerror}") from error
        return result

    def record(self, lines: Iterable[Mapping[str, Any]], month: str) -> None:
        """Append to `history/<month>.jsonl`, a line a mapping."""
        try:
            for line in lines:
                append_line(self._history / f"{month}.jsonl", json.dumps(line, ensure_ascii=False))
        except OSError as error:
            raise StateError(f"{self._history}: cannot write: {error.strerror}") from error

    def history(self) -> Iterator[Mapping[str, Any]]:
        """Every line of the history, oldest first; a torn last line of a crash is passed over."""
        for file in sorted(self._history.glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    yield json.loads(line)
                except ValueError:
                    continue

    @property
    def _history(self) -> Path:
        return self.path.with_name("history")
