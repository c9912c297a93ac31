"""Custom: what becomes of which sections, by the rules of whoever owns the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple, Protocol

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.dates import find_dates
from ccm_gitops.context.document import Section, split_lines
from ccm_gitops.context.optimize.model import Action, ActionType, Subject
from ccm_gitops.context.optimize.names import archive_path, plain, slug
from ccm_gitops.context.optimize.nearby import Place, place_of
from ccm_gitops.context.optimize.pieces import Piece, is_caption, pieces
from ccm_gitops.context.optimize.places import place_in
from ccm_gitops.context.optimize.spans import Span, leaves_no_scar, run, with_gap
from ccm_gitops.context.tokens import count_tokens

_SMALLEST = 20  # tokens saved; a pointer that stands there already is no more to take
_FLAGS = re.IGNORECASE | re.MULTILINE
_SENTENCES = {
    "archive": "{section} ({lines} lines of {date}) is in {target}; read it when you need it.",
    "move": "{section} is in {target}; read it before you work on it.",
    "condense": "the rest of {section} is in {target}; read it before you work on it.",
}


class Rule(Protocol):
    """All that is given must fit a section."""

    @property
    def action(self) -> str:
        """What becomes of the section: archive, move, condense, remove or keep."""

    @property
    def section(self) -> str | None:
        """A pattern for its title."""

    @property
    def content(self) -> str | None:
        """A pattern for its text."""

    @property
    def older_than(self) -> timedelta | None:
        """How far back its newest date has to lie."""

    @property
    def longer_than(self) -> int | None:
        """How many lines it has to exceed."""

    @property
    def summary(self) -> str | None:
        """A template of what the pointer says."""


@dataclass(frozen=True)
class Wishes:
    """What the owner of a file asks for beside the strategy: rules for `custom`, where text goes.

    A word among the rules stands for a step of the other strategies. `move_to` is docs, nested
    (a context file of the folder that the text is about) or rules (a rule for that folder).
    """

    rules: Sequence[Rule | str] = ()
    move_to: str = "docs"


class Decided(NamedTuple):
    """A section with the rule that decides on it, the first that fits."""

    section: Section
    rule: Rule
    number: int


def decide(subject: Subject, rules: Sequence[Rule]) -> tuple[Subject, tuple[Decided, ...]]:
    """The outermost sections that a rule decides on; those to keep become fixed in the subject.

    The title of the whole file is no section.
    """
    first = [part for part in subject.document.root.children[:1] if subject.depth(part.path)]
    decided = [
        Decided(section, rules[number], number)
        for section in subject.document.root.walk()
        if section.level and section not in first
        for number in _first_fit(section, subject, rules)
    ]
    fixed = {
        line
        for section, rule, _ in decided
        if rule.action == "keep"
        for line in range(section.start_line, section.end_line + 1)
    }
    guards = replace(subject.guards, fixed=subject.guards.fixed | fixed)
    return replace(subject, guards=guards), tuple(d for d in decided if d.rule.action != "keep")


def propose(subject: Subject, decided: Sequence[Decided]) -> Iterator[Action]:
    """The actions on what was decided, outermost sections first."""
    taken = set(subject.paths - subject.pointed)
    done = 0
    for section, rule, number in decided:
        if section.start_line <= done:
            continue
        done = section.end_line
        spans = _spans(section, rule, subject)
        if spans:
            place = _place(section, rule, spans, subject, taken)
            taken.add(place.path)
            for action in _actions(section, rule, number, spans, place.path, subject):
                yield replace(action, scope=place.scope)


def _first_fit(section: Section, subject: Subject, rules: Sequence[Rule]) -> Iterator[int]:
    text = "".join(
        b.text for part in section.walk() for b in part.blocks if b is not section.blocks[0]
    )
    fitting = (n for n, rule in enumerate(rules) if _fits(rule, section, text, subject))
    yield from list(fitting)[:1]


def _fits(rule: Rule, section: Section, text: str, subject: Subject) -> bool:
    if rule.section is not None and not re.search(rule.section, section.title, _FLAGS):
        return False
    if rule.content is not None and not re.search(rule.content, text, _FLAGS):
        return False
    lines = section.end_line - section.start_line + 1
    if rule.longer_than is not None and lines <= rule.longer_than:
        return False
    if rule.older_than is None:
        return True
    newest = max(find_dates(f"{section.title}\n{text}"), default=None)
    return newest is not None and newest < (subject.now - rule.older_than).date()


def _place(
    section: Section, rule: Rule, spans: Sequence[Span], subject: Subject, taken: Set[str]
) -> Place:
    if rule.action == "remove":
        return Place(archive_path(subject.path, "removed", subject.now), "")
    if rule.action == "archive":
        return Place(archive_path(subject.path, slug(section.title), subject.now), "")
    names = section.path[-1:] if subject.titles[section.title] == 1 else section.path[-2:]
    texts = (subject.document.slice(*span) for span in spans)
    return place_of(names, texts, subject, taken)


def _spans(section: Section, rule: Rule, subject: Subject) -> list[Span]:
    """What of a section may go: all below its heading, or the pieces that nothing holds."""
    if rule.action == "remove":
        span = run([section])
        return [span] if span and subject.guards.allow(*span) else []
    own = pieces(section)
    is_lead = rule.action == "condense" and bool(own) and own[0].main.kind == "paragraph"
    going = own[1:] if is_lead and not is_caption(own[0].main) else own
    is_archive = rule.action == "archive"
    free = [p.span for p in going if _may_go(p, subject, with_pointers=is_archive)]
    below = [span for child in section.children for span in _below(child, subject)]
    return _joined([*free, *below], subject)


def _may_go(piece: Piece, subject: Subject, *, with_pointers: bool) -> bool:
    is_held = not with_pointers and is_pointer(piece.main.text)
    return not is_held and not is_caption(piece.main) and subject.guards.allow(*piece.span)


def _below(section: Section, subject: Subject) -> Iterator[Span]:
    whole = run([section])
    if whole and subject.guards.allow(*whole):
        yield whole
        return
    yield from (p.span for p in pieces(section) if _may_go(p, subject, with_pointers=False))
    for child in section.children:
        yield from _below(child, subject)


def _joined(spans: Sequence[Span], subject: Subject) -> list[Span]:
    """Neighbours with nothing but blank lines between them become one."""
    joined: list[Span] = []
    for span in spans:
        gap = subject.document.slice(joined[-1].end + 1, span.start - 1) if joined else "x"
        if joined and not gap.strip() and subject.guards.allow(joined[-1].start, span.end):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _actions(
    section: Section,
    rule: Rule,
    number: int,
    spans: Sequence[Span],
    target: str,
    subject: Subject,
) -> Iterator[Action]:
    pointer = _pointer(section, rule, spans, target, subject)
    own = [b for b in section.blocks if not any(s.start <= b.start_line <= s.end for s in spans)]
    lines = (line for block in own for line in split_lines(block.text))
    leads_there = any(is_pointer(line) and subject.led_to(line) == target for line in lines)
    bearer = None if leads_there or not pointer else _bearer(spans, pointer, subject)
    if pointer and not leads_there and bearer is None:
        return
    for span in spans:
        line = pointer if span == bearer else ""
        place = span if line else with_gap(subject.document, span)
        saved = count_tokens(subject.document.slice(*place)) - count_tokens(line)
        if not line and not _is_worth_it(place, "", subject):
            continue
        yield Action(
            type=_TYPES[rule.action],
            section=section.path,
            start_line=place.start,
            end_line=place.end,
            reason=f"rule {number + 1} of the task",
            tokens_saved=saved,
            confidence=1.0,
            target=target,
            pointer=line,
            title=plain(section.title),
        )


def _bearer(spans: Sequence[Span], pointer: str, subject: Subject) -> Span | None:
    """The last of the cuts in whose place the pointer can stand."""
    bearing = [span for span in spans if _is_worth_it(span, pointer, subject)]
    return bearing[-1] if bearing else None


def _is_worth_it(place: Span, line: str, subject: Subject) -> bool:
    saved = count_tokens(subject.document.slice(*place)) - count_tokens(line)
    return saved >= _SMALLEST and leaves_no_scar(subject.document, place, pointer=bool(line))


_TYPES: dict[str, ActionType] = {
    "archive": "archive",
    "move": "move",
    "condense": "condense",
    "remove": "remove",
}


def _pointer(
    section: Section, rule: Rule, spans: Sequence[Span], target: str, subject: Subject
) -> str:
    if rule.action == "remove":
        return ""
    values = {
        "section": plain(section.title),
        "target": place_in(subject.path, target),
        "lines": str(sum(span.end - span.start + 1 for span in spans)),
        "tokens": str(sum(count_tokens(subject.document.slice(*span)) for span in spans)),
        "date": f"{subject.now:%Y-%m-%d}",
    }
    template = (rule.summary or _SENTENCES[rule.action]).strip().replace("`{target}`", "{target}")
    filled = re.sub(r"\{(\w+)\}", lambda m: values.get(m[1], m[0]), template)
    sign = "Archived" if rule.action == "archive" else "Moved"
    return f"> {sign}: {filled.replace('{{', '{').replace('}}', '}')}"
