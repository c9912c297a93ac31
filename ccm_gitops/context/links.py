"""Links and images of a text: where they lead, and how to write them in a file at another place."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import chain
from typing import NamedTuple

from ccm_gitops.context.document import Document, parse, split_lines

_TARGET = re.compile(
    r"\]\(\s{0,9}(?:<(?P<angle>[^<>\n]{1,2000})>"
    r"|(?P<bare>[^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200}){0,4}))"
    r"|\b(?:src|href)\s{0,9}=\s{0,9}(?:\"(?P<double>[^\"\n]{1,2000})\"|'(?P<single>[^'\n]{1,2000})')"
    r"|^ {0,3}\[(?!\^)[^\[\]\n]{1,999}\]:[ \t]{0,9}(?:<(?P<pointed>[^<>\n]{1,2000})>"
    r"|(?P<defined>[^\s<>]{1,2000}))",
    re.IGNORECASE | re.MULTILINE,
)
_CODE_SPAN = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?!`).{1,400}?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|\\|\{|<", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_HTML_ANCHOR = re.compile(r"\b(?:id|name)\s*=\s*[\"']?([\w:.-]+)")
_LABEL = re.compile(r"\[([^\[\]\n]{1,999})\](?![(:])")
_NOTE = re.compile(r" {0,3}\[([^\[\]\n]{1,999})\]:[ \t]*\S")
_PROSE = frozenset({"paragraph_open", "heading_open", "tr_open", "html_block", "definition"})


class Note(NamedTuple):
    """The definition of a label, or a footnote: its first line (from 1), and its text."""

    line: int
    text: str


def targets(text: str) -> tuple[str, ...]:
    """Every target of a link, an image or a definition outside code, as written, in order."""
    return tuple(text[start:end] for start, end in _places(text))


def relink(text: str, change: Callable[[str], str]) -> str:
    """The text with each target changed."""
    found = list(_places(text))
    return _with_targets(text, found, [change(text[start:end]) for start, end in found])


def with_targets(text: str, written: Sequence[str]) -> str:
    """The text with `written` as its targets; the text itself where it has another number."""
    found = list(_places(text))
    return _with_targets(text, found, written) if len(found) == len(written) else text


def moved(target: str, source: str, to: str, headings: Set[str]) -> str:
    """A target of the file `source` as written in the file `to`, whose own anchors are `headings`.

    Addresses, and paths from a root, lead to the same place from everywhere.
    """
    path, mark = _split(target)
    if _ELSEWHERE.match(target) or (not path and loose(mark[1:]) in headings):
        return target
    place = _normal(posixpath.join(posixpath.dirname(source), path)) if path else source
    return relative(place, posixpath.dirname(to)) + _slash(path) + mark


def resolved(target: str, base: str, source: str, headings: Set[str]) -> str:
    """Where a target in the file `base` leads, from the repository's root.

    A heading of `base` itself, among `headings`, counts as one of `source`, whose text it was.
    """
    if _ELSEWHERE.match(target):
        return target
    path, mark = _split(target)
    if not path:
        return f"{source if base == source or loose(mark[1:]) in headings else base}{mark}"
    return _normal(posixpath.join(posixpath.dirname(base), path)) + _slash(path) + mark


def notes(document: Document) -> dict[str, Note]:
    """The definitions and footnotes of a document, by label in lower case; the first counts."""
    found: dict[str, Note] = {}
    for block in document.blocks:
        label = ""
        if block.kind not in {"definition", "paragraph"}:
            continue
        for number, line in enumerate(split_lines(block.text), start=block.start_line):
            start = _NOTE.match(line)
            if start:
                label = "" if (name := start[1].lower()) in found else name
                found.setdefault(name, Note(number, line))
            elif label:
                found[label] = Note(found[label].line, found[label].text + line)
    return found


def labels(text: str) -> frozenset[str]:
    """What stands in brackets outside code, in lower case: each may be a label."""
    found = (_LABEL.findall(_masked(piece)) for _, piece in _prose(text)) if "]" in text else ()
    return frozenset(map(str.lower, chain.from_iterable(found)))


def anchors(document: Document) -> frozenset[str]:
    """The fragments that a forge gives a document's headings, and those that its HTML names."""
    return frozenset(name for _, name in anchored(document))


def anchored(document: Document) -> Iterator[tuple[int, str]]:
    """The same, each made `loose`, with its line (from 1)."""
    seen: Counter[str] = Counter()
    for section in document.root.walk():
        if section.level:
            name = slug(section.title)
            yield section.start_line, loose(f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
    for number, line in enumerate(document.lines if seen else (), start=1):
        yield from ((number, loose(name)) for name in _HTML_ANCHOR.findall(line))


def own_anchors(text: str) -> frozenset[str]:
    """The anchors of a text that has links to anchors of its own file; else none are asked for."""
    has_any = any(link.startswith("#") for link in targets(text))
    return anchors(parse(text)) if has_any else frozenset()


def slug(title: str) -> str:
    """GitHub's: lower case, no punctuation, a dash for each blank."""
    return re.sub(r"[^\w\- ]", "", _LINK.sub(r"\1", title).lower()).replace(" ", "-")


def loose(anchor: str) -> str:
    """An anchor for comparison: forges differ in what an emoji or a sign between blanks leaves."""
    return re.sub(r"-+", "-", anchor.lower().removeprefix("user-content-")).strip("-")


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where the targets begin and end; most texts have none, and are not parsed for it."""
    if not _TARGET.search(text.replace("\r", "\n")):
        return
    for offset, piece in _prose(text):
        for match in _TARGET.finditer(_masked(piece)):
            start, end = match.span(match.lastgroup or 0)
            yield offset + start, offset + end


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs, headings, rows, definitions and HTML of a text, with their offsets."""
    document = parse(text)
    starts = [0]
    for line in document.lines:
        starts.append(starts[-1] + len(line))
    last = 0
    for token in document.tokens:
        if token.type in _PROSE and token.map and token.map[0] >= last:
            first, last = token.map
            yield starts[first], text[starts[first] : starts[last]]


def _masked(piece: str) -> str:
    """The text with code spans filled up, so that every offset stays."""
    return _CODE_SPAN.sub(lambda match: "`" * len(match[0]), piece)


def _with_targets(text: str, places: Sequence[tuple[int, int]], written: Sequence[str]) -> str:
    parts, at = [], 0
    for (start, end), target in zip(places, written, strict=True):
        parts += [text[at:start], target]
        at = end
    return "".join((*parts, text[at:]))


def _split(target: str) -> tuple[str, str]:
    """The path of a target, and its query and fragment with their marks."""
    path = re.split(r"[?#]", target, maxsplit=1)[0]
    return path, target[len(path) :]


def _normal(path: str) -> str:
    return posixpath.normpath(path)


def relative(place: str, folder: str) -> str:
    """A path of the repository as seen from a folder of it; `posixpath` would ask the disk."""
    to, at = place.split("/") if place != "." else [], folder.split("/") if folder else []
    common = next((i for i, (a, b) in enumerate(zip(to, at, strict=False)) if a != b), None)
    common = min(len(to), len(at)) if common is None else common
    return "/".join([".."] * (len(at) - common) + to[common:]) or "."


def _slash(path: str) -> str:
    return "/" if path.endswith("/") else ""
