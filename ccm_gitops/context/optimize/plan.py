"""The plan: which actions a strategy takes on a file; pure, and data only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ccm_gitops.context.optimize import archive, dedupe, move
from ccm_gitops.context.optimize.model import Action, ActionType, Plan, Subject
from ccm_gitops.context.optimize.spans import Span, leaves_no_scar
from ccm_gitops.errors import ContextError

ACTIONS: dict[ActionType, Callable[[Subject, Sequence[Span]], Iterable[Action]]] = {
    "archive": archive.propose,
    "move": move.propose,
    "dedupe": dedupe.propose,
}
# In order: an action leaves alone what one before it has taken; a copy goes whole.
STRATEGIES: dict[str, tuple[ActionType, ...]] = {
    "conservative": ("archive",),
    "moderate": ("archive", "move", "dedupe"),
}


def make_plan(subject: Subject, strategy: str) -> Plan:
    """The actions in the order of their lines; none overlap.

    Raises ContextError when there is no such strategy.
    """
    if strategy not in STRATEGIES:
        raise ContextError(f"there is no strategy {strategy!r}; use {' or '.join(STRATEGIES)}")
    plan: list[Action] = []
    for step in STRATEGIES[strategy]:
        for action in ACTIONS[step](subject, tuple(action.span for action in plan)):
            if leaves_no_scar(subject.document, action.span, pointer=bool(action.pointer)):
                plan = _with(plan, action)
    return tuple(sorted(plan, key=lambda action: action.start_line))


def _with(plan: list[Action], action: Action) -> list[Action]:
    """The plan with one action more, unless others hold its lines and it does not hold theirs."""
    others = [other for other in plan if other.span.overlaps(action.span)]
    if others and not (
        action.type == "dedupe" and all(action.span.contains(o.span) for o in others)
    ):
        return plan
    return [*(other for other in plan if other not in others), action]
