"""Dedupe: text that stands in the file twice, word for word, stands there once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Block, Section
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import archive_path
from ccm_gitops.context.optimize.spans import Span, with_gap
from ccm_gitops.context.tokens import count_tokens


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """Every exact copy whose absence leaves no hole where it stood."""
    groups: defaultdict[Span, list[Span]] = defaultdict(list)
    for pair in subject.duplicates:
        if pair.exact:
            first = Span(pair.kept_start, pair.kept_end)
            groups[first].append(Span(pair.removed_start, pair.removed_end))
    gone = {copy.start for copies in groups.values() for copy in copies}
    stays = [b for b in subject.document.blocks if b.kind != "blank" and b.start_line not in gone]
    for first, copies in groups.items():
        # What another action takes away is no copy to keep, unless each of them loses the same.
        whole = [span for span in (first, *copies) if not any(map(span.overlaps, taken))]
        kept, *spare = whole or (first, *copies)
        for copy in spare:
            yield from _action(subject, copy, kept, stays)


def reason(same: Span) -> str:
    """Why a copy of these lines may go."""
    return f"lines {same.start}-{same.end} say the same, word for word"


def _action(subject: Subject, copy: Span, kept: Span, stays: Sequence[Block]) -> Iterator[Action]:
    holder = _holder(subject.document.root, copy.start)
    span = with_gap(subject.document, copy)
    kept_in = _holder(subject.document.root, kept.start)
    if not _is_spare(holder, copy, kept_in, stays):
        return
    if not subject.guards.allow(span.start, span.end, with_instructions=True):
        return
    yield Action(
        type="dedupe",
        section=holder.path,
        start_line=span.start,
        end_line=span.end,
        reason=reason(kept),
        tokens_saved=count_tokens(subject.document.slice(span.start, span.end)),
        confidence=1.0,
        target=archive_path(subject.path, "duplicates", subject.now),
        pointer="",
        same=kept,
    )


def _is_spare(holder: Section, copy: Span, kept_in: Section, stays: Sequence[Block]) -> bool:
    """Whether nothing around a copy leans on it; `stays` are all blocks but the copies."""
    if holder.start_line == copy.start:
        # The same subsection below two different titles says two different things.
        return holder.path[:-1] == kept_in.path[:-1]
    block = holder.blocks[bisect_left(holder.blocks, copy.start, key=_start)]
    first = bisect_left(stays, holder.blocks[0].start_line, key=_start)
    others = stays[first : bisect_right(stays, holder.blocks[-1].start_line, key=_start)]
    at = bisect_left(others, copy.start, key=_start)
    introduced = at > 0 and others[at - 1].text.rstrip().endswith((":", "："))
    return (
        block.kind != "code"
        and not introduced
        and any(
            other.kind not in {"heading", "rule"} and not is_pointer(other.text) for other in others
        )
        and not _would_join(others[max(0, at - 1) : at + 1])
    )


def _start(block: Block) -> int:
    return block.start_line


def _would_join(neighbours: Sequence[Block]) -> bool:
    """Whether two blocks with nothing between them would become one."""
    if len(neighbours) < 2:
        return False
    above, below = neighbours
    if above.kind == "list":
        return below.kind == "list" or below.text.startswith((" ", "\t"))
    return above.kind == below.kind == "code"


def _holder(section: Section, line: int) -> Section:
    """The innermost section with a line."""
    index = bisect_right(section.children, line, key=lambda child: child.start_line)
    return _holder(section.children[index - 1], line) if index else section
