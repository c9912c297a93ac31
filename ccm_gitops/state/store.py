"""The seam between the runner and where its state lives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from ccm_gitops.state.model import State

T = TypeVar("T")


class Store(Protocol):
    """A state that several runners share; every change is one atomic read-modify-write."""

    def load(self) -> State:
        """The state as it is now; an empty one where there is none yet."""

    def update(self, change: Callable[[State], tuple[State, T]]) -> T:
        """Replace the state by what `change` makes of it, and hand on its second result.

        `change` must be pure: a store may call it again on a newer state. Raises StateBusyError
        when other runners leave no room.
        """

    def record(self, lines: Iterable[Mapping[str, Any]], month: str) -> None:
        """Append to the history of a month (`2026-11`)."""

    def history(self) -> Iterable[Mapping[str, Any]]:
        """Every line of the history, oldest first."""
