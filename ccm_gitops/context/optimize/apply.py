"""The application of a plan: mechanical, without a decision of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from ccm_gitops.context.archive import Entry, Place, as_written, digest, place_at, render
from ccm_gitops.context.document import Document
from ccm_gitops.context.links import Note, labels, notes, targets
from ccm_gitops.context.optimize.model import Action, Plan
from ccm_gitops.context.optimize.names import archive_path, slug
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.tokens import count_tokens
from ccm_gitops.errors import ContextError

MOVES = frozenset({"condense", "move"})  # what they cut is held by a document

_HEADING = re.compile(r"^#{1,6} .*?(?=\r?$)", re.MULTILINE)

Read = Callable[[str], str | None]


class Left(NamedTuple):
    """The lines that stay and the new ones, what old lines each stands for, and each cut's place.

    A pointer stands for all that it replaces, a blank line above what was left there for nothing.
    """

    lines: tuple[str, ...]
    spans: tuple[Span, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Applied:
    """The new text, all files of the commit (path to text), and each entry with its archive."""

    text: str
    files: dict[str, str]
    entries: tuple[tuple[str, Entry], ...]


def apply(
    document: Document, plan: Plan, *, sources: Sequence[str], now: datetime, read: Read
) -> Applied:
    """Cut what the plan says, and write what was cut into archives and documents.

    `sources` are the files that have the text; each has entries of its own. `read` gives the text
    of a file that is there already, for archives to append to.
    """
    source = sources[0]
    left = cut(document, plan)
    text = "".join(left.lines)
    result, known = digest(text), notes(document)
    entries = [
        _linked(_entry(document, action, place, source, now, result), action.target, known)
        for action, place in zip(plan, left.places, strict=True)
    ]
    files = {source: text}
    placed = tuple(
        (_archive_of(entry, action), _entry_for(other, entry))
        for entry, action in zip(entries, plan, strict=True)
        for other in sources
    )
    for path in dict.fromkeys(path for path, _ in placed):
        files[path] = _archive(path, [entry for at, entry in placed if at == path], read)
    pairs = tuple(zip(entries, plan, strict=True))
    for target in dict.fromkeys(entry.held_in for entry in entries if entry.held_in):
        parts = [(entry, action) for entry, action in pairs if entry.held_in == target]
        alone, existing = _document_of(parts, None), read(target)
        files[target] = alone if existing == alone else _document_of(parts, existing)
    return Applied(text, files, placed)


def cut(document: Document, plan: Plan) -> Left:
    """What a plan leaves of a document."""
    rows: list[tuple[str, Span]] = []
    cuts: list[tuple[int, int]] = []
    end = 0
    for action in plan:
        rows += _stays(document, Span(end + 1, action.start_line - 1))
        at = len(rows)
        rows += _left(document, action, rows)
        cuts.append((at, len(rows)))
        end = action.end_line
    rows += _stays(document, Span(end + 1, len(document.lines)))
    lines = tuple(line for line, _ in rows)
    places = (
        place_at(lines, at, action.pointer, lines[at : to - bool(action.pointer)])
        for (at, to), action in zip(cuts, plan, strict=True)
    )
    return Left(lines, tuple(span for _, span in rows), tuple(places))


def _left(
    document: Document, action: Action, above: Sequence[tuple[str, Span]]
) -> Iterator[tuple[str, Span]]:
    """The pointer, below the lines of the cut that stay, with blank ones to part it from others."""
    if not action.pointer:
        return
    kept = [row for span in action.kept for row in _stays(document, span)]
    yield from ((line, Span(action.start_line, action.start_line - 1)) for line in _gap(above))
    yield from kept
    yield from ((line, action.span) for line in _gap(kept))
    yield action.pointer + _end(document.lines[action.end_line - 1]), action.span


def _stays(document: Document, span: Span) -> Iterator[tuple[str, Span]]:
    """The lines of a span, each with its own number."""
    for number, line in enumerate(document.lines[span.start - 1 : span.end], start=span.start):
        yield line, Span(number, number)


def _gap(above: Sequence[tuple[str, Span]]) -> list[str]:
    """A blank line where the last of the lines above is none."""
    last = above[-1][0] if above else ""
    return [_end(last)] if last.strip() else []


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _entry(
    document: Document, action: Action, place: Place, source: str, now: datetime, result: str
) -> Entry:
    text = document.slice(action.start_line, action.end_line)
    return Entry(
        id="",
        source=source,
        section=action.section,
        reason=action.reason,
        date=now,
        lines=(action.start_line, action.end_line),
        tokens=count_tokens(text),
        digest=digest(text),
        place=place,
        result=result,
        text=text,
        held_in=action.target if action.type in MOVES else "",
    )


def _entry_for(source: str, entry: Entry) -> Entry:
    """The entry as one of `source`, with its own id."""
    name = slug(entry.section[-1] if entry.section else "", longest=32)
    mark = digest(f"{source}\n{entry.date.isoformat()}\n{entry.lines[0]}\n{entry.text}")[:8]
    return replace(entry, id=f"{name}-{mark}", source=source)


def _linked(entry: Entry, path: str, known: Mapping[str, Note]) -> Entry:
    """The entry with what its text needs at `path`: links that lead on, and the notes it names."""
    written = as_written(entry.text, entry.source, path)
    first, last = entry.lines
    used = labels(entry.text) if known else frozenset()
    needed = (n.text for name, n in known.items() if name in used and not first <= n.line <= last)
    return replace(
        entry,
        links=targets(entry.text) if written != entry.text else (),
        written=digest(written) if written != entry.text and entry.held_in else "",
        notes=tuple(note.rstrip("\r\n") for note in needed),
    )


def _archive_of(entry: Entry, action: Action) -> str:
    return archive_path(entry.source, "moved", entry.date) if entry.held_in else action.target


def _archive(path: str, entries: list[Entry], read: Read) -> str:
    try:
        return render(path, entries, read(path))
    except ContextError as error:
        raise ContextError(f"{path}: {error}") from error


def _document_of(parts: Sequence[tuple[Entry, Action]], existing: str | None) -> str:
    """The document that holds the entries, after what it has already."""
    first, action = parts[0]
    path, source = first.held_in, first.source
    eol = "\r\n" if "\r\n" in first.text else "\n"
    scope = f'---{eol}paths:{eol}  - "{action.scope}/**"{eol}---{eol}{eol}' if action.scope else ""
    name = as_written(f"# {action.title or action.section[-1]}", source, path)
    text = existing or f"{scope}{name}{eol}"
    title, *headings = _HEADING.findall(existing or "# ")
    heading = headings[-1] if headings else title
    for entry, action in parts:
        # Below the headings of what moved before, the chapter's own text needs one too.
        own = action.heading or (f"## {action.title}" if headings else "")
        wanted = as_written(own, source, path) or heading
        if wanted != heading:
            heading = wanted
            text = _after_gap(text, heading + eol, eol)
        text = _after_gap(text, as_written(entry.text, source, path), eol)
    for note in dict.fromkeys(note for entry, _ in parts for note in entry.notes):
        written = as_written(note, source, path)
        if written not in (existing or ""):
            text = _after_gap(text, written, eol)
    return text if text.endswith(("\n", "\r")) else text + eol


def _after_gap(text: str, more: str, eol: str) -> str:
    """A text with more below it, and a blank line between; what either has stays as it is."""
    closed = text if text.endswith(("\n", "\r")) else text + eol
    return closed + ("" if closed.endswith(2 * eol) else eol) + more
