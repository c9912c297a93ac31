"""Relocate: what an agent need not read at each start goes to documents, and a line leads there.

A section that goes whole is moved; of another, the pieces that go are condensed into one pointer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.documents import Cut, Home, homes
from ccm_gitops.context.optimize.marks import Marks, mark
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
        yield _cut(section, [whole], subject, is_whole=True)
        return
    spans = marks.runs(section)
    if spans:
        yield _cut(section, spans, subject)
    group: list[Section] = []
    for child in (*section.children, None):
        if child and section.level > subject.depth and marks.whole(child):
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
    if span and subject.guards.allow(*span, copy_stays=True):
        yield _cut(parent, [span], subject, titles=[child.title for child in group])
        return
    for child in group:
        yield from _cuts(child, subject, marks)


def _cut(
    section: Section,
    spans: Sequence[Span],
    subject: Subject,
    *,
    titles: Sequence[str] = (),
    is_whole: bool = False,
) -> Cut:
    tokens = sum(count_tokens(subject.document.slice(*span)) for span in spans)
    blocks = [block for span in spans for block in subject.document.within(*span)]
    if is_whole:
        titles = [child.title for child in section.children]
    what = contents(titles, blocks, is_rest=not is_whole)
    return Cut(section, tuple(spans), tokens, what, is_whole)


def _actions(cut: Cut, home: Home, subject: Subject) -> Iterator[Action]:
    left = (b for b in cut.section.blocks if not any(b.start_line in range(*s) for s in cut.spans))
    leads_there = any(is_pointer(b.text) and f"`{home.target}`" in b.text for b in left)
    for span in cut.spans:
        is_last = span == cut.spans[-1] and not leads_there
        pointer = moved(cut.what, subject.path, home.target, occasion(cut.section.title))
        place = span if is_last else with_gap(subject.document, span)
        text = subject.document.slice(*place)
        yield Action(
            type="move" if cut.is_whole else "condense",
            section=cut.section.path,
            start_line=place.start,
            end_line=place.end,
            reason="reference that is needed at times",
            tokens_saved=count_tokens(text) - is_last * count_tokens(pointer),
            confidence=0.7,
            target=home.target,
            pointer=pointer if is_last else "",
            title=home.title,
            heading=home.heading,
        )
