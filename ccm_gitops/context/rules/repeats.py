"""List items, paragraphs and sentences that stand in the file twice, too short to be a block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ccm_gitops.context.document import Document

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_FEWEST_WORDS, _FEWEST_WORDS_OF_SENTENCE = 6, 10
# What recurs for good reasons: pointers, the steps of several procedures, tasks, introductions.
_RECURS = re.compile(
    r"\W*(?:see|read|refer|for (?:more|details)|more|run|create|open|check ?out|commit|push|install"
    r"|copy|go to|click|start|stop|restart|build|deploy|update|add|edit|cd|repeat)\b|\[[ xX]\]"
    r"|.*:\W*$",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 2_000


@dataclass(frozen=True)
class Repeat:
    """Lines that say what earlier ones said; lines count from 1, inclusive."""

    start_line: int
    end_line: int
    first_start: int
    first_end: int


@dataclass(frozen=True)
class _Passage:
    """An item's or a paragraph's own text, its words alone; so are its `sentences`."""

    text: str
    sentences: tuple[str, ...]
    start_line: int
    end_line: int


def find_repeats(document: Document) -> tuple[Repeat, ...]:
    """Every run of passages that stood above, and every passage with a sentence that did.

    The steps of a numbered list are left out: two procedures may share one.

    A run has at least one passage of six words; shorter neighbours go with it.
    """
    passages = list(_passages(document))
    runs = list(_runs(passages))
    covered = {line for run in runs for line in range(run.start_line, run.end_line + 1)}
    left = [passage for passage in passages if passage.start_line not in covered]
    return tuple(sorted((*runs, *_sentences(left)), key=lambda repeat: repeat.start_line))


def _passages(document: Document) -> Iterator[_Passage]:
    numbered = 0
    for before, token in pairwise(document.tokens):
        numbered += before.nesting if before.type.startswith("ordered_list") else 0
        if token.type != "inline" or not token.map or before.type != "paragraph_open":
            continue
        text = token.content
        is_plain = len(text) <= _LONGEST and not numbered and not _RECURS.match(text)
        parts = _SENTENCE_END.split(text) if is_plain else ()
        yield _Passage(_words(text), tuple(map(_words, parts)), token.map[0] + 1, token.map[1])


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _runs(passages: Sequence[_Passage]) -> Iterator[Repeat]:
    first: dict[str, int] = {}
    after = 0
    for index, passage in enumerate(passages):
        if not passage.sentences or passage.text.count(" ") + 1 < _FEWEST_WORDS:
            continue
        above = first.setdefault(passage.text, index)
        if above == index or index < after:
            continue
        before = _equal(passages, above - 1, index - 1, -1, max(after, above + 1))
        length = _equal(passages, above, index, 1, len(passages))
        after = index + length
        first_lines = passages[above - before].start_line, passages[above + length - 1].end_line
        lines = passages[index - before].start_line, passages[index + length - 1].end_line
        yield Repeat(*lines, *first_lines)


def _equal(passages: Sequence[_Passage], above: int, index: int, step: int, end: int) -> int:
    """How many passages in a row are equal from two places on, down or up to `end`."""
    count, apart = 0, index - above
    while above >= 0 and (index < end if step > 0 else index >= end) and count < apart:
        if passages[above].text != passages[index].text:
            break
        above, index, count = above + step, index + step, count + 1
    return count


def _sentences(passages: Sequence[_Passage]) -> Iterator[Repeat]:
    first: dict[str, _Passage] = {}
    for passage in passages:
        long = [s for s in passage.sentences if s.count(" ") + 1 >= _FEWEST_WORDS_OF_SENTENCE]
        kept = next((first[text] for text in long if text in first), None)
        if kept:
            lines = (passage.start_line, passage.end_line, kept.start_line, kept.end_line)
            yield Repeat(*lines)
        for text in long:
            first.setdefault(text, passage)
