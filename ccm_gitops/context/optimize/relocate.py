"""Relocate: what an agent need not read at each start goes to documents, and a line leads there.

A section that goes whole is moved; of another, the pieces that go are condensed into one pointer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.documents import Cut, Home, homes
from ccm_gitops.context.optimize.marks import Marks, mark
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import are_alike, is_numbered, label, moved, short
from ccm_gitops.context.optimize.pointers import told
from ccm_gitops.context.optimize.spans import Span, body, run, with_gap
from ccm_gitops.context.optimize.summary import Summary
from ccm_gitops.context.tokens import count_tokens

# Below both, a file is short enough to be read whole, and nothing moves.
_BLOATED_LINES, _BLOATED_TOKENS = 300, 4000
_SMALLEST = 170  # tokens that one pointer stands for; it costs some forty itself
_FEW = 3  # sections that rather have a pointer each than one that stands among others
_SMALLEST_PART = 80  # tokens of one of several sections below one pointer; less is soon read


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """All that a bloated file can do without at the start."""
    if not is_bloated(subject):
        return
    marks = mark(subject, taken)
    cuts = [cut for cut in _cuts(subject.document.root, subject, marks) if cut.tokens >= _SMALLEST]
    for cut, home in homes(cuts, subject):
        yield _action(cut, home, subject)


def is_bloated(subject: Subject) -> bool:
    """Whether a file is too long to be read whole at each start."""
    return len(subject.document.lines) > _BLOATED_LINES or subject.tokens > _BLOATED_TOKENS


def _cuts(section: Section, subject: Subject, marks: Marks) -> Iterator[Cut]:
    whole = marks.whole(section)
    if whole:
        yield _whole(section, whole, section.children, subject)
        return
    summary = marks.summary(section)
    if summary:
        yield _summarized(section, summary, subject)
    may_group = section.level > subject.depth(section.path)
    if may_group and _is_row(section.children) and not all(map(marks.whole, section.children)):
        return
    group: list[Section] = []
    for child in (*section.children, None):
        if child and may_group and marks.goes(child):
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
    shared = _without_small_ends(group, subject, marks)
    are_apart = (
        len(shared) < 2
        or _leaves_gap(parent.children, shared)
        or _is_missed(parent.children, shared)
        or _can_stand_apart(parent.children, shared, subject)
    )
    span = None if are_apart else run(shared)
    if span and subject.guards.allow(*span, with_instructions=True):
        titles = tuple(child.title for child in shared)
        yield replace(_whole(parent, span, shared, subject), titles=titles, is_whole=False)
    else:
        shared = ()
    for child in group:
        if child not in shared:
            yield from _cuts(child, subject, marks)


def _can_stand_apart(
    siblings: Sequence[Section], group: Sequence[Section], subject: Subject
) -> bool:
    """Whether each of a few is worth a pointer, where one for all stood below another section."""
    spans = [span for section in group if (span := body(section))]
    are_large = all(_size([span], subject) >= _SMALLEST for span in spans)
    return group[0] != siblings[0] and len(group) <= _FEW and are_large


def _is_row(sections: Sequence[Section]) -> bool:
    """Whether sections are so alike that a part of them would be missed among the others."""
    is_flat = not any(section.children for section in sections)
    return is_flat and are_alike([section.title for section in sections])


def _without_small_ends(
    group: Sequence[Section], subject: Subject, marks: Marks
) -> Sequence[Section]:
    """Neighbours from the first to the last that are large enough; what is between goes along."""
    large = [at for at, one in enumerate(group) if _is_worth_it(marks.whole(one), subject)]
    return group[large[0] : large[-1] + 1] if large else ()


def _is_worth_it(span: Span | None, subject: Subject) -> bool:
    return span is not None and count_tokens(subject.document.slice(*span)) >= _SMALLEST_PART


def _leaves_gap(siblings: Sequence[Section], group: Sequence[Section]) -> bool:
    """Whether sections with a number would go from above others with one."""
    below = siblings[siblings.index(group[-1]) + 1 :]
    return any(is_numbered(part.title) for part in group) and any(
        is_numbered(part.title) for part in below
    )


def _is_missed(siblings: Sequence[Section], group: Sequence[Section]) -> bool:
    """Whether a section that stays is called like some that would go with their headings."""
    gone = {short(part.title) for part in group}
    return any(short(part.title) in gone for part in siblings if part not in group)


def _whole(section: Section, span: Span, parts: Sequence[Section], subject: Subject) -> Cut:
    end = parts[0].start_line - 1 if parts else span.end
    what = told(section, subject.document.within(span.start, end), parts, subject)
    size = count_tokens(subject.document.slice(*span))
    return Cut(section, span, size, what, (section.title,), is_whole=True)


def _summarized(section: Section, summary: Summary, subject: Subject) -> Cut:
    """The text from the first to the last of what goes; of a summary, the document has it all."""
    span, kept = summary
    blocks = section.blocks if kept else subject.document.within(*span)
    what = told(section, blocks, (), subject)
    if kept:
        what = what._replace(what=f"{what.what}, in full")
    size = count_tokens(subject.document.slice(*span)) - _size(kept, subject)
    return Cut(section, span, size, what, (section.title,), is_whole=False, kept=kept)


def _size(spans: Sequence[Span], subject: Subject) -> int:
    return sum(count_tokens(subject.document.slice(*span)) for span in spans)


def _leads_there(cut: Cut, home: Home, subject: Subject) -> bool:
    """Whether a pointer of an earlier time that stays in the section names document and text.

    Where it lists parts that went then, what goes now needs a pointer of its own.
    """
    last = cut.section.blocks[-1].end_line
    stays = set(range(cut.section.start_line, last + 1)) - set(range(*cut.span)) - {cut.span.end}
    lines = (subject.document.lines[number - 1] for number in stays)
    named = (
        line.partition(": ")[2]
        for line in lines
        if is_pointer(line) and subject.led_to(line) == home.target
    )
    names = (cut.told.what, label(cut.section.title))
    return any(name in what for what in named for name in names)


def _action(cut: Cut, home: Home, subject: Subject) -> Action:
    is_told = cut.kept or not _leads_there(cut, home, subject)
    pointer = moved(cut.told.what, subject.path, home.target, cut.told.when) if is_told else ""
    is_apart = not subject.document.lines[cut.span.start - 2].strip()
    place = with_gap(subject.document, cut.span) if is_apart and not pointer else cut.span
    text = subject.document.slice(*place)
    return Action(
        type="move" if cut.is_whole else "condense",
        section=cut.section.path,
        start_line=place.start,
        end_line=place.end,
        reason="reference that is needed at times",
        tokens_saved=count_tokens(text) - count_tokens(pointer) - _size(cut.kept, subject),
        confidence=0.7,
        target=home.target,
        pointer=pointer,
        title=home.title,
        heading=home.heading,
        scope=home.scope,
        kept=cut.kept,
    )
