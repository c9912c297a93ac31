"""Refusals told all at once: whoever has to mend something sees all of it, not the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from ccm_gitops.errors import ContextError

T = TypeVar("T")
R = TypeVar("R")


def made_of_each(items: Iterable[T], make: Callable[[T], R]) -> list[R]:
    """What `make` gives for each item; raises one ContextError with all of its refusals."""
    made: list[R] = []
    refusals: list[str] = []
    for item in items:
        try:
            made.append(make(item))
        except ContextError as error:
            refusals.append(str(error))
    if refusals:
        raise ContextError("\n".join(dict.fromkeys(refusals)))
    return made
