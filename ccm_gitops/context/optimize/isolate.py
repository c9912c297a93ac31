"""Which actions of a plan hold together, where all of them do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from ccm_gitops.context.optimize.model import Action, Plan, Refusal

T = TypeVar("T")


class Refused(NamedTuple):
    """A verdict: a plan, or a part of one, does not hold, for a reason in words."""

    reason: str


def largest_part(
    plan: Plan, judge: Callable[[Plan], T | Refused]
) -> tuple[T | None, tuple[Refusal, ...]]:
    """What `judge` makes of a plan, or of as much of it as it accepts, and all that it refuses.

    Actions of one section and one target stand or fall together, since one pointer may speak for
    all of them. Each half of what is refused is tried on its own, with what was accepted before.
    """
    groups: dict[tuple[tuple[str, ...], str], list[Action]] = {}
    for action in plan:
        groups.setdefault((action.section, action.target), []).append(action)
    accepted: Plan = ()
    verdict: T | None = None
    refusals: list[Refusal] = []
    waiting = [list(groups.values())]
    while waiting:
        some = waiting.pop()
        wanted = {*accepted, *(action for group in some for action in group)}
        part = tuple(action for action in plan if action in wanted)
        found = judge(part)
        if not isinstance(found, Refused):
            accepted, verdict = part, found
        elif len(some) > 1:
            half = len(some) // 2
            waiting += [some[half:], some[:half]]
        else:
            refusals += (Refusal(action, found.reason) for action in some[0])
    return verdict, tuple(refusals)
