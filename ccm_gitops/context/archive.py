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
from ccm_gitops.context.document import split_lines
from ccm_gitops.context.tree import Tree
from ccm_gitops.errors import ContextError

FOLDER = ".claude/archives/"

_VERSION = 1
_BOM = "\ufeff"
_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)
_POINTER = re.compile(r"> (?:Archived|Moved): .*`[^`@]+\.md`")
_CONTEXT = 3  # lines kept of either side of a cut that left no pointer


class Place(NamedTuple):
    """Where a cut was, in the text that the optimisation left; all lines without line ends.

    `line` counts from 1: that of `pointer`, or of what follows where there is no pointer (empty).
    `above` and `below` are the lines next to a cut that left no pointer.
    """

    line: int
    pointer: str
    above: tuple[str, ...]
    below: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One cut: `text` is exact, line ends included; `lines` are those of the file before.

    `result` is the digest of the text that the optimisation left. `held_in` is the path of the file
    that holds the text when this archive does not; `text` is empty until `read_archives` looks.
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


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, a byte order mark left out."""
    return hashlib.sha256(text.removeprefix(_BOM).encode()).hexdigest()


def is_pointer(line: str) -> bool:
    """Whether a line is what an optimisation left in place of text."""
    return _POINTER.match(line) is not None


def place_at(lines: Sequence[str], index: int, pointer: str) -> Place:
    """The place of a cut at `index` (from 0) of the lines that the optimisation left."""
    if pointer:
        return Place(index + 1, pointer, (), ())
    bare = [line.rstrip("\r\n") for line in lines[max(0, index - _CONTEXT) : index + _CONTEXT]]
    above = min(index, _CONTEXT)
    return Place(index + 1, "", tuple(bare[:above]), tuple(bare[above:]))


def render(entries: Sequence[Entry], existing: str | None = None) -> str:
    """The archive file for `entries`, of one source; appended to `existing` where there is one.

    Raises ContextError when `existing` is no archive, or is damaged.
    """
    known = read_entries(existing) if existing is not None else ()
    head = {
        "archive": _VERSION,
        "source": entries[0].source,
        "links": f"relative to {entries[0].source}",
        "entries": [_to_yaml(entry) for entry in (*known, *entries)],
    }
    dumped = yaml.safe_dump(
        head, sort_keys=False, allow_unicode=True, default_flow_style=None, width=2**20
    )
    rest = _FRONT_MATTER.sub("", existing, count=1) if existing is not None else _title(entries)
    return f"---\n{dumped}---\n{rest}{''.join(map(_body, entries))}"


def read_entries(text: str) -> tuple[Entry, ...]:
    """The entries of an archive file, oldest first; raises ContextError when it is damaged."""
    try:
        front_matter = _FRONT_MATTER.match(text)
        head = yaml.safe_load(front_matter[1]) if front_matter else None
        if not head or head["archive"] != _VERSION:
            raise ContextError("this is no archive of version 1")
        entries = [_from_yaml(head["source"], data) for data in head["entries"]]
    except (yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        raise ContextError(f"the archive's front matter cannot be read: {error}") from error
    return tuple(entry if entry.held_in else _with_text(entry, text) for entry in entries)


def without(text: str, ids: Set[str]) -> str | None:
    """The archive file without the entries that were restored; None when none are left.

    Raises ContextError when it is damaged.
    """
    left = [entry for entry in read_entries(text) if entry.id not in ids]
    return render(left) if left else None


def read_archives(tree: Tree, source: str) -> tuple[Entry, ...]:
    """All entries that were cut from `source`, oldest first, with their texts.

    Raises ContextError when an archive is damaged, or when moved text was edited since.
    """
    entries: list[Entry] = []
    for path in sorted(tree.paths()):
        if path.startswith(FOLDER) and path.endswith(".md"):
            try:
                found = read_entries(_text(tree, path))
                entries += [_found_in(tree, entry) for entry in found if entry.source == source]
            except ContextError as error:
                raise ContextError(f"{path}: {error}") from error
    return tuple(sorted(entries, key=_order))


def restore(text: str, entries: Sequence[Entry]) -> str:
    """Put the texts of `entries` back at their places, newest first.

    Where the file stands as an optimisation left it, line numbers say where, and the result is
    exact. Elsewhere the pointer or the neighbouring lines do. Raises ContextError when these are
    gone or stand more than once; nothing is restored then.
    """
    bom = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    left = sorted(entries, key=_order, reverse=True)
    while left:
        now = digest(text)
        exact = [entry for entry in left if entry.result == now]
        if exact:
            for entry in (entry for entry in exact if entry.date == exact[0].date):
                text = _put_back(text, entry, entry.place.line - 1)
                left.remove(entry)
        else:
            entry = left.pop(0)
            text = _put_back(text, entry, _find(text, entry))
    return bom + text


def _order(entry: Entry) -> tuple[datetime, int, tuple[int, int]]:
    """Oldest first, then downwards; cuts next to each other have one place, and an old order."""
    return (entry.date, entry.place.line, entry.lines)


def _put_back(text: str, entry: Entry, index: int) -> str:
    lines = split_lines(text)
    end = index + bool(entry.place.pointer)
    before, after = "".join(lines[:index]), "".join(lines[end:])
    body = entry.text
    if before and not before.endswith(("\n", "\r")):
        before += "\n"
    if after and not body.endswith(("\n", "\r")):
        body += "\n"
    return before + body + after


def _find(text: str, entry: Entry) -> int:
    """Index of the one line where the entry's text belongs."""
    place = entry.place
    lines = tuple(line.rstrip("\r\n") for line in split_lines(text))
    above = len(place.above)
    patterns = [(place.above + place.below, above), (place.above, above), (place.below, 0)]
    if place.pointer:
        patterns = [((place.pointer,), 0)]
    for pattern, offset in patterns:
        size = len(pattern)
        hits = [i for i in range(len(lines)) if pattern and lines[i : i + size] == pattern]
        if len(hits) == 1:
            return hits[0] + offset
    what = "its pointer" if place.pointer else "the lines around it"
    raise ContextError(
        f"{entry.source}: the place of {entry.id} was edited ({what} cannot be found once); "
        "put the text back by hand"
    )


def _title(entries: Sequence[Entry]) -> str:
    return f"\n# Taken out of {entries[0].source}\n"


def _body(entry: Entry) -> str:
    first, last = entry.lines
    name = " › ".join(entry.section) or "the beginning"
    intro = (
        f"\nLines {first}-{last} ({name}), {format_instant(entry.date)[:10]}: {entry.reason}. "
        f"`ccm-gitops archives restore {entry.id}` puts them back.\n"
    )
    if entry.held_in:
        return f"{intro}They are in `{entry.held_in}`.\n"
    end = "" if entry.text.endswith("\n") else "\n"
    return f"{intro}\n{_begin(entry)}{entry.text}{end}{_end(entry)}"


def _begin(entry: Entry) -> str:
    return f"<!-- ccm:begin {entry.id} -->\n\n"


def _end(entry: Entry) -> str:
    return f"\n<!-- ccm:end {entry.id} -->\n"


def _with_text(entry: Entry, archive: str) -> Entry:
    _, begin, rest = archive.partition(_begin(entry))
    text, end, _ = rest.partition(_end(entry))
    for candidate in (text, text.removesuffix("\n")):
        if begin and end and digest(candidate) == entry.digest:
            return replace(entry, text=candidate)
    raise ContextError(f"the text of {entry.id} is damaged; take the file from the git history")


def _found_in(tree: Tree, entry: Entry) -> Entry:
    """The entry with its text, looked for in the file that holds it."""
    if not entry.held_in:
        return entry
    lines = split_lines(_text(tree, entry.held_in))
    size = entry.lines[1] - entry.lines[0] + 1
    for start in range(len(lines) - size + 1):
        text = "".join(lines[start : start + size])
        for candidate in (text, text.removesuffix("\n")):
            if digest(candidate) == entry.digest:
                return replace(entry, text=candidate)
    raise ContextError(f"the text of {entry.id} in {entry.held_in} was edited; put it back by hand")


def _text(tree: Tree, path: str) -> str:
    data = tree.read(path)
    if data is None:
        raise ContextError(f"{path} is missing, or no regular file")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{path} is not UTF-8 text") from error


def _to_yaml(entry: Entry) -> dict[str, Any]:
    data = {
        "id": entry.id,
        "section": list(entry.section),
        "reason": entry.reason,
        "date": format_instant(entry.date),
        "lines": list(entry.lines),
        "tokens": entry.tokens,
        "digest": entry.digest,
        "held_in": entry.held_in,
        "line": entry.place.line,
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
        source=source,
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
        ),
        result=data["result"],
        held_in=data.get("held_in", ""),
    )
