"""Patterns of paths in a project: `*` and `?` stay in a folder, `**` does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_WILD = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def is_pattern(path: str) -> bool:
    """Whether a path may stand for several."""
    return _WILD.search(path) is not None


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Does a path, from a project's root, fit one of the patterns, or is it one of them."""
    fits = re.compile("|".join(f"(?:{_translated(pattern)})" for pattern in patterns), re.DOTALL)
    return lambda path: fits.fullmatch(path) is not None


def _translated(pattern: str) -> str:
    parts, at = [], 0
    for wild in _WILD.finditer(pattern):
        parts += [re.escape(pattern[at : wild.start()]), _MEANING[wild[0]]]
        at = wild.end()
    return "".join([*parts, re.escape(pattern[at:])])
