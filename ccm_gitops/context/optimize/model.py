"""The plan of an optimisation: data only, shown as it is and applied mechanically."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from ccm_gitops.context.classify import Classification
from ccm_gitops.context.document import Document
from ccm_gitops.context.optimize.guards import Guards
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.paths import PathIndex
from ccm_gitops.context.rules.duplicates import DuplicatePair

ActionType = Literal["archive", "condense", "dedupe", "move", "remove"]


@dataclass(frozen=True)
class Action:
    """Whole lines (from 1, inclusive) leave the file; `pointer` is the one line left, or nothing.

    `section` is the path of titles down to what is cut. `target` is the file that takes the text.
    """

    type: ActionType
    section: tuple[str, ...]
    start_line: int
    end_line: int
    reason: str
    tokens_saved: int
    confidence: float
    target: str
    pointer: str

    @property
    def span(self) -> Span:
        """The lines that leave the file."""
        return Span(self.start_line, self.end_line)

    def to_json(self) -> dict[str, Any]:
        """The shape of CONTRACT section 4."""
        return {
            "type": self.type,
            "section": " > ".join(self.section),
            "start_line": self.start_line,
            "end_line": self.end_line,
            "reason": self.reason,
            "tokens_saved": self.tokens_saved,
            "confidence": self.confidence,
            "target": self.target,
        }


Plan = tuple[Action, ...]


@dataclass(frozen=True)
class Subject:
    """All that a decision may look at: the file, what its sections are, what the tree has."""

    path: str
    document: Document
    kinds: Mapping[int, Classification]
    duplicates: tuple[DuplicatePair, ...]
    guards: Guards
    paths: Set[str]
    now: datetime

    @cached_property
    def index(self) -> PathIndex:
        """The tree's paths, for look-ups."""
        return PathIndex(self.paths)
