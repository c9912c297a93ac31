"""The state as a file: locked while it changes, replaced whole, its history beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from ccm_gitops.errors import StateError
from ccm_gitops.files import append_line, keep_previous, locked, write_atomic
from ccm_gitops.state.codec import decode, encode
from ccm_gitops.state.model import State
from ccm_gitops.state.store import Update, history_file, is_expired, read_lines, write_line

T = TypeVar("T")

_LOCK_WAIT = 10.0  # seconds; a change takes milliseconds, so a longer wait means trouble


@dataclass(frozen=True)
class FileStore:
    """`path` is the state; `path.bak` (the one before), `path.lock` and `history/` stand beside it.

    The history is kept for `keep`.
    """

    path: Path
    keep: timedelta

    def load(self) -> State:
        """The state as it is now; an empty one where there is no file yet."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return State()
        except OSError as error:
            raise StateError(f"{self.path}: cannot read the state: {error.strerror}") from error
        return decode(data, str(self.path))

    def update(self, change: Callable[[State], Update[T]]) -> T:
        """Change the state under the lock; the file is written only when it differs."""
        try:
            with locked(self.path.with_name(self.path.name + ".lock"), wait=_LOCK_WAIT):
                before = self.load()
                made = change(before)
                for line in made.history:
                    append_line(self.path.parent / history_file(line), write_line(line))
                    self._prune(line["started_at"])
                if made.state != before:
                    keep_previous(self.path)  # it was read a moment ago, so it is a good one
                    write_atomic(self.path, encode(made.state))
        except OSError as error:
            raise StateError(f"{self.path}: cannot write the state: {error.strerror}") from error
        return made.answer

    def _prune(self, now: str) -> None:
        for file in (self.path.parent / "history").glob("*.jsonl"):
            if is_expired(f"history/{file.name}", now, self.keep):
                file.unlink()

    def history(self) -> Iterator[Mapping[str, Any]]:
        """Every line of the history, oldest first."""
        for file in sorted((self.path.parent / "history").glob("*.jsonl")):
            yield from read_lines(file.read_text(encoding="utf-8", errors="replace"))
