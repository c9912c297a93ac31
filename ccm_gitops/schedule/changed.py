"""Files that a schedule watches: one digest of them, and which projects changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def digest(patterns: Sequence[str], files: Iterable[tuple[str, str]], stamp: str = "") -> str:
    """What is remembered of the watched files, given as paths with what names their content.

    It also tells the patterns, since other patterns watch other files, and the `stamp` of what
    they were read from: while that is the same, so are they.
    """
    listed = "".join(f"{path}\0{identity}\0" for path, identity in sorted(files))
    return f"{_sha256(chr(0).join(patterns))[:8]}-{_sha256(listed)[:32]}-{stamp}"


def is_of(known: str, patterns: Sequence[str], stamp: str) -> bool:
    """Is what is remembered that of these patterns, read from what has this stamp."""
    watched, *rest = known.split("-")
    return watched == _sha256(chr(0).join(patterns))[:8] and rest[1:] == [stamp]


def changed(seen: Mapping[str, str], digests: Mapping[str, str]) -> tuple[str, ...]:
    """The projects whose files are others than those seen; a project that is new waits."""
    return tuple(
        project
        for project, now in digests.items()
        if (before := seen.get(project)) and _is_change(before.split("-"), now.split("-"))
    )


def _is_change(before: Sequence[str], now: Sequence[str]) -> bool:
    return before[:1] == now[:1] and before[1:2] != now[1:2]


def _sha256(text: str) -> str:
    import hashlib  # noqa: PLC0415  few schedules watch files

    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
