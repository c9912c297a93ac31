"""The application of a plan: mechanical, without a decision of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ccm_gitops.context.archive import Entry, Place, digest, place_at, render
from ccm_gitops.context.document import Document
from ccm_gitops.context.optimize.model import Action, Plan
from ccm_gitops.context.optimize.names import archive_path, slug
from ccm_gitops.context.tokens import count_tokens
from ccm_gitops.errors import ContextError

MOVES = frozenset({"condense", "move"})  # what they cut is held by a document

Read = Callable[[str], str | None]


@dataclass(frozen=True)
class Applied:
    """The new text, all files of the commit (path to text), and each entry with its archive."""

    text: str
    files: dict[str, str]
    entries: tuple[tuple[str, Entry], ...]


def apply(document: Document, plan: Plan, *, source: str, now: datetime, read: Read) -> Applied:
    """Cut what the plan says, and write what was cut into archives and documents.

    `read` gives the text of a file that is there already, for archives to append to.
    """
    lines, places = _cut(document, plan)
    text = "".join(lines)
    result = digest(text)
    entries = tuple(
        _entry(document, action, place, source, now, result)
        for action, place in zip(plan, places, strict=True)
    )
    files = {source: text}
    for path in dict.fromkeys(path for path, _ in entries):
        files[path] = _archive(path, [entry for at, entry in entries if at == path], read)
    moved = [action for action in plan if action.type in MOVES]
    for target in dict.fromkeys(action.target for action in moved):
        if read(target) is None:
            parts = [action for action in moved if action.target == target]
            files[target] = _document_of(document, parts)
    return Applied(text, files, entries)


def _cut(document: Document, plan: Plan) -> tuple[list[str], list[Place]]:
    kept: list[str] = []
    cuts: list[tuple[int, str]] = []
    at = 0
    for action in plan:
        kept += document.lines[at : action.start_line - 1]
        cuts.append((len(kept), action.pointer))
        if action.pointer:
            last = document.lines[action.end_line - 1]
            kept.append(action.pointer + last[len(last.rstrip("\r\n")) :])
        at = action.end_line
    kept += document.lines[at:]
    return kept, [place_at(kept, index, pointer) for index, pointer in cuts]


def _entry(
    document: Document, action: Action, place: Place, source: str, now: datetime, result: str
) -> tuple[str, Entry]:
    text = document.slice(action.start_line, action.end_line)
    moved = action.type in MOVES
    mark = digest(f"{source}\n{now.isoformat()}\n{action.start_line}\n{text}")[:8]
    entry = Entry(
        id=f"{slug(action.section[-1] if action.section else '', longest=32)}-{mark}",
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
        held_in=action.target if moved else "",
    )
    return archive_path(source, "moved", now) if moved else action.target, entry


def _archive(path: str, entries: list[Entry], read: Read) -> str:
    try:
        return render(entries, read(path))
    except ContextError as error:
        raise ContextError(f"{path}: {error}") from error


def _document_of(document: Document, parts: Sequence[Action]) -> str:
    texts = [document.slice(part.start_line, part.end_line) for part in parts]
    eol = "\r\n" if "\r\n" in texts[0] else "\n"
    closed = (text if text.endswith(("\n", "\r")) else text + eol for text in texts)
    return f"# {parts[0].section[-1]}{eol}{eol}{eol.join(closed)}"
