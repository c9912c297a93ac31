"""Dedupe: text that stands in the file twice, word for word, stands there once."""

from __future__ import annotations

from collections.abc import Iterator, Set

from ccm_gitops.context.document import Block, Document, Section
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import archive_path
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.rules.duplicates import DuplicatePair
from ccm_gitops.context.tokens import count_tokens


def propose(subject: Subject, taken: Set[int]) -> Iterator[Action]:
    """Every exact copy whose absence leaves no hole where it stood."""
    for pair in subject.duplicates:
        lines = {*range(pair.kept_start, pair.kept_end + 1)}
        lines |= {*range(pair.removed_start, pair.removed_end + 1)}
        if pair.exact and taken.isdisjoint(lines):
            yield from _action(subject, pair)


def _action(subject: Subject, pair: DuplicatePair) -> Iterator[Action]:
    holder = _holder(subject.document.root, pair.removed_start)
    span = _with_gap(subject.document, pair)
    if not _is_spare(subject.document, holder, pair):
        return
    if not subject.guards.allow(span.start, span.end, copy_stays=True):
        return
    yield Action(
        type="dedupe",
        section=holder.path,
        start_line=span.start,
        end_line=span.end,
        reason=f"lines {pair.kept_start}-{pair.kept_end} say the same, word for word",
        tokens_saved=count_tokens(subject.document.slice(span.start, span.end)),
        confidence=1.0,
        target=archive_path(subject.path, "duplicates", subject.now),
        pointer="",
    )


def _is_spare(document: Document, holder: Section, pair: DuplicatePair) -> bool:
    """Whether nothing around the copy leans on it."""
    kept_in = _holder(document.root, pair.kept_start)
    if holder.start_line == pair.removed_start:
        # The same subsection below two different titles says two different things.
        return holder.path[:-1] == kept_in.path[:-1]
    blocks = [block for block in holder.blocks if block.kind != "blank"]
    at = next(i for i, block in enumerate(blocks) if block.start_line == pair.removed_start)
    copy, others = blocks[at], blocks[:at] + blocks[at + 1 :]
    neighbours = others[max(0, at - 1) : at + 1]
    introduced = at > 0 and blocks[at - 1].text.rstrip().endswith((":", "："))
    return (
        copy.kind != "code"
        and not introduced
        and any(block.kind not in {"heading", "rule"} for block in others)
        and not _would_join(neighbours)
    )


def _would_join(neighbours: list[Block]) -> bool:
    """Two lists or two indented blocks with nothing between them become one."""
    return len(neighbours) == 2 and neighbours[0].kind == neighbours[1].kind in {"list", "code"}


def _with_gap(document: Document, pair: DuplicatePair) -> Span:
    """The copy with the blank lines after it, or before it where it ends the file."""
    start, end = pair.removed_start, pair.removed_end
    lines = document.lines
    last = end
    while last < len(lines) and not lines[last].strip():
        last += 1
    if last < len(lines):
        return Span(start, last)
    while start > 1 and not lines[start - 2].strip():
        start -= 1
    return Span(start, end)


def _holder(section: Section, line: int) -> Section:
    """The innermost section with a line."""
    for child in section.children:
        if child.start_line <= line <= child.end_line:
            return _holder(child, line)
    return section
