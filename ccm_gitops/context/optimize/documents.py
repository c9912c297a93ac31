"""Which document takes which cut: one a chapter, and few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.names import doc_path, plain, short
from ccm_gitops.context.optimize.spans import Span

_MOST = 5  # documents; what is left over shares the last
_SHARED = "Reference"


@dataclass(frozen=True)
class Cut:
    """What a section gives away, in order; or neighbouring sections with their headings.

    `section` is the one whose heading stays; `whats` are the subjects of the pointers of its spans,
    empty where a later one speaks of the span too; `bullets` begin the spans that are items.
    """

    section: Section
    spans: tuple[Span, ...]
    tokens: int
    whats: tuple[str, ...]
    bullets: tuple[str, ...]
    is_whole: bool


class Home(NamedTuple):
    """The path and the title of a document, and the heading of a cut in it, if it needs one."""

    target: str
    title: str
    heading: str


def homes(cuts: Sequence[Cut], subject: Subject) -> Iterator[tuple[Cut, Home]]:
    """Each cut with its place."""
    sizes: Counter[tuple[str, ...]] = Counter()
    for cut in cuts:
        sizes[_chapter(cut, subject)] += cut.tokens
    largest = sizes.most_common(_MOST if len(sizes) <= _MOST else _MOST - 1)
    alone = [path for path, _ in largest if path]
    targets = _targets(alone, subject)
    for cut in cuts:
        chapter = _chapter(cut, subject)
        is_own = chapter in alone
        title = plain(chapter[-1]) if is_own else _SHARED
        heading = "" if is_own and cut.section.path == chapter else _heading(cut)
        yield cut, Home(targets[chapter if is_own else ()], title, heading)


def _targets(alone: Sequence[tuple[str, ...]], subject: Subject) -> Mapping[tuple[str, ...], str]:
    taken = set(subject.paths - subject.pointed)
    found: dict[tuple[str, ...], str] = {}
    for path in (*alone, ()):
        name = (path[-1:] if subject.titles[path[-1]] == 1 else path[-2:]) if path else (_SHARED,)
        found[path] = doc_path(subject.path, tuple(map(short, name)), taken)
        taken.add(found[path])
    return found


def _chapter(cut: Cut, subject: Subject) -> tuple[str, ...]:
    return cut.section.path[: subject.depth(cut.section.path) + 1]


def _heading(cut: Cut) -> str:
    return f"{'#' * max(2, cut.section.level)} {cut.section.title}"
