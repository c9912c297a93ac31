"""Ranges of whole lines that can be cut without a scar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ccm_gitops.context.document import Block, Section

_SEPARATORS = frozenset({"blank", "rule"})


class Span(NamedTuple):
    """Lines from 1, both inclusive."""

    start: int
    end: int


def body(section: Section) -> Span | None:
    """All below a section's heading, without the blank lines and rules at its edges."""
    return _trimmed([block for part in section.walk() for block in part.blocks][1:])


def run(sections: Sequence[Section]) -> Span | None:
    """Neighbouring sections with their headings; separators after the last one stay."""
    return _trimmed([b for section in sections for part in section.walk() for b in part.blocks])


def _trimmed(blocks: Sequence[Block]) -> Span | None:
    solid = [block for block in blocks if block.kind not in _SEPARATORS]
    return Span(solid[0].start_line, _last_line(solid[-1])) if solid else None


def _last_line(block: Block) -> int:
    """A fence that is never closed runs on over blank lines: these are part of it."""
    return block.end_line
