"""Text that stands in the file twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccm_gitops.context.document import Block, Document, Section


@dataclass(frozen=True)
class DuplicatePair:
    """A later range of whole lines that says what an earlier one says.

    Lines count from 1, inclusive. `exact`: equal but for white space at the ends of lines; a whole
    section or whole blocks, never a heading without its text. Else `similarity` is the share of
    five-word runs that both have. The first occurrence of a text is never in a removed range.
    """

    removed_start: int
    removed_end: int
    kept_start: int
    kept_end: int
    exact: bool
    similarity: float


# Short texts recur for good reasons: a warning, a command, a template's line.
_MIN_LINES, _MIN_CHARS = 3, 120
_LONG_CHARS = 200
_MIN_CODE_LINES = 6
_MIN_NEAR_WORDS, _NEAR = 40, 0.85
_SHINGLE, _COMMON_SHINGLE = 5, 10
_WORD = re.compile(r"\w+")
_BODY = frozenset({"paragraph", "list", "table", "quote", "code"})


def find_duplicates(document: Document) -> tuple[DuplicatePair, ...]:
    """Every range that repeats an earlier one, in order; removed ranges do not overlap."""
    pairs = _equal_sections(document.root)
    removed = {n for pair in pairs for n in range(pair.removed_start, pair.removed_end + 1)}
    bodies = [b for b in document.blocks if b.kind in _BODY and b.start_line not in removed]
    equal = _equal_blocks(bodies)
    taken = {pair.removed_start for pair in equal}
    near = _near_blocks([block for block in bodies if block.start_line not in taken])
    return tuple(sorted((*pairs, *equal, *near), key=lambda pair: pair.removed_start))


def _equal_sections(root: Section) -> list[DuplicatePair]:
    seen: dict[str, tuple[int, int]] = {}
    pairs: list[DuplicatePair] = []
    pending = [root]
    while pending:
        section = pending.pop()
        # A section within a removed one goes with it, hence no look at its children.
        pair = _repeated(section, seen) if section.level else None
        if pair:
            pairs.append(pair)
        else:
            pending.extend(reversed(section.children))
    return pairs


def _repeated(section: Section, seen: dict[str, tuple[int, int]]) -> DuplicatePair | None:
    blocks = [block for part in section.walk() for block in part.blocks]
    while blocks[-1].kind in {"blank", "rule"}:
        blocks.pop()
    text = normal("".join(block.text for block in blocks))
    body = text.partition("\n")[2]
    if not any(block.kind in _BODY for block in blocks) or not _is_large(body, _MIN_LINES):
        return None
    place = (section.start_line, blocks[-1].end_line)
    kept = seen.setdefault(text, place)
    return None if kept == place else DuplicatePair(*place, *kept, exact=True, similarity=1.0)


def _equal_blocks(blocks: Sequence[Block]) -> list[DuplicatePair]:
    seen: dict[tuple[str, str], Block] = {}
    pairs = []
    for block in blocks:
        text = normal(block.text)
        if not _is_large(text, _MIN_CODE_LINES if block.kind == "code" else _MIN_LINES):
            continue
        kept = seen.setdefault((block.kind, text), block)
        if kept is not block:
            pairs.append(_pair(block, kept, exact=True, similarity=1.0))
    return pairs


def _near_blocks(blocks: Sequence[Block]) -> list[DuplicatePair]:
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    runs = [shingles(block) for block in blocks]
    pairs = []
    for index, block in enumerate(blocks):
        shared: Counter[int] = Counter()
        for shingle in runs[index]:
            # A run of words found everywhere tells nothing, and would cost quadratic time.
            if len(holders[shingle]) < _COMMON_SHINGLE:
                shared.update(holders[shingle])
                holders[shingle].append(index)
        for other, common in shared.most_common(1):
            union = len(runs[index]) + len(runs[other]) - common
            if is_near(common, union):
                similarity = round(common / union, 2)
                pairs.append(_pair(block, blocks[other], exact=False, similarity=similarity))
    return pairs


def shingles(block: Block) -> set[tuple[str, ...]]:
    """The five-word runs of a block; none of code or of a short text."""
    words = [] if block.kind == "code" else _WORD.findall(block.text.lower())
    return set(_runs(words)) if len(words) >= _MIN_NEAR_WORDS else set()


def word_runs(text: str) -> set[tuple[str, ...]]:
    """The five-word runs of a whole text."""
    return set(_runs(_WORD.findall(text.lower())))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(_SHINGLE)), strict=False)


def is_near(common: int, union: int) -> bool:
    """Whether two texts with so many runs of words in common, of so many in all, say the same."""
    return common >= _NEAR * union


def comparable(block: Block) -> bool:
    """Whether a block is text of some size, which does not recur for good reasons."""
    least = _MIN_CODE_LINES if block.kind == "code" else _MIN_LINES
    return block.kind in _BODY and _is_large(normal(block.text), least)


def _pair(block: Block, kept: Block, *, exact: bool, similarity: float) -> DuplicatePair:
    places = (block.start_line, block.end_line, kept.start_line, kept.end_line)
    return DuplicatePair(*places, exact=exact, similarity=similarity)


def normal(text: str) -> str:
    """The text without white space at the ends of lines, which makes no difference."""
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def _is_large(text: str, lines: int) -> bool:
    count = sum(1 for line in text.split("\n") if line.strip())
    return (count >= lines and len(text) >= _MIN_CHARS) or (
        lines == _MIN_LINES and len(text) >= _LONG_CHARS
    )
