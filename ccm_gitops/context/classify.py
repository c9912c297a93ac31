"""What each section is for, how much it helps an agent, and whether it has had its day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.dates import find_dates
from ccm_gitops.context.document import Block, Document, Section, split_lines

SectionType = Literal[
    "project_overview",
    "current_phase",
    "technology_stack",
    "commands",
    "conventions",
    "architecture",
    "data_model",
    "testing",
    "completed_work",
    "changelog",
    "notes",
    "reference",
    "unknown",
]
Actionability = Literal["high", "medium", "low"]
Recommendation = Literal["keep", "archive", "condense", "move", "dedupe", "review"]

HISTORY: frozenset[SectionType] = frozenset({"completed_work", "changelog"})


@dataclass(frozen=True)
class Classification:
    """What a section is; `archive` is recommended only where the whole subtree may go."""

    type: SectionType
    actionability: Actionability
    staleness: float
    recommendation: Recommendation


# What was done this week is still what the next session builds on.
_RECENT = timedelta(days=7)
_FRESH_DAYS, _STALE_DAYS = 30, 365
_LARGE_LINES = 100
# What a title or an entry begins with tells enough; longer ones would cost quadratic time.
_TITLE = 200

_DECORATION = re.compile(r"^[\W\d_]+|[*_`]+")
_DONE_TITLE = re.compile(
    r"(?:(?:recently )?(?:completed|finished)(?: (?:work|tasks?|items?|features?|phases?|sessions?"
    r"|milestones?|work sessions?|changes|fixes|improvements))?"
    r"|done|what(?:'s| is| was|’s)?(?: been)? (?:done|completed)|accomplishments|achievements"
    r"|(?:work|session|progress|development|dev|implementation|activity) (?:log|history|journal)s?"
    r"|(?:completed )?work sessions|session (?:summary|summaries|notes)"
    r"|recent(?:ly)? (?:changes?|updates?|work|completed|fixes|improvements|progress)"
    r"|(?:latest|last) (?:changes|updates|session))",
    re.IGNORECASE,
)
_CHANGELOG_TITLE = re.compile(
    r"(?:change ?logs?|release (?:notes|history)|version history|revision history"
    r"|update (?:log|history)|history)",
    re.IGNORECASE,
)
# `Phase 1: design — DONE`, `v3.0 (Complete)`; a lone ✅ is decoration too often.
_DONE_SUFFIX = re.compile(
    r"(?:[(\[]|:\s|\s[–—-]+\s)\s*(?:✅\s*)?(?:complete|completed|done|finished|shipped)\b[\s✅!]*"
    r"(?:\(?[\d\s./,-]*\)?)?[)\]]?\s*$",
    re.IGNORECASE,
)
_OPEN_TITLE = re.compile(
    r"\b(?:planned|todo|to-do|pending|in progress|next|remaining|future|upcoming|current|ongoing"
    r"|known|open|lessons?|gotchas?|pitfalls?|rules?|conventions?|guidelines?|commands?|how to"
    r"|usage|important|caveats?|limitations?|decisions?)\b",
    re.IGNORECASE,
)
_DONE_STATUS = re.compile(
    r"^[^\w\n]*status[^\w\n]+(?:complete|completed|done|finished|shipped)\b",
    re.IGNORECASE | re.MULTILINE,
)
_LOG_ENTRY = re.compile(
    r"^(?:[-*+]|\d+[.)]|#{1,6})?\s*[\W_]*(?:(?:19|20)\d\d[-/.]\d\d?(?:[-/.]\d\d?)?"
    r"|v?\d+\.\d+(?:\.\d+)?\W{1,4}(?:19|20)\d\d-\d\d-\d\d)"
)
_TOP_ITEM = re.compile(r"^(?:[-*+]|\d+[.)]) ")
_DONE_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s+\[[xX]\]")

_PROHIBITION = re.compile(
    r"\b(?:never|must|do not|don['’]t|should(?: not|n['’]t))\b"
    r"|(?:^|[-*+.:;]\s+\**)(?:avoid|always)\b|\b(?:important|warning|caution)\**\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_LOUD = re.compile(r"\b(?:IMPORTANT|CRITICAL|WARNING|CAUTION|ALWAYS|ONLY)\b")
_IMPORT = re.compile(r"(?:^|\s)@[\w.~/-]")
_UNFINISHED = re.compile(
    r"\[ \]|[⏳🚧🔲]|\bTODO\b|\b(?:in progress|pending|not yet)\b", re.IGNORECASE
)
_SHELL = re.compile(r"^\s*(?:`{3,}|~{3,})\s*(?:bash|sh|shell|zsh|fish|console|powershell|ps1)\b")
_PROMPT = re.compile(r"^[ \t]*\$ \w", re.MULTILINE)
_CODE_SPAN = re.compile(r"(`{1,3}).{1,400}?\1")
_URL = re.compile(r"\b[a-z]{2,12}://\S+")

_TITLE_WORDS: dict[SectionType, str] = {
    "current_phase": r"current (?:phase|status|focus|work|sprint|state|task|priorit)|roadmap"
    r"|next (?:up|steps?)|in progress|milestones?|status$|todos?\b",
    "testing": r"tests?\b|testing|coverage|\bqa\b",
    "data_model": r"data ?(?:model|base)s?\b|database|schemas?\b|entit(?:y|ies)\b",
    "commands": r"commands?\b|scripts?\b|quick ?start|getting started|setup|install|build"
    r"|running\b|usage\b|deploy",
    "technology_stack": r"tech(?:nology|nologies)?\b|stack\b|dependencies\b",
    "conventions": r"conventions?\b|style|guidelines?\b|rules?\b|standards?\b|principles?\b"
    r"|best practices|patterns?\b|workflow|commits?\b|pull requests?\b|do(?:n'?t|s)?\b"
    r"|gotchas?\b|pitfalls?\b|anti-patterns|requirements?\b|security\b",
    "architecture": r"architecture|structure|layout|organi[sz]ation|components?\b|modules?\b"
    r"|directory|design\b|data flow|key files|important files",
    "reference": r"references?\b|resources?\b|links\b|docs?\b|documentation\b|api\b"
    r"|endpoints?\b|environment variables|configuration|examples?\b|troubleshooting|glossary",
    "project_overview": r"overview|about\b|introduction|purpose|what (?:this|is)|project\b"
    r"|summary|vision|goals?\b",
    "notes": r"notes?\b|misc|reminders?\b|tips\b",
}
_TITLES = {
    kind: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for kind, pattern in _TITLE_WORDS.items()
}


def classify_sections(document: Document, now: datetime) -> Mapping[int, Classification]:
    """Classify every section by its first line; the root has an entry only with text of its own."""
    found: dict[int, Classification] = {}
    _classify(document.root, None, now.date(), found)
    return found


def _classify(
    section: Section, inherited: SectionType | None, today: date, found: dict[int, Classification]
) -> bool:
    """Fill `found` for the subtree; True when all of it may be archived."""
    kind = _type(section, inherited)
    archivable = kind in HISTORY and not _holds_back(section) and not _is_recent(section, today)
    passed_on = kind if kind in HISTORY else None
    for child in section.children:
        child_archivable = _classify(child, passed_on, today, found)
        archivable = archivable and child_archivable
    if section.blocks:
        staleness = _staleness(section, kind, today)
        found[section.start_line] = Classification(
            kind,
            _actionability(section, kind),
            staleness,
            _recommendation(section, kind, staleness, archivable=archivable),
        )
    return archivable


def _type(section: Section, inherited: SectionType | None) -> SectionType:
    title = _DECORATION.sub("", section.title[:_TITLE]).strip(" :.!")
    if inherited and not _OPEN_TITLE.search(title):
        return inherited
    if section.level and not _OPEN_TITLE.search(title):
        if _CHANGELOG_TITLE.fullmatch(title):
            return "changelog"
        plain = re.sub(r"\s*\(.*\)$", "", title)
        if _DONE_TITLE.fullmatch(plain) or _DONE_SUFFIX.search(title) or _reads_as_done(section):
            return "completed_work"
        if _is_dated_log(section):
            return "changelog"
    for kind, pattern in _TITLES.items():
        if pattern.search(title):
            return kind
    if section.level and _is_mostly_shell(section.blocks):
        return "commands"
    return "unknown"


def _reads_as_done(section: Section) -> bool:
    """A status line that says so, or a list of which every item is ticked."""
    prose = _prose(section.blocks)
    if _DONE_STATUS.search(prose) and any(find_dates(section.title)):
        return True
    items = [line for line in split_lines(prose) if _TOP_ITEM.match(line)]
    return len(items) >= 3 and all(map(_DONE_ITEM.match, items))


def _is_dated_log(section: Section) -> bool:
    """At least three entries, and nearly all of them, begin with a date.

    Where other text has moved out of a section, what is left does not tell what it is.
    """
    lines = (line for block in section.blocks for line in split_lines(block.text))
    if any(line.startswith("> Moved") and is_pointer(line) for line in lines):
        return False
    entries = [child.title for child in section.children]
    entries += [line for line in split_lines(_prose(section.blocks)) if _TOP_ITEM.match(line)]
    dated = sum(1 for entry in entries if _LOG_ENTRY.match(entry[:_TITLE]))
    return dated >= 3 and dated >= 0.8 * len(entries)


def _holds_back(section: Section) -> bool:
    """Text that an agent may still need: a prohibition, a command, an open task."""
    body = section.blocks[1:] if section.level else section.blocks
    text = "".join(block.text for block in body)
    return bool(
        any(block.kind == "html" or _is_shell(block) for block in body)
        or any(sign.search(text) for sign in (_PROHIBITION, _LOUD, _UNFINISHED, _IMPORT))
    )


def _is_recent(section: Section, today: date) -> bool:
    return any(day > today - _RECENT for day in _dates(section))


def _staleness(section: Section, kind: SectionType, today: date) -> float:
    """0 for a newest date within a month, 1 from a year on; history is at least half stale."""
    newest = max(_dates(section), default=None)
    floor = 0.5 if kind in HISTORY else 0.0
    if newest is None:
        return floor
    share = ((today - newest).days - _FRESH_DAYS) / (_STALE_DAYS - _FRESH_DAYS)
    return round(min(1.0, max(floor, share)), 2)


def _dates(section: Section) -> list[date]:
    text = f"{section.title}\n{_prose(section.blocks)}"
    return list(find_dates(_URL.sub(" ", _CODE_SPAN.sub(" ", text))))


def _actionability(section: Section, kind: SectionType) -> Actionability:
    if kind in HISTORY:
        return "low"
    if _PROHIBITION.search(_prose(section.blocks)) or any(map(_is_shell, section.blocks)):
        return "high"
    if kind in {"commands", "conventions", "testing"}:
        return "high"
    return "low" if kind in {"project_overview", "reference"} else "medium"


def _recommendation(
    section: Section, kind: SectionType, staleness: float, *, archivable: bool
) -> Recommendation:
    if archivable:
        return "archive"
    if kind in HISTORY or staleness >= 0.8:
        return "review"
    lines = section.blocks[-1].end_line - section.blocks[0].start_line + 1
    if lines > _LARGE_LINES:
        return "move" if kind in {"reference", "data_model", "architecture"} else "condense"
    return "keep"


def _prose(blocks: Sequence[Block]) -> str:
    return "".join(block.text for block in blocks if block.kind not in {"code", "front_matter"})


def _is_shell(block: Block) -> bool:
    return block.kind == "code" and bool(_SHELL.match(block.text) or _PROMPT.search(block.text))


def _is_mostly_shell(blocks: Sequence[Block]) -> bool:
    shell = sum(len(block.text) for block in blocks if _is_shell(block))
    return 2 * shell > sum(len(block.text) for block in blocks)
