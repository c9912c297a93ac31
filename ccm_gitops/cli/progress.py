"""Progress for whoever watches a terminal; silence everywhere else."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import click

Item = TypeVar("Item")
Progress = Callable[[int, int], None]
_WIDTH = 24


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """A function to call with how many of how many projects are done."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    try:
        yield _show
    finally:
        click.echo("\r\033[K", nl=False, err=True)


def above(text: str) -> None:
    """Words on stderr while progress may be shown: on a line of their own."""
    click.echo(f"\r\033[K{text}" if sys.stderr.isatty() else text, err=True)


def watched(items: Iterable[Item], total: int) -> Iterator[Item]:
    """The items, and meanwhile how many of `total` are done; a single one is not worth a word."""
    if total < 2:
        yield from items
        return
    with progress() as on_progress:
        on_progress(0, total)
        for done, item in enumerate(items):
            yield item
            on_progress(min(done + 1, total), total)


def _show(done: int, total: int) -> None:
    bar = "█" * (_WIDTH * done // max(total, 1))
    click.echo(f"\r{bar:░<{_WIDTH}} {done}/{total} projects", nl=False, err=True)
