"""Marks: for each section of a file, which of its pieces go under a strategy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.pieces import Piece, is_caption, pieces, with_neighbours
from ccm_gitops.context.optimize.roles import GOES, role_of
from ccm_gitops.context.optimize.spans import Span, body
from ccm_gitops.context.optimize.titles import Standing, standing
from ccm_gitops.context.optimize.wording import milestones
from ccm_gitops.context.tokens import count_tokens

_LONGEST_LEAD = 80  # tokens of a first paragraph that stays to say what a section is about
_LONGEST_FIRST = 250  # tokens of what comes first where the title says that it is needed
_SMALLEST_NEEDED = 100  # tokens; what is shorter stays where the title says that it is needed
_LARGEST_SHARE = 0.6  # of the file; more is what the file is about


@dataclass(frozen=True)
class Marked:
    """A section's pieces; `goes` says which may leave, `lead` how many of the first stay."""

    pieces: Sequence[Piece]
    goes: Sequence[bool]
    lead: int


@dataclass(frozen=True)
class Marks:
    """What goes, by the first line of each section."""

    subject: Subject
    by_line: Mapping[int, Marked]

    def whole(self, section: Section) -> Span | None:
        """What a section of which all may go gives away: all below its lead."""
        span = body(section) if section.level else None
        lead = self.by_line[section.start_line].lead
        if span is None or not self._goes(section, lead):
            return None
        start = self._below_lead(section, lead)
        if start is None or not self.subject.guards.allow(start, span.end, copy_stays=True):
            return None
        size = count_tokens(self.subject.document.slice(start, span.end))
        return Span(start, span.end) if size <= _LARGEST_SHARE * self.subject.tokens else None

    def _goes(self, section: Section, lead: int = 0) -> bool:
        return all(self.by_line[section.start_line].goes[lead:]) and all(
            map(self._goes, section.children)
        )

    def _below_lead(self, section: Section, lead: int) -> int | None:
        own = self.by_line[section.start_line].pieces[lead:]
        if own:
            return own[0].span.start
        return section.children[0].start_line if section.children else None

    def runs(self, section: Section) -> list[Span]:
        """Neighbouring pieces of a section's own text that go."""
        marked = self.by_line[section.start_line]
        spans: list[Span] = []
        was_going = False
        for index, piece in enumerate(marked.pieces):
            is_going = marked.goes[index] and index >= marked.lead
            if is_going and was_going:
                spans[-1] = Span(spans[-1].start, piece.span.end)
            elif is_going:
                spans.append(piece.span)
            was_going = is_going
        return spans


def mark(subject: Subject, taken: Sequence[Span]) -> Marks:
    """Mark all sections of a file; what is `taken` by others stays out of it."""
    return Marks(
        subject,
        {
            section.start_line: _marked(section, subject, taken)
            for section in subject.document.root.walk()
        },
    )


def _marked(section: Section, subject: Subject, taken: Sequence[Span]) -> Marked:
    held = standing_of(section, subject)
    own = pieces(section)
    is_needed = held in {"needed", "binding"}
    stays = [
        any(map(piece.span.overlaps, taken))
        or (is_needed and piece.tokens < _SMALLEST_NEEDED)
        or held not in GOES[subject.strategy].get(role_of(piece, subject), ())
        for piece in own
    ]
    stays = with_neighbours(own, stays)
    return Marked(own, [not stay for stay in stays], _lead(own, is_needed=is_needed))


def _lead(own: Sequence[Piece], *, is_needed: bool) -> int:
    if not own:
        return 0
    first = own[0]
    if len(first.blocks) == 1 and first.main.kind == "paragraph" and first.tokens <= _LONGEST_LEAD:
        return 0 if is_caption(first.main) else 1
    return int(
        is_needed and first.main.kind not in {"code", "table"} and first.tokens <= _LONGEST_FIRST
    )


def standing_of(section: Section, subject: Subject) -> Standing:
    """How binding a section's own text is."""
    first = subject.document.root.children[:1]
    if section.level == 0 or section in first:
        return "needed"
    titles = section.path[1:] or section.path
    if any(name.lower() in subject.milestones for t in titles for name in milestones(t)):
        return "whole"
    found = standing(titles)
    is_introduction = found == "open" and section in first[0].children[:1]
    return "needed" if is_introduction else found
