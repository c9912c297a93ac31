"""Text that costs tokens and tells an agent nothing that it could not see."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from ccm_gitops.context.document import Block
from ccm_gitops.context.hedges import is_elsewhere
from ccm_gitops.context.ignored import ignore_patterns, is_left_out
from ccm_gitops.context.rules.drawn_trees import drawn_tree, wrong_nodes
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext
from ccm_gitops.context.stand_ins import is_stand_in

_IMAGE = r"!\[[^\]\n]*\]\([^)\n]*(?:shields\.io|badge|/workflows/[^)\n]*\.svg)[^)\n]*\)"
_BADGES = re.compile(rf"\s*(?:(?:\[\s*{_IMAGE}\s*\]\([^)\n]*\)|{_IMAGE})\s*)+")
_MIN_TREE_NAMES = 10
_SHARE_KNOWN = 0.6
# Where the names are explained, the drawing says more than a listing.
_SHARE_REMARKED = 0.3


def _badges(context: RuleContext) -> Iterator[Hit]:
    for block in context.document.blocks:
        if block.kind == "paragraph" and len(block.text) < 20_000 and _BADGES.fullmatch(block.text):
            tokens = context.tokens(block.start_line, block.end_line)
            yield Hit(
                line=block.start_line,
                end_line=block.end_line,
                message="badges: images, which an agent does not see",
                suggestion="keep them in the README",
                savings=tokens,
            )


def _directory_tree(context: RuleContext) -> Iterator[Hit]:
    """Drawings of this repository; one of some other layout is an example and stays."""
    ignored = ignore_patterns(context.tree)
    base = posixpath.dirname(context.file.path)
    for block in context.document.blocks:
        tree = drawn_tree(block) if block.kind in {"code", "paragraph"} else None
        if tree is None or is_elsewhere(" / ".join(context.section_at(block.start_line).path)):
            continue
        known = [name for name in tree.names if context.paths.ends_with(name)]
        if len(tree.names) < _MIN_TREE_NAMES or len(known) < _SHARE_KNOWN * len(tree.names):
            continue
        missing = (name for name in tree.names if name not in known and "/" not in name)
        gone = [n for n in missing if not is_left_out(n, ignored) and not is_stand_in(n)]
        if tree.remarked < _SHARE_REMARKED:
            yield _plain_tree(context, block, len(tree.names))
        elif gone and not any(wrong_nodes(block, base, context.paths)):
            # Where the drawing begins is not clear; else outdated_reference tells each line.
            yield _stale_tree(block, gone)


def _stale_tree(block: Block, gone: Sequence[str]) -> Hit:
    shown = ", ".join(gone[:4]) + (f" and {len(gone) - 4} more" if len(gone) > 4 else "")
    return Hit(
        line=block.start_line,
        end_line=block.end_line,
        subject=gone[0],
        message=f"the drawing shows what the repository does not have: {shown}",
        suggestion="remove the drawing, or keep only the folders whose purpose needs a word",
        confidence=0.9,
        severity="medium",
    )


def _plain_tree(context: RuleContext, block: Block, count: int) -> Hit:
    return Hit(
        line=block.start_line,
        end_line=block.end_line,
        message=f"a drawing of {count} files and folders; any listing shows them as they are",
        suggestion="keep only the folders whose purpose needs a word",
        savings=context.tokens(block.start_line, block.end_line),
        confidence=0.9,
    )


RULES = (
    Rule("badges", "badges, which an agent does not see", "low", _badges),
    Rule("directory_tree", "a drawn folder tree, stale or derivable", "low", _directory_tree),
)
