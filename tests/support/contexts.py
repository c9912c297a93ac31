"""Context files made up for tests of the optimiser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.optimize import Optimization, optimize
from ccm_gitops.context.optimize.custom import Rule, Wishes
from tests.support.trees import DictTree

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


def optimized(
    text: str | bytes,
    *,
    path: str = "CLAUDE.md",
    strategy: str = "moderate",
    now: datetime = NOW,
    others: Mapping[str, bytes | str] | None = None,
    rules: Sequence[Rule | str] = (),
    move_to: str = "docs",
) -> Optimization:
    """What `optimize` makes of a text at `path` in a tree with `others`."""
    data = text.encode() if isinstance(text, str) else text
    tree = DictTree({**(others or {}), path: data})
    wishes = Wishes(rules, move_to)
    return optimize(ContextFile(path, (), data), tree, strategy=strategy, now=now, wishes=wishes)


def history(entries: int, *, start: int = 1) -> str:
    """A log of finished work, about 20 tokens an entry."""
    return "".join(
        f"- 2025-03-{number % 28 + 1:02} Added the report number {number} and its exporter\n"
        for number in range(start, start + entries)
    )
