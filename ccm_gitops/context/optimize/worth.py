"""Whether a plan saves enough for a change to be worth the attention that it takes."""

from __future__ import annotations

from ccm_gitops.context.document import parse
from ccm_gitops.context.optimize.apply import MOVES, cut
from ccm_gitops.context.optimize.model import Plan, Subject
from ccm_gitops.context.tokens import billable, count_tokens

_SMALLEST_SHARE, _SMALLEST_TOKENS = 0.03, 100
# New pointers to what still counts take more attention, and more where others stand already.
_LEAST_SHARE_MOVED, _LEAST_SHARE_MORE, _LEAST_TOKENS_MOVED = 0.05, 0.08, 300


def is_worth_it(subject: Subject, plan: Plan, *, is_asked: bool = False) -> bool:
    """Whether the saving is not too small; what `is_asked` for by rules may be smaller."""
    text = "".join(cut(subject.document, plan).lines)
    saved = subject.tokens - count_tokens(billable(parse(text).blocks))
    moves = any(action.type in MOVES and action.pointer for action in plan)
    # Of a file that grows each week, a part is taken out when it comes to something.
    if not is_asked and (moves or subject.pointed):
        share = _LEAST_SHARE_MORE if subject.pointed else _LEAST_SHARE_MOVED
        return saved >= max(_LEAST_TOKENS_MOVED, share * subject.tokens)
    return saved >= max(_SMALLEST_TOKENS, _SMALLEST_SHARE * subject.tokens)
