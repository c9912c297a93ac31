"""The role of each piece of text, and which roles a strategy takes out of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Block, split_lines
from ccm_gitops.context.optimize.listings import is_listing, is_tree
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.pieces import Piece, is_caption, is_rule
from ccm_gitops.context.optimize.titles import Standing
from ccm_gitops.context.optimize.wording import (
    advises,
    directs,
    guides,
    instructs,
    is_convention,
    is_example,
    is_glossary,
    is_open,
    is_shell,
    prohibits,
    shows_command,
)
from ccm_gitops.context.tokens import count_tokens

Role = Literal[
    "fixed",
    "open",
    "prohibition",
    "rule",
    "guidance",
    "procedure",
    "convention",
    "command",
    "mention",
    "instruction",
    "prose",
    "description",
    "catalogue",
    "listing",
    "tree",
    "map",
    "plan",
    "example",
    "illustration",
    "exemplar",
    "advice",
    "snippet",
    "markup",
]

_TAG = re.compile(r"^\s*</?[a-z][\w-]*(?:\s[^<>]*)?>", re.MULTILINE)
_EXAMPLE = re.compile(r"\bexamples?\b|\be\.g\.", re.IGNORECASE)
# Speaks of text that may not go along.
_ELSEWHERE = re.compile(
    r"\b(?:see|as|shown|described|mentioned|listed|defined|noted|the) (?:above|below|earlier)\b"
    r"|\bsee [*_\"“][^.\n]{1,60}\b(?:above|below)\b",
    re.IGNORECASE,
)
# A document, not the ending of its name alone.
_PAGE = re.compile(r"[\w)\]}>*]\.(?:mdx?|rst|adoc)\b")
_PAGE_OR_HEADING = re.compile(rf"{_PAGE.pattern}|\]\(#")
_IN_FULL = re.compile(
    r"\b(?:full|complete|canonical|authoritative)\b[^.\n]{0,60}\.mdx?\b", re.IGNORECASE
)
_SMALLEST_EXAMPLE = 60  # tokens; a shorter one is soon read
_SMALLEST_CATALOGUE = 250  # tokens; so long a list is looked up, whatever stands around it

# Below which titles a role leaves the file; whatever is not named here stays.
ASIDE: frozenset[Standing] = frozenset({"detail", "rare", "later"})
_TOLD: frozenset[Standing] = ASIDE | {"open"}
_DONE: frozenset[Standing] = ASIDE | {"task"}
_SHOWN: frozenset[Standing] = _TOLD | {"shown", "introduction", "needed", "background"}
_LATER: frozenset[Standing] = frozenset({"later"})
_DRAWN: frozenset[Standing] = _SHOWN | {"binding", "current"}
GOES: Mapping[str, Mapping[Role, frozenset[Standing]]] = {
    "moderate": {
        "tree": _DRAWN,
        "listing": _TOLD | {"introduction", "needed", "background", "current"},
        "example": _SHOWN,
        "illustration": _SHOWN | {"binding"},
        "procedure": _LATER | {"rare"},
        "guidance": _LATER | {"rare"},
        "description": _TOLD,
        "catalogue": _TOLD | {"needed", "background"},
        "open": _LATER,
        "instruction": ASIDE,
        "prose": ASIDE,
        "exemplar": _LATER | {"rare"},
        "snippet": _TOLD,
        "markup": _TOLD,
        "mention": _LATER | {"rare"},
    },
    "aggressive": {
        "tree": _DRAWN,
        "listing": _DRAWN,
        "map": _DRAWN,
        "example": _SHOWN | {"task"},
        "illustration": _SHOWN | {"task", "binding"},
        "exemplar": _SHOWN | {"task"},
        "advice": _TOLD | {"task"},
        "snippet": _TOLD | {"task"},
        "markup": _TOLD | {"task"},
        "description": _TOLD | {"task", "introduction", "needed", "background"},
        "catalogue": _TOLD | {"task", "introduction", "needed", "background"},
        "open": _LATER,
        "instruction": _TOLD | {"task", "background"},
        "procedure": _TOLD | {"task", "background"},
        "guidance": _DONE,
        "prose": _DONE | {"background"},
        "mention": _DONE,
        "command": _DONE,
        "rule": _DONE,
        "convention": _LATER | {"rare"},
        "plan": _TOLD,
    },
}
# Of which section a summary stays where it cannot go, what else goes of it, and which lists split.
SUMMARIZED: Mapping[str, frozenset[Standing]] = {
    "moderate": _TOLD | {"background"},
    "aggressive": _TOLD | {"background", "needed", "task"},
}
TOLD: frozenset[Role] = frozenset({"prose", "description", "catalogue", "instruction"})
SPLIT: frozenset[Role] = frozenset({"prohibition", "rule", "mention"})


def role_of(piece: Piece, subject: Subject) -> Role:
    """What a piece does; `fixed` where something holds it at its place."""
    if _is_held(piece, subject):
        return "fixed"
    if is_open(piece.main):
        return "open"
    if any(map(is_rule, piece.blocks)):
        lines = [line for block in piece.blocks for line in split_lines(block.text)]
        return "prohibition" if any(map(prohibits, lines)) else "rule"
    return "markup" if any(map(is_markup, piece.blocks)) else _role_of_free(piece, subject)


def _role_of_free(piece: Piece, subject: Subject) -> Role:
    main = piece.main
    is_listed = is_listing(main, subject.index)
    if main.kind == "code" and is_example(main) and not is_listed:
        return _role_of_example(piece)
    if any(map(guides, piece.blocks)):
        return "guidance"
    if is_listed:
        return "tree" if main.kind == "code" else "listing"
    if is_shell(main):
        return "command"
    if shows_command(piece.blocks):
        return "mention"
    if is_convention(main):
        return "procedure" if main.text.lstrip()[0].isdigit() else "convention"
    if main.kind == "code":
        return "plan" if is_tree(main) else "instruction"
    if any(directs(block.text) for block in piece.blocks):
        return "rule"
    return _role_of_prose(main)


def _role_of_example(piece: Piece) -> Role:
    if is_tree(piece.main):
        return "plan"
    if advises(piece.main):
        return "advice"
    if any(directs(block.text) for block in piece.blocks[:-1]):
        return "exemplar"
    if count_tokens(piece.main.text) < _SMALLEST_EXAMPLE:
        return "snippet"
    is_called_one = any(map(_EXAMPLE.search, (block.text for block in piece.blocks[:-1])))
    return "illustration" if is_called_one else "example"


def _role_of_prose(block: Block) -> Role:
    # A sentence may well be a rule that is written as a fact.
    if block.kind == "paragraph":
        return "prose"
    if instructs([block]) and not is_glossary(block):
        return "instruction"
    return "catalogue" if count_tokens(block.text) >= _SMALLEST_CATALOGUE else "description"


def _is_held(piece: Piece, subject: Subject) -> bool:
    main = piece.main
    if not subject.guards.allow(*piece.span, with_instructions=True):
        return True
    if any(map(_is_fixed, piece.blocks)) or (is_caption(main) and not instructs([main])):
        return True
    # The one language whose instructions are told from facts.
    return not (subject.is_english or main.kind == "code" or is_listing(main, subject.index))


def _is_fixed(block: Block) -> bool:
    if block.kind != "code" and _ELSEWHERE.search(block.text):
        return True
    is_definition = block.kind in {"definition", "front_matter"}
    return is_definition or is_pointer(block.text) or _points_on(block)


def is_told_in_full(block: Block) -> bool:
    """Whether a block says which document has it all: what stands next to it is a summary."""
    return block.kind != "code" and bool(_IN_FULL.search(block.text))


def is_markup(block: Block) -> bool:
    """Whether a block opens or closes elements that may hold the blocks next to it."""
    return block.kind == "html" or (block.kind == "paragraph" and bool(_TAG.search(block.text)))


def _points_on(block: Block) -> bool:
    """Whether a block says what to read, elsewhere or below: an index stays in sight."""
    lines = [line for line in block.text.splitlines() if line.strip()]
    lines = lines[2:] if block.kind == "table" else lines
    sign = _PAGE_OR_HEADING if block.kind == "list" else _PAGE
    return 2 * sum(map(bool, map(sign.search, lines))) >= len(lines)
