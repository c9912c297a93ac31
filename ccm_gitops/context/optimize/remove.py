"""Remove: what tells an agent nothing leaves without a line that leads to it.

Badges, rules in a row, what is empty, and gaps of many blank lines. An archive keeps all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ccm_gitops.context.document import Block, parse, split_lines
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import archive_path
from ccm_gitops.context.optimize.spans import Span, with_gap
from ccm_gitops.context.tokens import count_tokens

_SMALLEST = 10  # tokens; less is not worth a reader's glance
_WIDEST_GAP = 3  # blank lines
_IMAGES = re.compile(
    r"\s*(?:\[?!\[[^\]\n]{0,200}\]\([^()\s]{1,400}\)(?:\]\([^()\s]{1,400}\))?\s*){1,60}"
)
_BADGE = re.compile(r"badge|shields\.io", re.IGNORECASE)
_TAG = re.compile(r"</?(?:a|p|div|img|br|picture|source)\b[^<>]{0,600}>", re.IGNORECASE)
_HOLLOW = re.compile(r"(?:(?:`{3,}|~{3,})\w*\s*\n)?\s*(?:(?:`{3,}|~{3,}|[-*+]|\d+[.)])[ \t]*\n?)*")


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """Every such block, with the blank lines that set it apart."""
    for span, reason in _found(subject.document.blocks):
        is_gap = not subject.document.slice(*span).strip()
        place = span if is_gap else with_gap(subject.document, span)
        tokens = count_tokens(subject.document.slice(*place))
        is_free = subject.guards.allow(*place) and not any(map(place.overlaps, taken))
        if is_free and tokens >= _SMALLEST:
            yield _action(subject, place, reason, tokens)


def _found(blocks: Sequence[Block]) -> Iterator[tuple[Span, str]]:
    row: list[Block] = []
    for block in blocks:
        if block.kind == "rule" or (row and block.kind == "blank"):
            row.append(block)
            continue
        yield from _after_first(row)
        row = []
        if is_badges(block):
            yield Span(block.start_line, block.end_line), "badges, which tell an agent nothing"
        elif block.kind in {"code", "list"} and _HOLLOW.fullmatch(block.text):
            yield Span(block.start_line, block.end_line), "empty"
        elif block.kind == "blank" and block.end_line - block.start_line >= _WIDEST_GAP:
            yield Span(block.start_line + 1, block.end_line), "blank lines"
    yield from _after_first(row)


def _after_first(row: Sequence[Block]) -> Iterator[tuple[Span, str]]:
    """The rules below the first one of a row."""
    rules = [block for block in row if block.kind == "rule"]
    if len(rules) > 1:
        yield Span(rules[1].start_line, rules[-1].end_line), "rules in a row"


def is_badges(block: Block) -> bool:
    """Whether a block is nothing but pictures that say how a build or a package stands."""
    if not _BADGE.search(block.text) or "<!--" in block.text:
        return False
    if block.kind == "paragraph":
        return all(map(_IMAGES.fullmatch, split_lines(block.text)))
    return block.kind == "html" and not _IMAGES.sub("", _TAG.sub("", block.text)).strip()


def tells_nothing(text: str) -> bool:
    """Whether a text is only what this action removes."""
    return all(
        block.kind in {"blank", "rule"}
        or is_badges(block)
        or (block.kind in {"code", "list"} and _HOLLOW.fullmatch(block.text))
        for block in parse(text).blocks
    )


def _action(subject: Subject, place: Span, reason: str, tokens: int) -> Action:
    return Action(
        type="remove",
        section=_path(subject, place.start),
        start_line=place.start,
        end_line=place.end,
        reason=reason,
        tokens_saved=tokens,
        confidence=0.9,
        target=archive_path(subject.path, "removed", subject.now),
        pointer="",
    )


def _path(subject: Subject, line: int) -> tuple[str, ...]:
    """The titles above a line."""
    above = [part for part in subject.document.root.walk() if part.start_line <= line]
    return above[-1].path
