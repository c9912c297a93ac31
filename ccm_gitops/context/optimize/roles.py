"""The role of each piece of text, and which roles a strategy takes out of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Block, split_lines
from ccm_gitops.context.optimize.listings import is_listing, is_tree
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.pieces import Piece, is_caption, is_rule
from ccm_gitops.context.optimize.titles import Standing
from ccm_gitops.context.optimize.wording import (
    instructs,
    is_example,
    is_shell,
    prohibits,
    shows_command,
)
from ccm_gitops.context.tokens import count_tokens

Role = Literal[
    "fixed",
    "prohibition",
    "rule",
    "command",
    "instruction",
    "description",
    "listing",
    "plan",
    "example",
]

_SMALLEST_EXAMPLE = 60  # tokens; a shorter one is soon read

# Below which titles a role leaves the file; `fixed` and whatever is not named here stays.
GOES: Mapping[str, Mapping[Role, frozenset[Standing]]] = {
    "moderate": {
        "listing": frozenset({"current", "binding", "needed", "open", "detail"}),
        "example": frozenset({"binding", "needed", "open", "detail"}),
        "description": frozenset({"open", "detail"}),
        "instruction": frozenset({"detail"}),
    },
    "aggressive": {
        "listing": frozenset({"current", "binding", "needed", "open", "detail"}),
        "example": frozenset({"binding", "needed", "open", "detail"}),
        "description": frozenset({"needed", "open", "detail"}),
        "instruction": frozenset({"open", "detail"}),
        "command": frozenset({"detail"}),
        "rule": frozenset({"detail"}),
        "plan": frozenset({"open", "detail"}),
    },
}


def role_of(piece: Piece, subject: Subject) -> Role:
    """What a piece does; `fixed` where something holds it at its place."""
    if _is_held(piece, subject):
        return "fixed"
    if any(map(is_rule, piece.blocks)):
        lines = [line for block in piece.blocks for line in split_lines(block.text)]
        return "prohibition" if any(map(prohibits, lines)) else "rule"
    main = piece.main
    if is_listing(main, subject.index):
        return "listing"
    if is_shell(main) or shows_command(piece.blocks):
        return "command"
    if main.kind == "code":
        return _role_of_code(main)
    return "instruction" if instructs([main]) else "description"


def _is_held(piece: Piece, subject: Subject) -> bool:
    main = piece.main
    if not subject.guards.allow(*piece.span, copy_stays=True):
        return True
    if is_caption(main) or any(map(_is_fixed, piece.blocks)):
        return True
    # The one language whose instructions are told from facts.
    return not (subject.is_english or main.kind == "code" or is_listing(main, subject.index))


def _role_of_code(block: Block) -> Role:
    if is_tree(block):
        return "plan"
    is_long = count_tokens(block.text) >= _SMALLEST_EXAMPLE
    return "example" if is_long and is_example(block) else "instruction"


def _is_fixed(block: Block) -> bool:
    is_markup = block.kind in {"html", "definition", "front_matter"}
    return is_markup or is_pointer(block.text) or _points_on(block)


def _points_on(block: Block) -> bool:
    """Whether a block says which documents to read: an index stays in sight."""
    lines = [line for line in block.text.splitlines() if line.strip()]
    return 2 * sum(".md" in line for line in lines) >= len(lines)
