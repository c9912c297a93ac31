"""Which document takes which cut: one a chapter, and few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.names import plain, short
from ccm_gitops.context.optimize.nearby import Place, place_of
from ccm_gitops.context.optimize.spans import Span

_MOST = 5  # documents; what is left over shares the last
_SMALL = 250  # tokens of a chapter; two such share a document
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
    scope: str


def homes(cuts: Sequence[Cut], subject: Subject) -> Iterator[tuple[Cut, Home]]:
    """Each cut with its place."""
    sizes: Counter[tuple[str, ...]] = Counter()
    for cut in cuts:
        sizes[_chapter(cut, subject)] += cut.tokens
    alone = _alone(sizes, cuts, subject)
    places = _places(alone, cuts, subject)
    shared = {path for path, count in Counter(p.path for p in places.values()).items() if count > 1}
    for cut in cuts:
        chapter = _chapter(cut, subject)
        is_own = chapter in alone
        title = plain(chapter[-1]) if is_own else _SHARED
        place = places[chapter if is_own else ()]
        is_first = is_own and cut.section.path == chapter and place.path not in shared
        yield cut, Home(place.path, title, "" if is_first else _heading(cut), place.scope)


def _alone(
    sizes: Mapping[tuple[str, ...], int], cuts: Sequence[Cut], subject: Subject
) -> list[tuple[str, ...]]:
    """The chapters with a document of their own: those that have one, the largest, a lone small."""
    known = [
        path for path in sizes if path and _place(path, cuts, subject, ()).path in subject.pointed
    ]
    others = Counter({path: size for path, size in sizes.items() if path not in known})
    smallest = _SMALL if subject.move_to == "docs" else 0
    small = [path for path, size in others.items() if size < smallest]
    is_shared = len(sizes) > _MOST or len(small) > 1
    largest = others.most_common(max(0, _MOST - is_shared - len(known)))
    return known + [path for path, _ in largest if path and not (is_shared and path in small)]


def _places(
    alone: Sequence[tuple[str, ...]], cuts: Sequence[Cut], subject: Subject
) -> Mapping[tuple[str, ...], Place]:
    found: dict[tuple[str, ...], Place] = {}
    for path in (*alone, ()):
        taken = [place.path for place in found.values()]
        found[path] = _place(path, cuts, subject, taken)
    return found


def _place(
    path: tuple[str, ...], cuts: Sequence[Cut], subject: Subject, taken: Sequence[str]
) -> Place:
    """The place of a chapter, or the shared one of none: one that pointers name, or a new one."""
    name = (path[-1:] if subject.titles[path[-1]] == 1 else path[-2:]) if path else (_SHARED,)
    spans = (s for cut in cuts if path and _chapter(cut, subject) == path for s in cut.spans)
    texts = [subject.document.slice(*span) for span in spans]
    strange = {*(subject.paths - subject.pointed), *taken}
    return place_of(tuple(map(short, name)), texts, subject, strange)


def _chapter(cut: Cut, subject: Subject) -> tuple[str, ...]:
    return cut.section.path[: subject.depth(cut.section.path) + 1]


def _heading(cut: Cut) -> str:
    return f"{'#' * max(2, cut.section.level)} {cut.section.title}"
