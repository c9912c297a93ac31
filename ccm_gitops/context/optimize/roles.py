"""The role of each piece of text, and which roles a strategy takes out of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Block, split_lines
from ccm_gitops.context.optimize.guards import depends_on_place
from ccm_gitops.context.optimize.listings import is_listing, is_tree
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.pieces import Piece, is_caption
from ccm_gitops.context.optimize.titles import Standing
from ccm_gitops.context.optimize.wording import (
    forbids,
    instructs,
    is_example,
    is_shell,
    shows_command,
)
from ccm_gitops.context.tokens import count_tokens

Role = Literal["fixed", "command", "instruction", "description", "listing", "plan", "example"]

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
        "plan": frozenset({"open", "detail"}),
    },
}


def role_of(piece: Piece, subject: Subject) -> Role:
    """What a piece does; `fixed` where it forbids, or where something holds it at its place."""
    blocks = piece.blocks
    if not subject.guards.allow(*piece.span, copy_stays=True) or any(map(_is_fixed, blocks)):
        return "fixed"
    if depends_on_place(blocks):
        return "fixed"
    if is_caption(piece.main):
        return "fixed"
    if not subject.is_english and piece.main.kind != "code" and not is_listing(
        piece.main, subject.index
    ):
        return "fixed"
    if is_listing(piece.main, subject.index):
        return "listing"
    if is_shell(piece.main) or shows_command(blocks):
        return "command"
    if is_tree(piece.main):
        return "plan"
    if piece.main.kind == "code":
        if count_tokens(piece.main.text) < _SMALLEST_EXAMPLE:
            return "instruction"
        return "example" if is_example(piece.main) else "instruction"
    return "instruction" if instructs([piece.main]) else "description"


def _is_fixed(block: Block) -> bool:
    if block.kind in {"html", "definition", "front_matter"} or is_pointer(block.text):
        return True
    is_code = block.kind == "code"
    lines = split_lines(block.text)
    return any(forbids(line, in_code=is_code) for line in lines) or _points_on(block)


def _points_on(block: Block) -> bool:
    """Whether a block says which documents to read: an index stays in sight."""
    lines = [line for line in block.text.splitlines() if line.strip()]
    return 2 * sum(".md" in line for line in lines) >= len(lines)
