"""What publishing asks of a forge: one small interface, whatever the forge calls things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["open", "closed", "merged"]


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """One pull request, into `base`; `tip` is the commit at its head, `url` leads people to it."""

    number: int
    url: str
    state: State
    tip: str
    base: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A pull request to be opened: from the branch `head` into the branch `base`."""

    head: str
    base: str
    title: str
    body: str
    is_draft: bool = False


class Forge(Protocol):
    """One repository on a forge; every method raises ForgeError when the forge refuses."""

    def may_write(self) -> bool:
        """Whether the token's owner may push branches; a finer token may still be narrower."""

    def find(self, head: str) -> Sequence[PullRequest]:
        """The pull requests from a branch of this repository, in any state, newest first."""

    def list_open(self) -> Sequence[PullRequest]:
        """The open pull requests, at most the newest hundred."""

    def create(self, draft: Draft) -> PullRequest:
        """Open a pull request."""

    def update(self, number: int, *, title: str, body: str, base: str) -> None:
        """Give a pull request another title, body and base branch."""

    def close(self, number: int, *, body: str) -> None:
        """Close a pull request without merging it, with another body."""

    def comments(self, number: int) -> Sequence[str]:
        """The texts of its comments, at most the first hundred."""

    def comment(self, number: int, text: str) -> None:
        """Add a comment."""

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Add labels."""

    def assign(self, number: int, people: Sequence[str]) -> None:
        """Add assignees."""

    def ask(self, number: int, reviewers: Sequence[str]) -> None:
        """Ask for reviews; `owner/team` is a team."""

    def link(self, commit: str, path: str, lines: tuple[int, int] | None = None) -> str:
        """The address where people read a file of a commit."""
