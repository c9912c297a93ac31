"""Pieces: the blocks of a section with what announces them; each stays or goes as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ccm_gitops.context.document import Block, Section, split_lines
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.optimize.wording import forbids
from ccm_gitops.context.tokens import count_tokens

_LABEL = re.compile(r"\W*(?:\*\*|__)[^*\n]{1,80}(?:\*\*|__)[:.]?\s*")
_ON = re.compile(r"\b(?:below|following|as follows)\b", re.IGNORECASE)
_BACK = re.compile(
    r"\W*(?:this|these|that|those|it|they|such|otherwise|then|also|both|here|however|but|and|or|so"
    r"|instead|in (?:this|that) case|after (?:this|that)|the (?:above|same))\b"
    r"|.*\b(?:above|same\b.*\bas)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """Neighbouring blocks of one section: captions, and the block that they announce."""

    blocks: tuple[Block, ...]

    @property
    def span(self) -> Span:
        """The lines from the first block to the last."""
        return Span(self.blocks[0].start_line, self.blocks[-1].end_line)

    @property
    def main(self) -> Block:
        """What the captions announce."""
        return self.blocks[-1]

    @property
    def is_prose(self) -> bool:
        """Whether it is no more than a paragraph."""
        return len(self.blocks) == 1 and self.main.kind == "paragraph"

    @cached_property
    def tokens(self) -> int:
        """What the piece costs."""
        return sum(count_tokens(block.text) for block in self.blocks)


def pieces(section: Section) -> list[Piece]:
    """A section's own text below its heading, in order, without blank lines and rules."""
    own = section.blocks[1:] if section.level else section.blocks
    found: list[Piece] = []
    held: list[Block] = []
    for index, block in enumerate(own):
        if block.kind in {"blank", "rule"}:
            continue
        held.append(block)
        if not is_caption(block) and not _opens(block, own[index + 1 : index + 3]):
            found.append(Piece(tuple(held)))
            held = []
    return [*found, *([Piece(tuple(held))] if held else [])]


def _opens(block: Block, below: Sequence[Block]) -> bool:
    """Whether a paragraph stands right above a list, or is some words without a stop above code."""
    if block.kind != "paragraph" or not below:
        return False
    is_open = block.text.lstrip()[0].isalpha() and block.text.rstrip()[-1:].isalnum()
    solid = next((other.kind for other in below if other.kind != "blank"), "")
    return below[0].kind == "list" or (is_open and solid == "code")


def is_caption(block: Block) -> bool:
    """Whether a paragraph only announces what stands below it."""
    is_open = block.text.rstrip().rstrip("*_").endswith((":", "："))
    return block.kind == "paragraph" and (is_open or bool(_LABEL.fullmatch(block.text)))


def announces(block: Block) -> bool:
    """Whether a paragraph says that something follows."""
    return is_caption(block) or (block.kind == "paragraph" and bool(_ON.search(block.text)))


def leans_back(text: str) -> bool:
    """Whether a text begins with words that stand for what is above it."""
    return _BACK.match(text) is not None


def is_rule(block: Block) -> bool:
    """Whether a block binds its reader, in any of its lines."""
    is_code = block.kind == "code"
    return any(forbids(line, in_code=is_code) for line in split_lines(block.text))


def with_neighbours(all_of: Sequence[Piece], stays: Sequence[bool]) -> list[bool]:
    """What stays once all that speaks of the text next to it has kept that text."""
    result = list(stays)
    for index in reversed(range(1, len(all_of))):
        if result[index] and leans_back(all_of[index].blocks[0].text):
            result[index - 1] = True
    for index, piece in enumerate(all_of[:-1]):
        if is_caption(piece.main) and result[index + 1]:
            result[index] = True
        if result[index] and announces(piece.main):
            result[index + 1] = True
    return result
