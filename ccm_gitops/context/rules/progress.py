"""What a file says to be still to come, and is done."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ccm_gitops.context.rules.model import RuleContext


@dataclass(frozen=True)
class Contradiction:
    """What the file says in a line, as written, and what speaks against it."""

    line: int
    said: str
    proof: str


_PENDING = re.compile(
    r"\b(?:pending|unapplied|not (?:yet )?(?:been )?applied|needs? to be applied)\b", re.IGNORECASE
)
_MIGRATION = re.compile(r"(?P<number>\d{14})(?:_\w+)?")
_FEWEST_LATER = 3


def pending_migrations(context: RuleContext) -> Iterator[Contradiction]:
    """A migration said to be pending, and later ones in its folder."""
    for span in context.spans:
        match = _MIGRATION.fullmatch(span.content)
        if not match or not _PENDING.search(f"{span.lead} {span.sentence}"):
            continue
        entries = sorted({_entry(path, match["number"]) for path in context.tree.paths()} - {""})
        folders = {posixpath.dirname(e) for e in entries if _number(e) == match["number"]}
        later = [
            e for e in entries if posixpath.dirname(e) in folders and _number(e) > match["number"]
        ]
        if len(later) >= _FEWEST_LATER:
            proof = f"{len(later)} later migrations stand beside it, the last one {later[-1]}"
            yield Contradiction(span.line, span.content, proof)


def _entry(path: str, number: str) -> str:
    """The path up to the part that begins with a migration's number; empty for none."""
    parts = path.split("/")
    for depth, part in enumerate(parts):
        if re.match(r"\d{14}(?:_|\.|$)", part) and part[:1] == number[:1]:
            return "/".join(parts[: depth + 1])
    return ""


def _number(entry: str) -> str:
    return posixpath.basename(entry)[:14]


_STATUS = re.compile(
    r"(?:(?:phase|step|milestone|stage|sprint|part)?\s*[\d.]*\s*[:.)–—-]\s*|phase [\d.]+ )?"
    r"(?P<name>\w[^()\[\]:—–]{4,80}?)\s*(?:[(\[:—–]|\s-\s)\s*\**(?:✅\s*)?"
    r"(?:(?P<open>planned|to-?do|not started|coming soon|upcoming)"
    r"|(?P<done>done|completed?|finished|shipped|implemented))\b[^\n]*",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def two_statuses(context: RuleContext) -> Iterator[Contradiction]:
    """A heading that says that something is planned, and one that says that it is done."""
    opened: dict[str, int] = {}
    done: dict[str, int] = {}
    for section in context.sections:
        match = _STATUS.fullmatch(section.title.strip("* "))
        words = _WORD.findall(match["name"].lower()) if match else []
        if match and len(words) > 1:
            (opened if match["open"] else done).setdefault(" ".join(words), section.start_line)
    for name in sorted(opened.keys() & done.keys(), key=opened.__getitem__):
        title = context.section_at(opened[name]).title
        yield Contradiction(opened[name], title, f"line {done[name]} says that it is done")
