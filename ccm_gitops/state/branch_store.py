"""The state as one commit on a branch of a remote, moved by compare-and-swap."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from ccm_gitops.clock import Clock
from ccm_gitops.errors import RefMovedError, StateBusyError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.objects import Identity
from ccm_gitops.state.chain import link, pruned, read_lines
from ccm_gitops.state.codec import decode, encode
from ccm_gitops.state.model import Chain, State
from ccm_gitops.state.store import Update, history_file, is_expired

T = TypeVar("T")

_FILE = "state.json"
_TRIES = 20  # each loses to another runner's change, and only to that
# A look that finds nothing due is worth a push now and then, not each time.
_HEARTBEAT = timedelta(hours=1)


@dataclass
class BranchStore:
    """The branch holds `state.json` and `history/`, kept for `keep`; it is one parentless commit.

    `load` gives the state as this process last saw it; `update` always starts from the remote's.
    """

    remote: Clone
    branch: str
    author: Identity
    clock: Clock
    keep: timedelta
    _seen: State | None = field(default=None, init=False)

    def load(self) -> State:
        """The state; read from the remote the first time."""
        if self._seen is None:
            self._seen = self._read(self.remote.ref(self._ref))
        return self._seen

    def update(self, change: Callable[[State], Update[T]]) -> T:
        """Change the state; when another runner was faster, change what it left."""
        for attempt in range(_TRIES):
            tip = self.remote.ref(self._ref)
            before = self._read(tip)
            made = change(before)
            state, files = self._recorded(tip, made) if made.history else (made.state, {})
            self._seen = state
            if not made.history and _is_same(before, state):
                return made.answer
            files[_FILE] = encode(state)
            try:
                self.remote.move_ref(self._ref, self._commit(tip, files), tip)
            except RefMovedError:
                self.clock.sleep(0.1 * attempt)
                continue
            return made.answer
        raise StateBusyError(f"the branch {self.branch} keeps moving; try again in a moment")

    def history(self) -> Iterator[Mapping[str, Any]]:
        """Every line of the history, oldest first."""
        for _, text in sorted(self.history_files().items()):
            yield from read_lines(text)

    def history_files(self) -> Mapping[str, str]:
        """The text of each file of the history, by its name relative to the state."""
        return self._history(self.remote.ref(self._ref))

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.branch}"

    def _read(self, tip: str | None) -> State:
        entry = self.remote.entries(tip).get(_FILE) if tip else None
        if entry is None:
            return State()
        return decode(self.remote.blob(entry.id), f"{self.branch}:{_FILE}")

    def _history(self, tip: str | None, *names: str) -> dict[str, str]:
        """The text of the named files of a commit's history, or of all."""
        entries = self.remote.entries(tip) if tip else {}
        return {
            path: self.remote.blob(entry.id).decode(errors="surrogateescape")
            for path, entry in entries.items()
            if path.startswith("history/") and (not names or path in names)
        }

    def _recorded(self, tip: str | None, made: Update[Any]) -> tuple[State, dict[str, Any]]:
        """The state that knows the lines of a change, and the files of the history with them.

        A file that is None is one that has expired.
        """
        texts, chain = link(made.history, made.state.chain or Chain())
        paths = [history_file(line) for line in made.history]
        files = self._history(tip, *paths)
        for path, text in zip(paths, texts, strict=True):
            files[path] = f"{files.get(path, '')}{text}\n"
        entries = self.remote.entries(tip) if tip else {}
        newest = max(line["at"] for line in made.history)
        if gone := [name for name in (*entries, *files) if is_expired(name, newest, self.keep)]:
            everything = {**self._history(tip), **files}
            kept = {name: text for name, text in everything.items() if name not in gone}
            chain = pruned(kept, {name: everything[name] for name in gone}, chain)
        written: dict[str, Any] = {
            path: text.encode(errors="surrogateescape") for path, text in files.items()
        }
        return replace(made.state, chain=chain), written | dict.fromkeys(gone)

    def _commit(self, tip: str | None, files: Mapping[str, bytes | None]) -> str:
        return self.remote.commit_tree(
            self.remote.tree(tip, files),
            None,
            # Two runners that make the same change in the same second must not make the same
            # commit: the second push would then be no change, and both would own the claim.
            message=f"State of ccm-gitops\n\nCcm-Update: {uuid.uuid4()}\n",
            author=self.author,
            when=self.clock.now(),
        )


def _is_same(before: State, after: State) -> bool:
    """Is there nothing to write: at most the heartbeat is newer, and not by much."""
    if replace(after, heartbeat=before.heartbeat) != before:
        return False
    if before.heartbeat is None or after.heartbeat is None:
        return before == after
    return after.heartbeat.at - before.heartbeat.at < _HEARTBEAT
