"""Which sections are reference: needed at times, and never to know what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Block, Section
from ccm_gitops.context.optimize.listings import is_listing, is_tree
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.spans import body
from ccm_gitops.context.optimize.wording import instructs, is_example, milestones, shows_command
from ccm_gitops.context.tokens import count_tokens

_BINDING = re.compile(
    r"\b(?:convention|guideline|rule|principle|standard|style|practice|polic|requirement"
    r"|instruction|directive|protocol|mandatory|important|critical|must|always|never|do'?s|don'?t"
    r"|anti-?pattern|gotcha|pitfall|caveat|limitation|output)\w*",
    re.IGNORECASE,
)
_NEEDED = re.compile(
    r"\b(?:workflow|process|skill|agent|test|command|quick|getting started|setup|install|build"
    r"|develop|commit|pull request|review|checklist|current|status|overview|introduction"
    r"|philosophy|mindset|reminder|how to|security|stack|technolog)\w*"
    r"|\b(?:run(?:ning)?|git|next|todos?|notes?)\b|^\W*\d",
    re.IGNORECASE,
)
_ESSENTIAL = re.compile(
    r"\b(?:command|quick|getting started|build|commit|pull request|current|status|overview"
    r"|introduction|reminder)\w*|\b(?:run(?:ning)?|next|todos?)\b",
    re.IGNORECASE,
)
# Titles of what a reader could find in the code, told for those who ask.
_DESCRIBED = re.compile(
    r"\b(?:architecture|structure|component|module|layout|feature|data|model|schema|database|api"
    r"|endpoint|integration|design|flow|service|class|type|interface|library|libraries|dependenc"
    r"|roadmap|performance|metric|result|example|reference|glossary|benefit|system|file)\w*",
    re.IGNORECASE,
)
_INDEX = re.compile(r"\b(?:documentation|documents|docs)\b", re.IGNORECASE)
# One step of several makes no sense on its own.
_STEP = re.compile(
    r"\b(?:workflow|process|phase|step|stage|checklist|output|templates?)\b", re.IGNORECASE
)


_SMALLEST = 60  # tokens; a shorter example is soon read


class Kind(NamedTuple):
    """What a pointer says is there, and when to read it; `reason` is the plan's."""

    what: str
    when: str
    reason: str


_BEFORE = "before you work on {title}"
_WHERE = "when you look for where something is or belongs"
_TREE = Kind("the directory tree is", _WHERE, "a directory tree that is needed at times")
_FILES = Kind("the list of files is", _WHERE, "a list of files that is needed at times")
_TABLE = Kind("the table is", _BEFORE, "tables that are needed at times")
_CODE = Kind("the code is", _BEFORE, "long examples that are needed at times")
_DETAIL = Kind("the details are", _BEFORE, "reference that is needed at times")
_LATER = Kind("ideas for later are", "when you plan what comes next", "plans that are not current")
_SOURCES = Kind("links are", "when you need a source", "links that are needed at times")
_TITLES = (
    (_LATER, re.compile(r"^\W*(?:future|long[- ]term|wish ?list|nice to have|ideas)\b", re.I)),
    (_SOURCES, re.compile(r"\b(?:resources|further reading|references|credits|sources)\W*$", re.I)),
)


def kind_of(section: Section, subject: Subject) -> Kind | None:
    """The kind of reference that all of a section is; None when any of it may be needed."""
    span = body(section)
    blocks = [b for part in section.walk() for b in part.blocks if b.kind != "blank"][1:]
    if not span or not subject.guards.allow(*span):
        return None
    own = [part.title for part in section.walk()]
    if any(map(_BINDING.search, own)) or is_step(section):
        return None
    if _INDEX.search(section.title) or is_current(section, subject):
        return None
    if any(is_pointer(b.text) for b in blocks) or _points_on(blocks):
        return None
    return _listing(blocks, subject) or _reference(section, blocks, subject)


def _listing(blocks: Sequence[Block], subject: Subject) -> Kind | None:
    listed = [block for block in blocks if is_listing(block, subject.index)]
    rest = [block for block in blocks if block not in listed]
    if _size(listed) < 0.6 * _size(blocks) or instructs(rest):
        return None
    return _TREE if all(map(is_tree, listed)) else _FILES


def _reference(section: Section, blocks: Sequence[Block], subject: Subject) -> Kind | None:
    # The document's own title says what it is about, not how binding a section is.
    titles = [*section.path[1:-1], *(part.title for part in section.walk())]
    if any(_binds(title, subject) for title in titles):
        return None
    if not subject.is_english or any(map(is_tree, blocks)):
        return None
    if subject.is_eager:
        return None if shows_command(blocks) else _DETAIL
    if instructs(blocks):
        return None
    detail = [block for block in blocks if block.kind in {"code", "table"} and not is_tree(block)]
    if 2 * _size(detail) >= _size(blocks):
        kinds = {block.kind for block in blocks}
        return _TABLE if kinds == {"table"} else _CODE if kinds == {"code"} else _DETAIL
    named = next((kind for kind, title in _TITLES if title.search(section.title)), None)
    return named or (_DETAIL if any(map(_DESCRIBED.search, titles)) else None)


def is_caption(block: Block) -> bool:
    """Whether a paragraph only announces what stands below it."""
    return block.kind == "paragraph" and block.text.rstrip().rstrip("*_").endswith((":", "："))


def is_step(section: Section) -> bool:
    """Whether a section, or a part of it, is one step of several, or the form of an output."""
    titles = [*section.path[1:], *(part.title for part in section.walk())]
    return any(map(_STEP.search, titles))


def is_detail(block: Block, section: Section, subject: Subject) -> bool:
    """Whether a block only shows or lists what is needed at times, whatever stands around it.

    Code that is not typed into a shell goes below any title: the rules of a section are its prose.
    A table, a list or a later paragraph only below a title that binds nobody and, unless the
    strategy is eager, where it tells its reader nothing to do.
    """
    if not subject.guards.allow(block.start_line, block.end_line):
        return False
    if _points_on([block]) or is_pointer(block.text):
        return False
    if block.kind == "code" and count_tokens(block.text) < _SMALLEST:
        return False
    if block.kind == "code":
        return is_example(block) and (not is_tree(block) or is_listing(block, subject.index))
    tells = shows_command if subject.is_eager else instructs
    if not subject.is_english or tells([block]):
        return False
    titles = section.path[1:] or section.path
    if any(_binds(title, subject) for title in titles):
        return False
    is_lead = block is next((b for b in section.blocks[1:] if b.kind != "blank"), None)
    return block.kind in {"table", "list"} or (block.kind == "paragraph" and not is_lead)


def _binds(title: str, subject: Subject) -> bool:
    """Whether what stands below a title tells how to work here, or what is being worked on."""
    needed = _ESSENTIAL if subject.is_eager else _NEEDED
    return bool(_BINDING.search(title) or needed.search(title))


def is_current(section: Section, subject: Subject) -> bool:
    """Whether a title names a version or phase that the file says is being worked on."""
    return any(
        name.lower() in subject.milestones for title in section.path for name in milestones(title)
    )


def _points_on(blocks: Sequence[Block]) -> bool:
    """Whether the section itself says which document to read: an index stays in sight."""
    lines = [line for block in blocks for line in block.text.splitlines() if line.strip()]
    return 3 * sum(".md" in line for line in lines) >= len(lines)


def _size(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)
