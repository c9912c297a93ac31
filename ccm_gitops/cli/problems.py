"""Problems of a configuration on the terminal: the sentence, the line of the file, and a caret."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import click

from ccm_gitops.errors import Problem

_WIDTH = 96
# Where secrets stand, in a line of the file or the path of a value; such a line is not shown.
_MAY_BE_SECRET = re.compile(r"url|secret|token|headers|authorization|env\b|://", re.IGNORECASE)


def print_problems(problems: Iterable[Problem], prefix: str = "", color: str = "red") -> None:
    """Each problem on stderr with its source; colour only where the stream is a terminal."""
    is_plain = bool(os.environ.get("NO_COLOR"))
    read = cache(_lines)
    for problem in problems:
        place, _, rest = str(problem).partition(": ")
        click.echo(
            f"{prefix}{place if is_plain else click.style(place, bold=True)}: {rest}", err=True
        )
        for line in _source(problem, read):
            click.echo(line if is_plain else click.style(line, fg=color), err=True)


def _source(problem: Problem, read: Callable[[Path], list[str]]) -> Iterator[str]:
    if not problem.line:
        return
    lines = read(problem.file)
    if problem.line > len(lines) or _MAY_BE_SECRET.search(lines[problem.line - 1] + problem.where):
        return
    # Around the place, where the line is long; a tab is as wide as the caret needs it.
    text, column = lines[problem.line - 1].replace("\t", " "), problem.column - 1
    start = max(0, column - _WIDTH // 2) if len(text) > _WIDTH else 0
    cut = text[start : start + _WIDTH]
    yield f"    {cut}"
    yield f"    {' ' * (column - start)}^"


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return []
