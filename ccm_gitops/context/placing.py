"""Where archived text belongs in a file that was edited since: a merge of three texts.

What the optimisation left around a cut is the base; the file as it stands is one side, the text to
put back the other. Where both changed the same lines, people decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from difflib import get_close_matches
from typing import NamedTuple

from ccm_gitops.context.archive import Entry, is_pointer
from ccm_gitops.context.document import Section, parse
from ccm_gitops.context.refusals import made_of_each
from ccm_gitops.errors import ContextError

# Emphasis, where it is written with underscores.
_EDGE = re.compile(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")
_CODE = re.compile(r"`[^`]+`")
_ALIKE = 0.9  # of two lines, by difflib's ratio


class Spot(NamedTuple):
    """Lines `start` to `end` (from 0, exclusive) make room for the text.

    Where not all around it is as it was, these are blank, and the text is to stand `apart`: with
    one blank line above and below it.
    """

    start: int
    end: int
    apart: bool


def find_spots(lines: Sequence[str], entries: Sequence[Entry]) -> list[Spot]:
    """Where the texts of one optimisation belong, given downwards.

    Raises ContextError where that cannot be said of some of them, with all that is in the way.
    """
    bare = tuple(line.rstrip("\r\n") for line in lines)
    pointers = {entry.place.pointer for entry in entries}
    return made_of_each(
        entries,
        lambda entry: (
            _at_pointer(bare, entry, entries)
            or (None if entry.place.pointer else _at_cut(bare, entry))
            or _at_reworded(bare, entry, pointers)
            or _where_it_was(lines, bare, entry, pointers)
        ),
    )


def _at_pointer(bare: Sequence[str], entry: Entry, entries: Sequence[Entry]) -> Spot | None:
    pointer = entry.place.pointer
    hits = list(_standing(bare, pointer))
    alike = [other.id for other in entries if other.place.pointer == pointer]
    if hits and len(hits) == len(alike):
        hits = [hits[alike.index(entry.id)]]
    near = [hit for hit in hits if len(hits) == 1 or _has_neighbour(bare, hit, entry)]
    if len(near) == 1:
        return _with_kept(bare, near[0], entry)
    if hits:
        where = ", ".join(str(hit.start + 1) for hit in hits)
        raise ContextError(
            f"{entry.source}: the pointer of {entry.id} stands in the lines {where}; delete all of "
            "them but the one where its text belongs, and restore again"
        )
    return None


def _at_reworded(bare: Sequence[str], entry: Entry, pointers: Set[str]) -> Spot | None:
    """The place of a pointer that says the same file in other words, next to what stood there."""
    target = _CODE.search(entry.place.pointer)
    hits = [
        range(at, at + 1)
        for at, line in enumerate(bare)
        if target and is_pointer(line) and line not in pointers and target[0] in line
    ]
    near = [hit for hit in hits if _has_neighbour(bare, hit, entry)]
    return _with_kept(bare, near[0], entry) if len(near) == 1 else None


def _standing(bare: Sequence[str], pointer: str) -> Iterator[range]:
    """The lines that a pointer takes wherever it stands: several where a formatter wrapped it."""
    wanted = _quoted(pointer)
    for start in range(len(bare)):
        found: list[str] = []
        stop = start
        while len(found) < len(wanted) and stop < len(bare) and (more := _quoted(bare[stop])):
            found += more
            stop += 1
        if stop > start and found == wanted:
            yield range(start, stop)


def _quoted(line: str) -> list[str]:
    """The words of a line of a quote; none of another."""
    text = line.strip()
    return text[1:].split() if text.startswith(">") else []


def _with_kept(bare: Sequence[str], hit: range, entry: Entry) -> Spot:
    """A pointer's lines with those above it that the text has too.

    What a formatter does to white space and marks is no edit.
    """
    kept = entry.place.kept
    wanted = [word for line in kept for word in _words(line)]
    found: list[str] = []
    start = hit.start
    while start and len(found) < len(wanted):
        start -= 1
        found = _words(bare[start]) + found
    if found != wanted:
        lines = ((at, " ".join(_words(bare[at]))) for at in range(start, hit.start))
        edited = [at for at, line in lines if line not in " ".join(wanted)] or [hit.start]
        raise ContextError(
            f"{entry.source}:{edited[0] + 1}: lines above the pointer of {entry.id}, which its "
            f"text has too, were edited: {', '.join(str(at + 1) for at in edited)}; undo that, or "
            f"put it in by hand: `ccm-gitops archives show {entry.id}` prints it"
        )
    has_gap = kept[:1] == ("",) and start > 0 and not bare[start - 1].strip()
    return Spot(start - has_gap, hit.stop, apart=False)


def _words(line: str) -> list[str]:
    """The words of a line; what Markdown can write with one mark or another has one."""
    words = _EDGE.sub(lambda match: "*" * len(match[0]), line).split()
    return ["-", *words[1:]] if words[:1] in (["*"], ["+"]) else words


def _where_it_was(
    lines: Sequence[str], bare: Sequence[str], entry: Entry, pointers: Set[str]
) -> Spot:
    """A place without its pointer; lines that were kept above it would come to stand twice.

    A line that is much like it is the pointer, edited: it would lead nowhere.
    """
    others = [line for line in bare if line.startswith(">") and line not in pointers]
    for line in get_close_matches(entry.place.pointer, others, n=1, cutoff=_ALIKE):
        raise ContextError(
            f"{entry.source}:{bare.index(line) + 1}: this looks like the pointer of {entry.id}, "
            "edited; delete the line, and restore again"
        )
    if any(entry.place.kept):
        raise ContextError(
            f"{entry.source}: the pointer of {entry.id} is gone, and lines that its text has "
            "may still be there; put it in by hand: `ccm-gitops archives show "
            f"{entry.id}` prints it"
        )
    return _between(bare, entry) or _below_heading(lines, entry)


def _has_neighbour(bare: Sequence[str], hit: range, entry: Entry) -> bool:
    """Whether the line above or below a pointer, blank ones left out, is as it was."""
    place = entry.place
    above, below = _solid((*place.above, *place.kept))[-1:], _solid(place.below)[:1]
    is_above = _solid(bare[: hit.start])[-1:] == above
    return bool(above and is_above) or bool(below and _solid(bare[hit.stop :])[:1] == below)


def _at_cut(bare: Sequence[str], entry: Entry) -> Spot | None:
    """The place of a cut that left no pointer, where the lines above or below are as they were."""
    above, below = entry.place.above, entry.place.below
    for pattern, offset in ((above + below, len(above)), (above, len(above)), (below, 0)):
        size = len(pattern)
        hits = [i for i in range(len(bare)) if pattern and tuple(bare[i : i + size]) == pattern]
        if len(hits) == 1:
            return Spot(hits[0] + offset, hits[0] + offset, apart=False)
    return None


def _between(bare: Sequence[str], entry: Entry) -> Spot | None:
    """Below the last known line above the cut, or above the first known one below it."""
    solid = [number for number, line in enumerate(bare) if line.strip()]
    texts = [bare[number] for number in solid]
    above = _find_run(texts, _solid(entry.place.above), from_end=True)
    below = _find_run(texts, _solid(entry.place.below), from_end=False)
    if above is not None and below is not None and above < below - 1 and entry.place.pointer:
        line = solid[above + 1] + 1
        raise ContextError(
            f"{entry.source}:{line}: this line stands where the pointer of {entry.id} was, and "
            "may be meant to take its place; move or delete it, and restore again"
        )
    if above is not None:
        return _gap(bare, solid[above] + 1)
    return None if below is None else _gap(bare, solid[below])


def _solid(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _find_run(texts: Sequence[str], wanted: Sequence[str], *, from_end: bool) -> int | None:
    """Index of the line next to the cut: the longest run of neighbours that stands there once."""
    for size in range(len(wanted), 0, -1):
        run = list(wanted[-size:] if from_end else wanted[:size])
        hits = [i for i in range(len(texts) - size + 1) if list(texts[i : i + size]) == run]
        if len(hits) == 1:
            return hits[0] + size - 1 if from_end else hits[0]
        if hits:
            return None
    return None


def _below_heading(lines: Sequence[str], entry: Entry) -> Spot:
    """The end of what stands right below the heading of the entry's section."""
    found = [
        section
        for section in parse("".join(lines)).root.walk()
        if section.level and section.path == entry.section
    ]
    if len(found) == 1:
        return _gap(lines, _end(found[0]))
    section = " > ".join(entry.section)
    raise ContextError(
        f"{entry.source}: the place of {entry.id} is gone: neither what stood around it nor one "
        f"section {section!r} is there. Put it in by hand: `ccm-gitops archives show {entry.id}` "
        "prints it"
    )


def _end(section: Section) -> int:
    return max(block.end_line for block in section.blocks if block.kind != "blank")


def _gap(lines: Sequence[str], index: int) -> Spot:
    """The blank lines around an index."""
    start = end = index
    while start and not lines[start - 1].strip():
        start -= 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    return Spot(start, end, apart=True)
