"""Archives: what an optimisation took out of a context file, and the way back, byte for byte."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import yaml

from ccm_gitops.clock import format_instant, parse_instant
from ccm_gitops.context.line_ends import forms, with_lf
from ccm_gitops.context.links import moved, own_anchors, relink, with_targets
from ccm_gitops.errors import ContextError

FOLDER = ".claude/archives/"

_VERSION = 1
BOM = "\ufeff"
_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)
_ARCHIVE = re.compile(rb"\A---\r?\narchive:|^<!-- ccm:begin ", re.MULTILINE)
_POINTER = re.compile(r">[ \t]+(?:Moved to |(?:Archived|Moved): .*)`[^`@]+\.md`")
_REMOVAL = re.compile(r"\.claude/archives/.+-removed-\d{4}-\d\d\.md")
_CONTEXT = 3  # lines kept of either side of a cut


class Place(NamedTuple):
    """Where a cut was, in the text that the optimisation left; all lines without line ends.

    `line` counts from 1: the first line of what was left, or of what follows where nothing was.
    Left were the lines `kept`, that the text has too, and below them `pointer`; without a pointer
    (empty) there are none. `above` and `below` are the lines next to it all.
    """

    line: int
    pointer: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    kept: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many lines were left."""
        return len(self.kept) + bool(self.pointer)


@dataclass(frozen=True)
class Entry:
    """One cut: `text` is exact, line ends included; `lines` are those of the file before.

    `result` is the digest of the text that the optimisation left. `held_in` is the path of the file
    that holds the text when this archive does not; `text` is empty until `read_archives` looks.
    Where its links are written for their new place, `links` are the targets as they were, and
    `written` is the digest of the text that `held_in` has. `notes` are definitions and footnotes of
    the source that the text needs.
    """

    id: str
    source: str
    section: tuple[str, ...]
    reason: str
    date: datetime
    lines: tuple[int, int]
    tokens: int
    digest: str
    place: Place
    result: str
    text: str = ""
    held_in: str = ""
    links: tuple[str, ...] = ()
    written: str = ""
    notes: tuple[str, ...] = ()


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, a byte order mark left out."""
    return hashlib.sha256(text.removeprefix(BOM).encode()).hexdigest()


def as_written(text: str, source: str, path: str) -> str:
    """Text of the file `source` as it stands in the file at `path`: its links lead on."""
    headings = own_anchors(text)
    return relink(text, lambda target: moved(target, source, path, headings))


def is_archive(data: bytes) -> bool:
    """Whether a file is an archive, or was one; people keep others in the folder too."""
    return _ARCHIVE.search(data) is not None


def is_pointer(line: str) -> bool:
    """Whether a line is what an optimisation left in place of text."""
    return _POINTER.match(line) is not None


def is_removal(path: str) -> bool:
    """Whether a path is that of an archive of what no line leads to."""
    return _REMOVAL.fullmatch(path) is not None


def place_at(lines: Sequence[str], index: int, pointer: str, kept: Sequence[str] = ()) -> Place:
    """The place of a cut at `index` (from 0) of the lines that the optimisation left."""
    after = index + len(kept) + bool(pointer)
    above = (line.rstrip("\r\n") for line in lines[max(0, index - _CONTEXT) : index])
    below = (line.rstrip("\r\n") for line in lines[after : after + _CONTEXT])
    bare = tuple(line.rstrip("\r\n") for line in kept)
    return Place(index + 1, pointer, tuple(above), tuple(below), bare)


def render(path: str, entries: Sequence[Entry], existing: str | None = None) -> str:
    """The archive at `path` for `entries`; appended to `existing`, if there is one.

    What stood in two files alike is written once. Raises ContextError when `existing` is no
    archive, or is damaged.
    """
    existing = _as_made(existing) if existing is not None else None
    known = read_entries(existing) if existing is not None else ()
    source = (*known, *entries)[0].source
    head = {
        "archive": _VERSION,
        "source": source,
        "entries": [_to_yaml(entry, source) for entry in (*known, *entries)],
    }
    dumped = yaml.safe_dump(
        head, sort_keys=False, allow_unicode=True, default_flow_style=None, width=2**20
    )
    rest = _FRONT_MATTER.sub("", existing, count=1) if existing is not None else _title(entries)
    bodies = ""
    for index, entry in enumerate(entries):
        is_twin = index > 0 and is_same(entries[index - 1], entry)
        bodies += _same(entry) if is_twin else _body(path, entry, source)
    return f"---\n{dumped}---\n{rest}{bodies}"


def read_entries(text: str) -> tuple[Entry, ...]:
    """The entries of an archive file, oldest first, those whose text was edited without it.

    Raises ContextError when it is damaged above its texts.
    """
    text = _as_made(text)
    try:
        front_matter = _FRONT_MATTER.match(text)
        head = yaml.safe_load(front_matter[1]) if front_matter else None
        if not head or head["archive"] != _VERSION:
            raise ContextError("this is no archive of version 1")
        entries = [_from_yaml(head["source"], data) for data in head["entries"]]
    except (yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        raise ContextError(f"the archive's front matter cannot be read: {error}") from error
    return tuple(entry if entry.held_in else _with_text(entry, text, entries) for entry in entries)


def without(path: str, text: str, ids: Set[str]) -> str | None:
    """The archive at `path` without the entries that were restored; None when none are left.

    Raises ContextError when it is damaged, or a text that stays was edited.
    """
    left = [whole(path, entry) for entry in read_entries(text) if entry.id not in ids]
    return render(path, left) if left else None


def whole(path: str, entry: Entry) -> Entry:
    """An entry of the archive at `path`; raises ContextError where its text was edited there."""
    if entry.held_in or digest(entry.text) == entry.digest:
        return entry
    raise ContextError(
        f"{path}: the text of {entry.id} was edited; put it back by hand, or take the old archive "
        "from git first"
    )


def is_same(one: Entry, other: Entry) -> bool:
    """Whether two entries are of twins: the same text from the same place of two files."""
    return one.source != other.source and other == replace(one, id=other.id, source=other.source)


def _as_made(archive: str) -> str:
    """An archive that git gave other line ends, with those of its making."""
    return with_lf(archive) if archive.startswith("---\r\n") else archive


def _title(entries: Sequence[Entry]) -> str:
    return f"\n# Taken out of {entries[0].source}\n"


def _same(entry: Entry) -> str:
    return (
        f"\nThe same lines of {entry.source}: "
        f"`ccm-gitops archives restore {entry.id}` puts them back there.\n"
    )


def _body(path: str, entry: Entry, source: str) -> str:
    first, last = entry.lines
    name = as_written(" › ".join(entry.section), entry.source, path) or "the beginning"
    of = "" if entry.source == source else f" of {entry.source}"
    intro = (
        f"\nLines {first}-{last}{of} ({name}), {format_instant(entry.date)[:10]}: {entry.reason}. "
        f"`ccm-gitops archives restore {entry.id}` puts them back.\n"
    )
    if entry.held_in:
        return f"{intro}They are in `{entry.held_in}`.\n"
    end = "" if entry.text.endswith("\n") else "\n"
    text = as_written(entry.text, entry.source, path)
    notes = "".join(f"\n{as_written(note, entry.source, path)}\n" for note in entry.notes)
    return f"{intro}\n{_begin(entry)}{text}{end}{_end(entry)}{notes}"


def _begin(entry: Entry) -> str:
    return f"<!-- ccm:begin {entry.id} -->\n\n"


def _end(entry: Entry) -> str:
    return f"\n<!-- ccm:end {entry.id} -->\n"


def _with_text(entry: Entry, archive: str, entries: Sequence[Entry]) -> Entry:
    """The entry with its text, where that stands as it was written: for it, or another entry."""
    for holder in (entry, *(other for other in entries if is_same(other, entry))):
        _, begin, rest = archive.partition(_begin(holder))
        text, end, _ = rest.partition(_end(holder))
        for candidate in forms(text):
            original = with_targets(candidate, entry.links) if entry.links else candidate
            if begin and end and digest(original) == entry.digest:
                return replace(entry, text=original)
    return entry


def _to_yaml(entry: Entry, source: str) -> dict[str, Any]:
    data = {
        "id": entry.id,
        "source": "" if entry.source == source else entry.source,
        "section": list(entry.section),
        "reason": entry.reason,
        "date": format_instant(entry.date),
        "lines": list(entry.lines),
        "tokens": entry.tokens,
        "digest": entry.digest,
        "held_in": entry.held_in,
        "links": list(entry.links),
        "written": entry.written,
        "notes": list(entry.notes),
        "line": entry.place.line,
        "kept": list(entry.place.kept),
        "pointer": entry.place.pointer,
        "above": list(entry.place.above),
        "below": list(entry.place.below),
        "result": entry.result,
    }
    return {key: value for key, value in data.items() if value not in ("", [])}


def _from_yaml(source: str, data: dict[str, Any]) -> Entry:
    first, last = data["lines"]
    return Entry(
        id=data["id"],
        source=data.get("source", source),
        section=tuple(data.get("section", ())),
        reason=data["reason"],
        date=parse_instant(data["date"]),
        lines=(first, last),
        tokens=data["tokens"],
        digest=data["digest"],
        place=Place(
            data["line"],
            data.get("pointer", ""),
            tuple(data.get("above", ())),
            tuple(data.get("below", ())),
            tuple(data.get("kept", ())),
        ),
        result=data["result"],
        held_in=data.get("held_in", ""),
        links=tuple(data.get("links", ())),
        written=data.get("written", ""),
        notes=tuple(data.get("notes", ())),
    )
