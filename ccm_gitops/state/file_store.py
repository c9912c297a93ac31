"""The state as a file: locked while it changes, replaced whole, its history beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from ccm_gitops.errors import StateError
from ccm_gitops.files import append_line, keep_previous, locked, write_atomic
from ccm_gitops.state.chain import link, pruned, read_lines
from ccm_gitops.state.codec import decode, encode
from ccm_gitops.state.model import Chain, State
from ccm_gitops.state.store import Update, history_file, is_expired

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
                state = self._append(made) if made.history else made.state
                if state != before:
                    keep_previous(self.path)  # it was read a moment ago, so it is a good one
                    write_atomic(self.path, encode(state))
                # After the state, which tells where the chain starts then.
                for file in self._expired(made):
                    file.unlink()
        except OSError as error:
            raise StateError(f"{self.path}: cannot write the state: {error.strerror}") from error
        return made.answer

    def history(self) -> Iterator[Mapping[str, Any]]:
        """Every line of the history, oldest first."""
        for file in self._files():
            yield from read_lines(_text(file))

    def history_files(self) -> Mapping[str, str]:
        """The text of each file of the history, by its name relative to the state."""
        return {f"history/{file.name}": _text(file) for file in self._files()}

    def _files(self) -> list[Path]:
        return sorted((self.path.parent / "history").glob("*.jsonl"))

    def _append(self, made: Update[T]) -> State:
        """Write the lines, and give the state that knows the chain as it is then."""
        texts, chain = link(made.history, made.state.chain or Chain())
        for line, text in zip(made.history, texts, strict=True):
            append_line(self.path.parent / history_file(line), text)
        if gone := {f"history/{file.name}": _text(file) for file in self._expired(made)}:
            files = self.history_files()
            kept = {name: text for name, text in files.items() if name not in gone}
            chain = pruned(kept, gone, chain)
        return replace(made.state, chain=chain)

    def _expired(self, made: Update[T]) -> list[Path]:
        times = [line["at"] for line in made.history]
        return [
            file
            for file in (self._files() if times else ())
            if is_expired(f"history/{file.name}", max(times), self.keep)
        ]


def _text(file: Path) -> str:
    # What is no UTF-8 must keep its digest.
    return file.read_text(encoding="utf-8", errors="surrogateescape")
