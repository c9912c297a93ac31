"""Progress for whoever watches a terminal; silence everywhere else."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import click

Progress = Callable[[int, int], None]


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """A function to call with how many of how many projects are done."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return

    def show(done: int, total: int) -> None:
        width = 24
        bar = "█" * (width * done // max(total, 1))
        click.echo(f"\r{bar:░<{width}} {done}/{total} projects", nl=False, err=True)

    yield show
    click.echo("\r\033[K", nl=False, err=True)
