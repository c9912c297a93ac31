"""Ranges of whole lines that can be cut without a scar."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ccm_gitops.context.document import Block, BlockKind, Document, Section

_SEPARATORS = frozenset({"blank", "rule"})


class Span(NamedTuple):
    """Lines from 1, both inclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a line."""
        return self.start <= other.end and other.start <= self.end

    def contains(self, other: Span) -> bool:
        """Whether all of the other's lines are in this one."""
        return self.start <= other.start and other.end <= self.end


def spans_of(numbers: Iterable[int]) -> Iterator[Span]:
    """The lines of these numbers as spans, from the top down."""
    ordered = sorted(numbers)
    start = 0
    for at, number in enumerate(ordered, start=1):
        if ordered[at : at + 1] != [number + 1]:
            yield Span(ordered[start], number)
            start = at


def body(section: Section) -> Span | None:
    """All below a section's heading, without the blank lines and rules at its edges."""
    return _trimmed([block for part in section.walk() for block in part.blocks][1:])


def run(sections: Sequence[Section]) -> Span | None:
    """Neighbouring sections with their headings; separators after the last one stay."""
    return _trimmed([b for section in sections for part in section.walk() for b in part.blocks])


def leaves_no_scar(document: Document, span: Span, *, pointer: bool) -> bool:
    """Whether what stands above and below a cut stays as it is, and apart.

    A paragraph swallows the line that comes to stand right below it; a quote and HTML even a
    pointer. What is indented may be part of what stood above it, wherever it comes to stand.
    """
    first = document.lines[span.start - 1].expandtabs(4)
    if first.strip() and first.startswith("    "):
        return False
    above = _kind_ending_at(document, span.start - 1)
    below = document.lines[span.end] if span.end < len(document.lines) else ""
    opens = below.startswith("#")
    if pointer:
        return above not in {"quote", "html"} and (opens or not below.strip())
    is_last = not any(line.strip() for line in document.lines[span.end :])
    return above in {"blank", "heading"} or opens or is_last


def with_gap(document: Document, cut: Span) -> Span:
    """A cut with the blank lines after it, or before it where it ends the file."""
    start, end = cut.start, cut.end
    lines = document.lines
    last = end
    while last < len(lines) and not lines[last].strip():
        last += 1
    if last < len(lines):
        return Span(start, last)
    while start > 1 and not lines[start - 2].strip():
        start -= 1
    return Span(start, end)


def _kind_ending_at(document: Document, line: int) -> BlockKind:
    index = bisect_left(document.blocks, line, key=lambda block: block.end_line)
    block = document.blocks[index] if index < len(document.blocks) else None
    return block.kind if block and block.end_line == line else "blank"


def _trimmed(blocks: Sequence[Block]) -> Span | None:
    solid = [block for block in blocks if block.kind not in _SEPARATORS]
    return Span(solid[0].start_line, solid[-1].end_line) if solid else None
