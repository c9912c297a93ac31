"""The plan: which actions a strategy takes on a file; pure, and data only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

from ccm_gitops.context.optimize import archive, dedupe, move
from ccm_gitops.context.optimize.model import Action, ActionType, Plan, Subject
from ccm_gitops.errors import ContextError

ACTIONS: dict[ActionType, Callable[[Subject, Set[int]], Iterable[Action]]] = {
    "archive": archive.propose,
    "move": move.propose,
    "dedupe": dedupe.propose,
}
# In order: an action leaves alone what one before it has taken.
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
    taken: set[int] = set()
    for step in STRATEGIES[strategy]:
        for action in ACTIONS[step](subject, frozenset(taken)):
            lines = range(action.start_line, action.end_line + 1)
            if taken.isdisjoint(lines):
                plan.append(action)
                taken.update(lines)
    return tuple(sorted(plan, key=lambda action: action.start_line))
