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
from ccm_gitops.state.codec import decode, encode
from ccm_gitops.state.model import State
from ccm_gitops.state.store import Update, history_file, is_expired, read_lines, write_line

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
            self._seen = made.state
            if not made.history and _is_same(before, made.state):
                return made.answer
            try:
                self.remote.move_ref(self._ref, self._commit(tip, made), tip)
            except RefMovedError:
                self.clock.sleep(0.1 * attempt)
                continue
            return made.answer
        raise StateBusyError(f"the branch {self.branch} keeps moving; try again in a moment")

    def history(self) -> Iterator[Mapping[str, Any]]:
        """Every line of the history, oldest first."""
        tip = self.remote.ref(self._ref)
        for path, entry in sorted(self.remote.entries(tip).items()) if tip else ():
            if path.startswith("history/"):
                yield from read_lines(self.remote.blob(entry.id).decode(errors="replace"))

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.branch}"

    def _read(self, tip: str | None) -> State:
        entry = self.remote.entries(tip).get(_FILE) if tip else None
        if entry is None:
            return State()
        return decode(self.remote.blob(entry.id), f"{self.branch}:{_FILE}")

    def _commit(self, tip: str | None, made: Update[Any]) -> str:
        entries = self.remote.entries(tip) if tip else {}
        files: dict[str, bytes | None] = {_FILE: encode(made.state)}
        for line in made.history:
            path = history_file(line)
            known = self.remote.blob(entries[path].id) if path in entries else b""
            files[path] = (files.get(path) or known) + write_line(line).encode() + b"\n"
            expired = (name for name in entries if is_expired(name, line["started_at"], self.keep))
            files |= dict.fromkeys(expired)
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
