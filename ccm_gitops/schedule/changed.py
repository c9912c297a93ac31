"""Files that a schedule watches: which paths, one digest of them, and which projects changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

_WILD = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Does a path, from a project's root, fit a pattern: `*` stays in a folder, `**` does not."""
    fits = re.compile("|".join(f"(?:{_translated(pattern)})" for pattern in patterns), re.DOTALL)
    return lambda path: fits.fullmatch(path) is not None


def digest(patterns: Sequence[str], files: Iterable[tuple[str, str]]) -> str:
    """What is remembered of the watched files, given as paths with what names their content.

    It also tells the patterns, since other patterns watch other files.
    """
    import hashlib  # noqa: PLC0415  few schedules watch files

    watched = hashlib.sha256("\0".join(patterns).encode()).hexdigest()[:8]
    content = hashlib.sha256()
    for path, identity in sorted(files):
        content.update(f"{path}\0{identity}\0".encode(errors="surrogateescape"))
    return f"{watched}-{content.hexdigest()[:32]}"


def changed(seen: Mapping[str, str], digests: Mapping[str, str]) -> tuple[str, ...]:
    """The projects whose files are others than those seen; a project that is new waits."""
    return tuple(
        project
        for project, now in digests.items()
        if (before := seen.get(project)) and before != now and before[:9] == now[:9]
    )


def _translated(pattern: str) -> str:
    parts, at = [], 0
    for wild in _WILD.finditer(pattern):
        parts += [re.escape(pattern[at : wild.start()]), _MEANING[wild[0]]]
        at = wild.end()
    return "".join([*parts, re.escape(pattern[at:])])
