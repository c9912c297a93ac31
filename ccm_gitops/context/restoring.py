"""The way back: archived texts put into their files again, and taken out of where they were."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime

from ccm_gitops.context.archive import (
    BOM,
    FOLDER,
    Entry,
    as_written,
    digest,
    is_archive,
    read_entries,
    whole,
    without,
)
from ccm_gitops.context.document import parse, split_lines
from ccm_gitops.context.line_ends import endings, forms, with_crlf, with_ends_of, with_lf
from ccm_gitops.context.links import with_targets
from ccm_gitops.context.placing import Spot, find_spots
from ccm_gitops.context.refusals import made_of_each
from ccm_gitops.context.tree import Tree
from ccm_gitops.errors import ContextError


def all_entries(tree: Tree) -> Iterator[tuple[str, Entry]]:
    """Every archived piece of a tree with the path of its archive, by path, oldest first.

    Raises ContextError when an archive is damaged.
    """
    for path in _archives(tree):
        yield from ((path, entry) for entry in _entries(tree, path))


def added_entries(before: Tree, after: Tree, source: str) -> tuple[Entry, ...]:
    """The entries of `source` that a change added, oldest first, with their texts.

    Raises ContextError when an archive that was changed is damaged, or does not find its text.
    """
    added: list[Entry] = []
    for path in _archives(after):
        if before.read(path) == after.read(path):
            continue
        known = {entry.id for entry in _entries(before, path)} if before.read(path) else set()
        new = (entry for entry in _entries(after, path) if entry.id not in known)
        added += (_found_in(after, path, entry) for entry in new if entry.source == source)
    return tuple(sorted(added, key=_order))


def read_archives(tree: Tree, source: str, ids: Set[str] | None = None) -> tuple[Entry, ...]:
    """The entries cut from `source` (those of `ids`, if given), oldest first, with their texts.

    Raises ContextError when an archive is damaged, or a text was edited in its document.
    """
    own = (
        (path, entry)
        for path, entry in all_entries(tree)
        if entry.source == source and (ids is None or entry.id in ids)
    )
    found = made_of_each(own, lambda pair: _found_in(tree, *pair))
    return tuple(sorted(found, key=_order))


def put_back(tree: Tree, entries: Sequence[Entry]) -> dict[str, bytes | None]:
    """The files of a tree as they are once `entries` are restored; None for one that goes.

    Sources get their text back; archives and documents lose it, and go with their last
    piece. Raises ContextError when a place was edited, an archive is damaged or a source is gone,
    with all that is in the way; then nothing should be written.
    """
    ids = {entry.id for entry in entries}

    def restored(source: str) -> tuple[tuple[Entry, ...], bytes]:
        own = read_archives(tree, source, ids)
        return own, restore(_text(tree, source), own).encode()

    sources = dict.fromkeys(entry.source for entry in entries)
    made = dict(zip(sources, made_of_each(sources, restored), strict=True))
    files: dict[str, bytes | None] = {source: data for source, (_, data) in made.items()}
    chosen = [entry for own, _ in made.values() for entry in own]
    staying = [entry for _, entry in all_entries(tree) if entry.id not in ids]
    free = [entry for entry in chosen if not any(_is_held_for(other, entry) for other in staying)]
    for path in dict.fromkeys(entry.held_in for entry in free if entry.held_in):
        rest = _without_texts(_text(tree, path), [e for e in free if e.held_in == path])
        files[path] = None if rest is None else rest.encode()
    for path in dict.fromkeys(path for path, entry in all_entries(tree) if entry.id in ids):
        left = without(path, _text(tree, path), ids)
        files[path] = None if left is None else left.encode()
    return files


def restore(text: str, entries: Sequence[Entry]) -> str:
    """Put the texts of `entries` back at their places, newest first.

    Where the file stands as an optimisation left it, line numbers say where, and the result is
    exact. Elsewhere what stands around the cut does. Where all line ends of the file are alike,
    those of the result are as well. Raises ContextError where people have to say; nothing is
    restored then.
    """
    results = {entry.result for entry in entries}
    for given, made in ((with_crlf, with_lf), (with_lf, with_crlf)):
        is_rewritten = text == given(text) and digest(text) not in results
        if is_rewritten and digest(made(text)) in results:
            return given(restore(made(text), entries))
    bom = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    left = sorted(entries, key=_order)
    while left:
        now = digest(text)
        date = next((entry.date for entry in reversed(left) if entry.result == now), left[-1].date)
        batch = [entry for entry in left if entry.date == date]
        left = [entry for entry in left if entry.date != date]
        lines = split_lines(text)
        if all(entry.result == now for entry in batch):
            spots = [_exact(entry) for entry in batch]
        else:
            spots = find_spots(lines, batch)
            batch = [replace(entry, text=with_ends_of(text, entry.text)) for entry in batch]
        _put_back(lines, batch, spots, end=with_ends_of(text, "\n"))
        text = "".join(lines)
    return bom + text


def _order(entry: Entry) -> tuple[datetime, int, tuple[int, int]]:
    """Oldest first, then downwards; cuts next to each other have one place, and an old order."""
    return (entry.date, entry.place.line, entry.lines)


def _exact(entry: Entry) -> Spot:
    at = entry.place.line - 1
    return Spot(at, at + entry.place.size, apart=False)


def _put_back(
    lines: list[str], entries: Sequence[Entry], spots: Sequence[Spot], *, end: str
) -> None:
    """Splice the lines of entries in at their spots, from the last to the first.

    Where a line end is missing, `end` is put.
    """
    below = len(lines)
    pairs = zip(spots, range(len(spots)), entries, strict=True)
    for spot, _, entry in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        start, stop = spot.start, max(spot.start, min(spot.end, below))
        body = split_lines(entry.text)
        if start and not lines[start - 1].endswith(("\n", "\r")):
            lines[start - 1] += end
        if body and stop < len(lines) and not body[-1].endswith(("\n", "\r")):
            body[-1] += end
        if spot.apart:
            has_more = stop < len(lines) and bool(lines[stop].strip())
            body = [*[end] * (start > 0), *_trimmed(body), *[end] * has_more]
        lines[start:stop] = body
        below = start


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    """The lines without the blank ones at both ends."""
    solid = [index for index, line in enumerate(lines) if line.strip()]
    return lines[solid[0] : solid[-1] + 1] if solid else ()


def _archives(tree: Tree) -> Iterator[str]:
    """The paths of a tree's archives."""
    for path in sorted(tree.paths()):
        if path.startswith(FOLDER) and path.endswith(".md"):
            data = tree.read(path)
            if data is None or is_archive(data):
                yield path


def _is_held_for(other: Entry, entry: Entry) -> bool:
    """Whether the text of an entry stays in its document for an entry of another file."""
    is_one_text = (other.held_in, other.digest) == (entry.held_in, entry.digest)
    return is_one_text and other.source != entry.source


def _entries(tree: Tree, path: str) -> tuple[Entry, ...]:
    try:
        return read_entries(_text(tree, path))
    except ContextError as error:
        raise ContextError(f"{path}: {error}") from error


def _without_texts(document: str, entries: Sequence[Entry]) -> str | None:
    """The document without these texts; None where nothing of its own is left."""
    lines = split_lines(document)
    for entry in entries:
        place = _window(lines, entry)
        if place:
            start, end = place.start, place.stop
            end += end < len(lines) and not lines[end].strip()
            del lines[start:end]
    carried = {as_written(n, entry.source, entry.held_in) for entry in entries for n in entry.notes}
    left = (b for b in parse("".join(lines)).blocks if b.text.strip() not in carried)
    return (
        None
        if all(b.kind in {"heading", "blank", "front_matter"} for b in left)
        else "".join(lines)
    )


def _found_in(tree: Tree, archive: str, entry: Entry) -> Entry:
    """The entry, of the archive at a path, with its text from the file that holds it."""
    if not entry.held_in:
        return whole(archive, entry)
    lines = split_lines(_text(tree, entry.held_in))
    place = _window(lines, entry)
    if place is None:
        raise ContextError(
            f"{archive}: the text of {entry.id} in {entry.held_in} was edited; put it back by "
            "hand, or take that document's old text from git first"
        )
    written = "".join(lines[place.start : place.stop])
    for text in forms(with_targets(written, entry.links) if entry.links else written):
        if digest(text) == entry.digest:
            return replace(entry, text=text)
    raise ContextError(f"{archive}: what it says of the links in {entry.id} is damaged")


def _window(lines: Sequence[str], entry: Entry) -> range | None:
    """Where a document has the entry's text, as it was written there."""
    size = entry.lines[1] - entry.lines[0] + 1
    wanted = entry.written or entry.digest
    # As a rule the line ends are those of the making.
    for shape in (endings, forms):
        for start in range(len(lines) - size + 1):
            text = "".join(lines[start : start + size])
            if any(digest(form) == wanted for form in shape(text)):
                return range(start, start + size)
    return None


def _text(tree: Tree, path: str) -> str:
    data = tree.read(path)
    if data is None:
        name = shlex.quote(path)
        raise ContextError(
            f"{path} is missing, or no regular file; if it was moved, move it back; if it was "
            f"deleted, `git log -- {name}` names the commits, and `git checkout COMMIT~ -- {name}` "
            "restores it"
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{path} is not UTF-8 text") from error
