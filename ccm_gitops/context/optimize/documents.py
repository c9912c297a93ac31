"""Which document takes which cut: one a chapter, and few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from ccm_gitops.context.archive import FOLDER, is_pointer
from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.fields import WHERE
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.names import label, plain, unnumbered, without_number
from ccm_gitops.context.optimize.nearby import Place, place_of
from ccm_gitops.context.optimize.occasions import is_place, says_little
from ccm_gitops.context.optimize.pointers import Told, is_unclear
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.tokens import count_tokens

_MOST = 3  # documents; what is left over shares the last
_SMALL = 800  # tokens of a chapter; two such share a document
_LARGE = 1200  # tokens that name a document after their chapter, whatever stays of it
_TINY = 300  # tokens of a chapter that joins another one rather than have a document
_LITTLE = 2000  # tokens of all chapters, which then share one
_FITS = 0.5  # of a section, that moves, for its title to name the document
_NEARLY = 0.8  # of a document's tokens
_SHARED = "Reference"
_SOURCES = "Source Tree"

Titles = tuple[str, ...]  # from the top down


@dataclass(frozen=True)
class Cut:
    """What a section gives away; or neighbouring sections with their headings.

    `section` is the one whose heading stays; `told` is what its pointer says, `titles` are those of
    what moves. The lines of `kept` stay too.
    """

    section: Section
    span: Span
    tokens: int
    told: Told
    titles: Titles
    is_whole: bool
    kept: tuple[Span, ...] = ()


class Home(NamedTuple):
    """The path and the title of a document, and the heading of a cut in it, if it needs one."""

    target: str
    title: str
    heading: str
    scope: str


def homes(cuts: Sequence[Cut], subject: Subject) -> Iterator[tuple[Cut, Home]]:
    """Each cut with its place."""
    chapters: dict[Titles, list[Cut]] = {}
    for cut in cuts:
        chapters.setdefault(cut.section.path[: subject.depth(cut.section.path) + 1], []).append(cut)
    known = {path: target for path in chapters if (target := _known(path, subject))}
    names = {path: _name(some, subject) for path, some in chapters.items()}
    alone = [*known, *_alone(chapters, names, known, subject)]
    rest = [cut for path, some in chapters.items() if path not in alone for cut in some]
    names[()] = _name_of_shared(rest)
    places: dict[Titles, Place] = {path: Place(target, "") for path, target in known.items()}
    for path in (*alone[len(known) :], ()):
        taken = [place.path for place in places.values()]
        places[path] = _place(names[path], chapters.get(path, rest), subject, taken)
    crowded = {path for path, n in Counter(p.path for p in places.values()).items() if n > 1}
    written: dict[str, list[str]] = {}
    for path, some in chapters.items():
        home = path if path in alone else ()
        place, title = places[home], (names[home] or (_SHARED,))[-1]
        is_crowded = place.path in crowded
        level = _level_below(path, subject) if (title,) == path[-1:] and not is_crowded else 2
        for cut in some:
            is_title = plain(cut.section.title) == plain(title) and not is_crowded
            heading = "" if is_title else f"{'#' * level} {_heading(cut, subject)}"
            heading = _once(heading, written.setdefault(place.path, []))
            yield cut, Home(place.path, unnumbered(title), heading, place.scope)


def _once(heading: str, written: list[str]) -> str:
    """A heading that no other of the document is like; it joins those `written`."""
    is_again = heading in written[:-1] and heading != written[-1]
    written.append(heading)
    return f"{heading} (continued)" if heading and is_again else heading


def _level_below(path: Titles, subject: Subject) -> int:
    """The level of the headings right below a chapter, which its own document keeps."""
    levels = (part.level for part in subject.document.root.walk() if part.path == path)
    return max(1, next(levels, 1)) + 1


def _known(chapter: Titles, subject: Subject) -> str:
    """The document that a pointer in the chapter leads to already, if there is one."""
    section = next((s for s in subject.document.root.walk() if s.path == chapter), None)
    if section is None or not chapter:
        return ""
    lines = subject.document.lines[section.start_line - 1 : section.end_line]
    named = (subject.led_to(line) for line in lines if is_pointer(line))
    return next((name for name in named if name in subject.paths and FOLDER not in name), "")


def _name(cuts: Sequence[Cut], subject: Subject) -> Titles:
    """What a document of these cuts is called, last; nothing where no title fits them all."""
    if _is_where(cuts) and not all(is_place(cut.section.title) for cut in cuts):
        return (_SOURCES,)
    if len(cuts) == 1 and len(cuts[0].titles) == 1:
        return (*cuts[0].section.path[:-1], *cuts[0].titles)
    shared = _common([cut.section.path for cut in cuts])
    parent = next((s for s in subject.document.root.walk() if s.path == shared), None)
    if parent and parent.level and len(shared) > subject.depth(shared):
        size = count_tokens(subject.document.slice(parent.start_line, parent.end_line))
        if sum(cut.tokens for cut in cuts) >= min(_LARGE, _FITS * size):
            return shared
    return ()


def _name_of_shared(cuts: Sequence[Cut]) -> Titles:
    """What the document of small chapters is called."""
    return (_SOURCES,) if cuts and _is_where(cuts) else (_SHARED,)


def _is_where(cuts: Sequence[Cut]) -> bool:
    """Whether nearly all of the cuts tells what lies where."""
    telling = (cut for cut in cuts if cut.told.when == WHERE)
    return sum(cut.tokens for cut in telling) >= _NEARLY * sum(cut.tokens for cut in cuts)


def _common(paths: Sequence[Titles]) -> Titles:
    alike = takewhile(lambda titles: len(set(titles)) == 1, zip(*paths, strict=False))
    return tuple(titles[0] for titles in alike)


def _alone(
    chapters: Mapping[Titles, Sequence[Cut]],
    names: Mapping[Titles, Titles],
    known: Mapping[Titles, str],
    subject: Subject,
) -> list[Titles]:
    """The chapters with a new document of their own: the largest, and a lone small one."""
    sizes = Counter(
        {path: sum(c.tokens for c in cuts) for path, cuts in chapters.items() if path not in known}
    )
    is_little = len(sizes) > 1 and sum(sizes.values()) < _LITTLE
    smallest = (_LITTLE if is_little else _SMALL) if subject.move_to == "docs" else 0
    small = [path for path, size in sizes.items() if size < smallest or not names[path]]
    if len(small) == 1 < len(sizes) and sizes[small[0]] < _TINY and subject.move_to == "docs":
        small.append(min((path for path in sizes if path != small[0]), key=sizes.__getitem__))
    is_shared = len(chapters) > _MOST or len(small) > 1 or not all(names.values())
    largest = sizes.most_common(max(0, _MOST - is_shared - len(known)))
    return [path for path, _ in largest if names[path] and not (is_shared and path in small)]


def _place(name: Titles, cuts: Sequence[Cut], subject: Subject, taken: Sequence[str]) -> Place:
    """The place of a chapter, or the shared one of none: one that pointers name, or a new one."""
    below = subject.below_title(name)
    titles = below[-2:] if is_unclear(name[-1], subject) else below[-1:]
    texts = [subject.document.slice(*cut.span) for cut in cuts]
    strange = {*(subject.paths - subject.pointed), *taken}
    return place_of(tuple(map(label, titles)), texts, subject, strange)


def _heading(cut: Cut, subject: Subject) -> str:
    """A title that makes sense without those that stand above it in the file."""
    title, titles = cut.section.title, subject.below_title(cut.section.path)
    is_vague = says_little(label(title)) or subject.titles[title] > 1
    title = without_number(title)
    return f"{title} ({label(titles[-2])})" if is_vague and len(titles) > 1 else title
