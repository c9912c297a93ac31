"""The seam between the runner and where its state lives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from ccm_gitops.clock import parse_instant
from ccm_gitops.state.model import State

T = TypeVar("T")


@dataclass(frozen=True)
class Update(Generic[T]):
    """What a change makes of a state: the new one, lines for the history, and an answer."""

    state: State
    answer: T
    history: tuple[Mapping[str, Any], ...] = ()


class Store(Protocol):
    """A state that several runners share; every change is one atomic read-modify-write."""

    def load(self) -> State:
        """The state; an empty one where there is none yet."""

    def update(self, change: Callable[[State], Update[T]]) -> T:
        """Replace the state by what `change` makes of it, and give its answer.

        `change` must be pure: a store may call it again on a newer state. State and history change
        together: a crash at any instant loses no line, and repeats none.
        Raises StateBusyError when other runners leave no room.
        """

    def history(self) -> Iterable[Mapping[str, Any]]:
        """Every line of the history, oldest first."""

    def history_files(self) -> Mapping[str, str]:
        """The text of each file of the history, by its name relative to the state."""


def history_file(line: Mapping[str, Any]) -> str:
    """The name, relative to the state, of the file that a line belongs to: one a month."""
    return f"history/{line['at'][:7]}.jsonl"


def is_expired(path: str, now: str, keep: timedelta) -> bool:
    """Is every line of a history file older than `keep`; `now` is the time of a newer line."""
    oldest = parse_instant(now) - keep
    return path.startswith("history/") and path < f"history/{oldest:%Y-%m}"
