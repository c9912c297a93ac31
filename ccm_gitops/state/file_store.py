"""The state as a file: locked while it changes, replaced whole, its history beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
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

# Bytes at a file's end that are searched for a line; it is further up where an older state was put
# back.
_LOOK_BACK = 1 << 20
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
        """Change the state under the lock; the file is written only when it differs.

        The state is written first, with the lines for the history in it: whoever is killed before
        they are appended has them appended by the next one.
        """
        try:
            with locked(self.path.with_name(self.path.name + ".lock"), wait=_LOCK_WAIT):
                before = self.load()
                for text in self._missing(before):
                    self._append(text)
                made = change(replace(before, unwritten=()))
                expired = self._expired(made)
                state = self._recorded(made, expired) if made.history else made.state
                if state != before:
                    keep_previous(self.path)  # it was read a moment ago, so it is a good one
                    write_atomic(self.path, encode(state))
                for text in state.unwritten:
                    self._append(text)
                for file in expired:
                    file.unlink()
        except OSError as error:
            raise StateError(f"{self.path}: cannot write the state: {error.strerror}") from error
        return made.answer

    def history(self) -> Iterator[Mapping[str, Any]]:
        """Every line of the history, oldest first."""
        for _, text in sorted(self.history_files().items()):
            yield from read_lines(text)

    def history_files(self) -> Mapping[str, str]:
        """The text of each file of the history, by its name relative to the state."""
        missing = self._missing(self.load())
        return _extended({_name(file): _text(file) for file in self._files()}, missing)

    def _files(self) -> list[Path]:
        return sorted((self.path.parent / "history").glob("*.jsonl"))

    def _append(self, text: str) -> None:
        append_line(self.path.parent / history_file(json.loads(text)), text)

    def _missing(self, state: State) -> list[str]:
        """Of the lines that the last writer had to append, those that it did not come to."""
        return [
            text
            for text in state.unwritten
            if text not in _end(self.path.parent / history_file(json.loads(text)), state.unwritten)
        ]

    def _recorded(self, made: Update[T], expired: Iterable[Path]) -> State:
        """The state that has the lines of a change, and knows the chain as it is with them."""
        texts, chain = link(made.history, made.state.chain or Chain())
        if gone := {_name(file): _text(file) for file in expired}:
            files = _extended({_name(file): _text(file) for file in self._files()}, texts)
            kept = {name: text for name, text in files.items() if name not in gone}
            chain = pruned(kept, gone, chain)
        return replace(made.state, chain=chain, unwritten=tuple(texts))

    def _expired(self, made: Update[T]) -> list[Path]:
        times = [line["at"] for line in made.history]
        files = self._files() if times else []
        return [file for file in files if is_expired(_name(file), max(times), self.keep)]


def _name(file: Path) -> str:
    return f"history/{file.name}"


def _extended(files: dict[str, str], texts: Iterable[str]) -> dict[str, str]:
    """The files with lines more, each where it belongs."""
    for text in texts:
        name = history_file(json.loads(text))
        files[name] = f"{files.get(name, '')}\n{text}\n"
    return files


def _end(file: Path, texts: Iterable[str]) -> list[str]:
    """The last lines of a file: those among which these texts are, if they were appended at all."""
    most = _LOOK_BACK + 2 * sum(len(text.encode()) + 1 for text in texts)
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - most))
            return stream.read().decode(errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return []


def _text(file: Path) -> str:
    # What is no UTF-8 must keep its digest.
    return file.read_text(encoding="utf-8", errors="surrogateescape")
