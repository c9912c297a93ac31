"""Which actions of a plan hold together, where all of them do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ccm_gitops.context.optimize.model import Action, Plan

T = TypeVar("T")


def largest_part(plan: Plan, judge: Callable[[Plan], T | None]) -> T | None:
    """What `judge` makes of a plan, or of as much of it as it accepts; None where it accepts none.

    Actions of one section and one target stand or fall together, since one pointer may speak for
    all of them. Each half of what is refused is tried on its own, with what was accepted before.
    """
    groups: dict[tuple[tuple[str, ...], str], list[Action]] = {}
    for action in plan:
        groups.setdefault((action.section, action.target), []).append(action)
    accepted: Plan = ()
    verdict: T | None = None
    waiting = [list(groups.values())]
    while waiting:
        some = waiting.pop()
        wanted = {*accepted, *(action for group in some for action in group)}
        part = tuple(action for action in plan if action in wanted)
        found = judge(part)
        if found is not None:
            accepted, verdict = part, found
        elif len(some) > 1:
            half = len(some) // 2
            waiting += [some[half:], some[:half]]
    return verdict
