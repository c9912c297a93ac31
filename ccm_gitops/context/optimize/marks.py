"""Marks: for each section of a file, which of its pieces go under a strategy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.listings import is_tree
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.pieces import (
    Piece,
    announces,
    is_rule,
    pieces,
    with_neighbours,
)
from ccm_gitops.context.optimize.roles import (
    ASIDE,
    GOES,
    SPLIT,
    SUMMARIZED,
    TOLD,
    Role,
    is_told_in_full,
    role_of,
)
from ccm_gitops.context.optimize.spans import Span, body
from ccm_gitops.context.optimize.summary import Binds, Summary, free_items, summarize
from ccm_gitops.context.optimize.titles import Standing, standing
from ccm_gitops.context.optimize.wording import (
    directs,
    is_shell,
    item_binds,
    milestones,
    prohibits,
)
from ccm_gitops.context.tokens import count_tokens

_LONGEST_LEAD = 80  # tokens of a first paragraph that stays to say what a section is about
_LONGEST_FIRST = 250  # tokens of what comes first where the title says that it is needed
_LONG_EXEMPLAR = 200  # tokens; a shorter example that is all of a section says what is meant
_LARGEST_MAP = 180  # tokens of a tree or a list of files; so short a one is of use every day
_SMALLEST_NEEDED = 100  # tokens; what is shorter stays where the title says that it is needed
# Of a section below its lead, that which tells facts for a summary to be clearer than all of it.
_FACTUAL, _FACTUAL_ELSEWHERE = 0.4, 0.65
_PLACES = re.compile(
    r"struct|layout|organi[sz]|director|folder|monorepo|workspace|packages", re.IGNORECASE
)
# What a product does is told in the words of instructions: `Export as CSV`.
_OFFERED = re.compile(r"\b(?:features|capabilities|benefits)\W*$", re.IGNORECASE)
# What has several of one form: by a number, or as questions with their answers.
_OF_ALL = re.compile(r"\W*these\b", re.IGNORECASE)  # says nothing without what is below
_NUMBERED = re.compile(
    r"\s*(?:\*\*|__)(?:\d+[.)]|(?:issue|problem|symptom|error|question|q)\b)", re.IGNORECASE
)
# A bold word that begins one of several; a note stands by itself.
_BOLD = re.compile(
    r"\s*(?:\*\*|__)(?!(?:notes?|nb|important|tips?|warning|caution|remember|recommended|hint)\b)\S",
    re.IGNORECASE,
)
_LARGEST_SHARE = 0.6  # of the file; more is what the file is about


@dataclass(frozen=True)
class Marked:
    """A section's pieces; `goes` says which may leave, `lead` how many of the first stay.

    `summary` is what it gives away where it can neither go nor spare enough of them.
    """

    pieces: Sequence[Piece]
    goes: Sequence[bool]
    lead: int
    summary: Summary | None


@dataclass(frozen=True)
class Marks:
    """What goes, by the first line and the level of each section."""

    subject: Subject
    of: Mapping[tuple[int, int], Marked]

    def whole(self, section: Section) -> Span | None:
        """What a section of which all may go gives away: all below its lead."""
        span = body(section) if section.level else None
        lead = self.of[section.start_line, section.level].lead
        if span is None or not self.goes(section, lead):
            return None
        start = self._below_lead(section, lead)
        if start is None or not self.subject.guards.allow(start, span.end, with_instructions=True):
            return None
        size = count_tokens(self.subject.document.slice(start, span.end))
        return Span(start, span.end) if size <= _LARGEST_SHARE * self.subject.tokens else None

    def goes(self, section: Section, lead: int = 0) -> bool:
        """Whether all of a section may go, but for the first `lead` pieces."""
        return all(self.of[section.start_line, section.level].goes[lead:]) and all(
            map(self.goes, section.children)
        )

    def _below_lead(self, section: Section, lead: int) -> int | None:
        own = self.of[section.start_line, section.level].pieces[lead:]
        if own:
            return own[0].span.start
        return section.children[0].start_line if section.children else None

    def summary(self, section: Section) -> Summary | None:
        """What a section gives away of which a summary stays."""
        return self.of[section.start_line, section.level].summary


def mark(subject: Subject, taken: Sequence[Span]) -> Marks:
    """Mark all sections of a file; what is `taken` by others stays out of it."""
    return Marks(
        subject,
        {
            (section.start_line, section.level): _marked(section, subject, taken)
            for section in subject.document.root.walk()
        },
    )


def _marked(section: Section, subject: Subject, taken: Sequence[Span]) -> Marked:
    held = standing_of(section, subject)
    goes = [role for role, where in GOES[subject.strategy].items() if held in where]
    own = pieces(section)
    roles = [role_of(piece, subject) for piece in own]
    if _OFFERED.search(section.title):
        roles = ["description" if role == "convention" else role for role in roles]
    if roles == ["example"] and own[0].tokens < _LONG_EXEMPLAR:
        roles = ["snippet"]
    roles = _with_map(section, own, roles)
    is_needed = held in {"introduction", "needed", "binding", "shown", "background"}
    stays = [
        any(map(piece.span.overlaps, taken))
        or (is_needed and piece.tokens < _SMALLEST_NEEDED)
        or role not in goes
        for piece, role in zip(own, roles, strict=True)
    ]
    is_bold = subject.strategy == "aggressive"
    stays = with_neighbours(own, stays)
    stays = _with_siblings(own, stays, _is_sibling if not is_bold else _is_told_sibling)
    if "markup" in roles and any(stays):
        stays = [True] * len(own)
    lead = _lead(own, is_needed=is_needed)
    below = _below_pointer(own)
    first = max(lead, below)
    summary = None
    is_summary = any(is_told_in_full(block) for piece in own for block in piece.blocks)
    if held in SUMMARIZED[subject.strategy] and "markup" not in roles and not is_summary:
        free = _free(own[first:], roles[first:], {*goes, *TOLD}, held, subject, taken)
        share = _FACTUAL if held in ASIDE else _FACTUAL_ELSEWHERE
        summary = summarize(own[below:], free, share, subject.document)
    going = [
        piece.span
        for piece, role, stay in zip(own[first:], roles[first:], stays[first:], strict=True)
        if not stay and role != "prose"
    ]
    summary = summary or summarize(own[below:], going, 0, subject.document)
    return Marked(own, [not stay for stay in stays], lead, summary)


def _below_pointer(own: Sequence[Piece]) -> int:
    """The index of the first piece below all pointers: these stay where they stand."""
    return 1 + max((i for i, p in enumerate(own) if is_pointer(p.main.text)), default=-1)


def _free(
    own: Sequence[Piece],
    roles: Sequence[Role],
    free: Set[Role],
    held: Standing,
    subject: Subject,
    taken: Sequence[Span],
) -> list[Span]:
    """What goes below the lead once the `free` roles do, and of other lists what binds nobody."""
    is_bold = subject.strategy == "aggressive"
    is_taken = [any(map(piece.span.overlaps, taken)) for piece in own]
    stays = [took or role not in free for took, role in zip(is_taken, roles, strict=True)]
    stays = with_neighbours(own, _with_siblings(own, stays, _is_step))
    binds = _strictness(held, is_bold=is_bold)
    going: list[Span] = []
    for piece, role, is_staying, took in zip(own, roles, stays, is_taken, strict=True):
        if not is_staying:
            going.append(piece.span)
        elif role in SPLIT and not (took or _is_announced(piece) or _is_step(piece)):
            going += free_items(piece.main, subject.guards, binds)
    return going


def _strictness(held: Standing, *, is_bold: bool) -> Binds:
    """What binds in a list below a title: of one that tells facts only what plainly does."""
    if is_bold and held in {*ASIDE, "task"}:
        return lambda item: any(map(prohibits, item))
    return lambda item: item_binds(item, is_strict=held in ASIDE)


def _with_map(section: Section, own: Sequence[Piece], roles: Sequence[Role]) -> list[Role]:
    """The roles, with what says where things lie as a map, where a section has little of it."""
    is_place = bool(_PLACES.search(section.title))
    shown = [
        is_tree(piece.main) or role == "listing" or (is_place and role == "description")
        for piece, role in zip(own, roles, strict=True)
    ]
    sizes = (count_tokens(piece.main.text) for piece in own)
    is_map = sum(size for size, is_one in zip(sizes, shown, strict=True) if is_one) < _LARGEST_MAP
    return ["map" if one and is_map else role for one, role in zip(shown, roles, strict=True)]


def _is_announced(piece: Piece) -> bool:
    """Whether what stands above a piece's text binds, and so all of it does."""
    return any(is_rule(block) or directs(block.text) for block in piece.blocks[:-1])


def _with_siblings(
    own: Sequence[Piece], stays: Sequence[bool], is_sibling: Callable[[Piece], bool]
) -> list[bool]:
    """What stays once no sibling goes while another stays."""
    are_siblings = [is_sibling(piece) for piece in own]
    holds = any(stay and is_one for stay, is_one in zip(stays, are_siblings, strict=True))
    return [stay or (holds and is_one) for stay, is_one in zip(stays, are_siblings, strict=True)]


def _is_told_sibling(piece: Piece) -> bool:
    return len(piece.blocks) > 1 and piece.main.kind in {"list", "table"}


def _is_step(piece: Piece) -> bool:
    """Whether a piece is one of a row: of code below captions, or with numbers in these."""
    is_code = len(piece.blocks) > 1 and piece.main.kind == "code" and not is_shell(piece.main)
    return is_code or any(_NUMBERED.match(block.text) for block in piece.blocks)


def _is_sibling(piece: Piece) -> bool:
    """Whether a piece is one of a row: below a caption, or behind a bold word."""
    return len(piece.blocks) > 1 or bool(_BOLD.match(piece.main.text))


def _lead(own: Sequence[Piece], *, is_needed: bool) -> int:
    if not own:
        return 0
    first = own[0]
    if len(first.blocks) == 1 and first.main.kind == "paragraph" and first.tokens <= _LONGEST_LEAD:
        return 0 if announces(first.main) or _OF_ALL.match(first.main.text) else 1
    return int(
        is_needed and first.main.kind not in {"code", "table"} and first.tokens <= _LONGEST_FIRST
    )


def standing_of(section: Section, subject: Subject) -> Standing:
    """How binding a section's own text is."""
    first = subject.document.root.children[:1]
    if section.level == 0:
        return "whole"
    if section in first:
        return "introduction"
    titles = subject.below_title(section.path)
    if any(name.lower() in subject.milestones for t in titles for name in milestones(t)):
        return "whole"
    found = standing(titles)
    is_introduction = found == "open" and section in first[0].children[:1]
    return "introduction" if is_introduction else found
