"""Relocate: what an agent need not read at each start goes to documents, and a line leads there.

A section that goes whole is moved; of another, the pieces that go are condensed into one pointer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Document, Section
from ccm_gitops.context.optimize.documents import Cut, Home, homes
from ccm_gitops.context.optimize.marks import Marks, Run, mark
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import moved
from ccm_gitops.context.optimize.pointers import contents, occasion
from ccm_gitops.context.optimize.spans import Span, run, with_gap
from ccm_gitops.context.tokens import count_tokens

# Below both, a file is short enough to be read whole, and nothing moves.
_BLOATED_LINES, _BLOATED_TOKENS = 300, 4000
_SMALLEST = 100  # tokens of one cut; less is not worth a pointer


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """All that a bloated file can do without at the start."""
    if not is_bloated(subject):
        return
    marks = mark(subject, taken)
    cuts = [cut for cut in _cuts(subject.document.root, subject, marks) if cut.tokens >= _SMALLEST]
    for cut, home in homes(cuts, subject):
        yield from _actions(cut, home, subject)


def is_bloated(subject: Subject) -> bool:
    """Whether a file is too long to be read whole at each start."""
    return len(subject.document.lines) > _BLOATED_LINES or subject.tokens > _BLOATED_TOKENS


def _cuts(section: Section, subject: Subject, marks: Marks) -> Iterator[Cut]:
    whole = marks.whole(section)
    if whole:
        yield _whole(section, whole, [child.title for child in section.children], subject)
        return
    runs = marks.runs(section)
    if runs:
        yield _condensed(section, runs, subject)
    may_group = section.level > subject.depth(section.path)
    group: list[Section] = []
    for child in (*section.children, None):
        if child and may_group and marks.goes(child) and marks.whole(child):
            group.append(child)
            continue
        yield from _grouped(section, group, subject, marks)
        group = []
        if child:
            yield from _cuts(child, subject, marks)


def _grouped(
    parent: Section, group: Sequence[Section], subject: Subject, marks: Marks
) -> Iterator[Cut]:
    """Neighbours that go whole go with their headings, and share one pointer."""
    span = run(group) if len(group) > 1 else None
    if span and subject.guards.allow(*span, with_instructions=True):
        cut = _whole(parent, span, [child.title for child in group], subject)
        yield replace(cut, is_whole=False)
        return
    for child in group:
        yield from _cuts(child, subject, marks)


def _whole(section: Section, span: Span, titles: Sequence[str], subject: Subject) -> Cut:
    what = contents(titles, subject.document.within(*span), is_rest=False)
    return Cut(section, (span,), _size([span], subject), (what,), ("",), is_whole=True)


def _condensed(section: Section, runs: Sequence[Run], subject: Subject) -> Cut:
    """The runs of a section; the last pointer speaks for all that have none of their own."""
    spans = tuple(one.span for one in runs)
    silent: list[Run] = []
    whats: list[str] = []
    for one in runs:
        told = [*silent, one] if one is runs[-1] else [one] if one.is_announced else []
        silent += [] if one.is_announced else [one]
        whats.append(_told(told, subject) if told else "")
    bullets = tuple(one.bullet for one in runs)
    return Cut(section, spans, _size(spans, subject), tuple(whats), bullets, is_whole=False)


def _told(runs: Sequence[Run], subject: Subject) -> str:
    if all(one.bullet for one in runs):
        return "the rest of this list is"
    blocks = [block for one in runs for block in subject.document.within(*one.span)]
    return contents((), blocks, is_rest=True)


def _size(spans: Sequence[Span], subject: Subject) -> int:
    return sum(count_tokens(subject.document.slice(*span)) for span in spans)


def _leads_there(cut: Cut, home: Home, document: Document) -> bool:
    """Whether a pointer of an earlier time that stays in the section names the document."""
    last = cut.section.blocks[-1].end_line
    stays = set(range(cut.section.start_line, last + 1)).difference(
        *(range(span.start, span.end + 1) for span in cut.spans)
    )
    lines = (document.lines[number - 1] for number in stays)
    return any(is_pointer(line) and f"`{home.target}`" in line for line in lines)


def _actions(cut: Cut, home: Home, subject: Subject) -> Iterator[Action]:
    leads_there = _leads_there(cut, home, subject.document)
    for span, what, bullet in zip(cut.spans, cut.whats, cut.bullets, strict=True):
        is_told = what and not leads_there
        when = occasion(what, subject.below_title(cut.section.path))
        pointer = moved(what, subject.path, home.target, when) if is_told else ""
        if bullet and pointer:
            pointer = bullet + pointer.removeprefix("> ")
        is_apart = not subject.document.lines[span.start - 2].strip()
        place = with_gap(subject.document, span) if is_apart and not pointer else span
        text = subject.document.slice(*place)
        yield Action(
            type="move" if cut.is_whole else "condense",
            section=cut.section.path,
            start_line=place.start,
            end_line=place.end,
            reason="reference that is needed at times",
            tokens_saved=count_tokens(text) - count_tokens(pointer),
            confidence=0.7,
            target=home.target,
            pointer=pointer,
            title=home.title,
            heading=home.heading,
            scope=home.scope,
            is_item=bool(bullet),
        )
