"""The plan: which actions a strategy takes on a file; pure, and data only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ccm_gitops.context.optimize import archive, custom, dedupe, relocate, remove
from ccm_gitops.context.optimize.custom import Rule, decide
from ccm_gitops.context.optimize.model import Action, ActionType, Plan, Subject
from ccm_gitops.context.optimize.spans import Span, leaves_no_scar
from ccm_gitops.errors import ContextError

ACTIONS: dict[str, Callable[[Subject, Sequence[Span]], Iterable[Action]]] = {
    "archive": archive.propose,
    "move": relocate.propose,
    "dedupe": dedupe.propose,
    "remove": remove.propose,
}
_PUBLISHED = frozenset({"_static", "static", "public", "assets", "template", "templates"})
CUSTOM = "custom"  # takes its steps from rules
# In order: an action leaves alone what one before it has taken; a copy goes whole.
STRATEGIES: dict[str, tuple[ActionType, ...]] = {
    "conservative": ("archive",),
    "moderate": ("archive", "move", "dedupe", "remove"),
    "aggressive": ("archive", "move", "dedupe", "remove"),
}


def make_plan(subject: Subject, strategy: str, rules: Sequence[Rule | str] = ()) -> Plan:
    """The actions in the order of their lines; none overlap.

    `rules` are those of the strategy `custom`; a word among them stands for a step of the others.
    Raises ContextError when there is no such strategy, or a word is no step.
    """
    plan: list[Action] = []
    if strategy == CUSTOM:
        steps = [rule for rule in rules if isinstance(rule, str)]
        own = [rule for rule in rules if not isinstance(rule, str)]
        subject, decided = decide(replace(subject, strategy="moderate"), own)
        _take(plan, custom.propose(subject, decided), subject)
    elif strategy in STRATEGIES:
        steps = [] if is_published(subject.path) else list(STRATEGIES[strategy])
        subject = replace(subject, strategy=strategy)
    else:
        known = " or ".join((*STRATEGIES, CUSTOM))
        raise ContextError(f"there is no strategy {strategy!r}; use {known}")
    for step in steps:
        if step not in ACTIONS:
            raise ContextError(f"there is no action {step!r}; use {' or '.join(ACTIONS)}")
        taken = tuple(action.span for action in plan)
        _take(plan, ACTIONS[step](subject, taken), subject)
    return tuple(plan)


def is_published(path: str) -> bool:
    """Whether a file is given to others who have nothing else of the repository."""
    return not _PUBLISHED.isdisjoint(PurePosixPath(path).parts[:-1])


def _take(plan: list[Action], actions: Iterable[Action], subject: Subject) -> None:
    for action in actions:
        if leaves_no_scar(subject.document, action.span, pointer=bool(action.pointer)):
            _add(plan, action)


def _add(plan: list[Action], action: Action) -> None:
    """Put an action at its place, unless others hold its lines and it does not hold theirs."""
    first = bisect_left(plan, action.start_line, key=lambda other: other.end_line)
    last = bisect_right(plan, action.end_line, key=lambda other: other.start_line)
    others = plan[first:last]
    if all(action.type == "dedupe" and action.span.contains(other.span) for other in others):
        plan[first:last] = [action]
