"""The plan: which actions a strategy takes on a file; pure, and data only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ccm_gitops.context.optimize import archive, dedupe, relocate
from ccm_gitops.context.optimize.model import Action, ActionType, Plan, Subject
from ccm_gitops.context.optimize.spans import Span, leaves_no_scar
from ccm_gitops.errors import ContextError

ACTIONS: dict[ActionType, Callable[[Subject, Sequence[Span]], Iterable[Action]]] = {
    "archive": archive.propose,
    "move": relocate.propose,
    "dedupe": dedupe.propose,
}
# In order: an action leaves alone what one before it has taken; a copy goes whole.
STRATEGIES: dict[str, tuple[ActionType, ...]] = {
    "conservative": ("archive",),
    "moderate": ("archive", "move", "dedupe"),
    "aggressive": ("archive", "move", "dedupe"),
}


def make_plan(subject: Subject, strategy: str) -> Plan:
    """The actions in the order of their lines; none overlap.

    Raises ContextError when there is no such strategy.
    """
    if strategy not in STRATEGIES:
        raise ContextError(f"there is no strategy {strategy!r}; use {' or '.join(STRATEGIES)}")
    subject = replace(subject, strategy=strategy)
    plan: list[Action] = []
    for step in STRATEGIES[strategy]:
        for action in ACTIONS[step](subject, tuple(action.span for action in plan)):
            if action.is_item or leaves_no_scar(
                subject.document, action.span, pointer=bool(action.pointer)
            ):
                _add(plan, action)
    return tuple(plan)


def _add(plan: list[Action], action: Action) -> None:
    """Put an action at its place, unless others hold its lines and it does not hold theirs."""
    first = bisect_left(plan, action.start_line, key=lambda other: other.end_line)
    last = bisect_right(plan, action.end_line, key=lambda other: other.start_line)
    others = plan[first:last]
    if all(action.type == "dedupe" and action.span.contains(other.span) for other in others):
        plan[first:last] = [action]
