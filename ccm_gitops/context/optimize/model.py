"""The plan of an optimisation: data only, shown as it is and applied mechanically."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.classify import Classification
from ccm_gitops.context.document import Document
from ccm_gitops.context.optimize.guards import Guards
from ccm_gitops.context.optimize.names import label
from ccm_gitops.context.optimize.places import led
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.optimize.wording import is_english, milestones
from ccm_gitops.context.paths import PathIndex
from ccm_gitops.context.rules.duplicates import DuplicatePair
from ccm_gitops.context.tokens import billable, count_tokens

ActionType = Literal["archive", "condense", "dedupe", "move", "remove"]


@dataclass(frozen=True)
class Action:
    """Whole lines (from 1, inclusive) leave the file; `pointer` is the one line left, or nothing.

    Above it `kept` stays: lines of those that leave, which the target has too. `section` is the
    path of titles down to what is cut. `target` is the file that takes the text; of a document it
    has the `title`, and the text stands below `heading` in it, if there is one. A rule for agents
    counts below the folder `scope`. Of a copy, the lines `same` say the same.
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
    title: str = ""
    heading: str = ""
    scope: str = ""
    kept: tuple[Span, ...] = ()
    same: Span | None = None

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


class Refusal(NamedTuple):
    """An action that was left out of a plan, and why, in words."""

    action: Action
    reason: str

    def to_json(self) -> dict[str, Any]:
        """The action's place, and the reason."""
        section = " > ".join(self.action.section)
        start, end = self.action.span
        return {"section": section, "start_line": start, "end_line": end, "reason": self.reason}


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
    strategy: str = ""
    move_to: str = "docs"

    @cached_property
    def tokens(self) -> int:
        """What the file costs at each start."""
        return count_tokens(billable(self.document.blocks))

    @cached_property
    def is_english(self) -> bool:
        """Whether the prose is in the language whose instructions are told from facts."""
        return is_english(self.document)

    @cached_property
    def milestones(self) -> frozenset[str]:
        """The versions and phases that the file says are being worked on, in lower case."""
        return frozenset(
            name.lower()
            for part in self.document.root.walk()
            if (kind := self.kinds.get(part.start_line)) and kind.type == "current_phase"
            for block in part.blocks
            for name in milestones(block.text)
        )

    @cached_property
    def titles(self) -> Counter[str]:
        """How often each title stands in the file."""
        return Counter(part.title for part in self.document.root.walk())

    @cached_property
    def labels(self) -> Counter[str]:
        """How often each title stands in the file, as pointers write it."""
        return Counter(label(part.title) for part in self.document.root.walk())

    def depth(self, path: Sequence[str]) -> int:
        """How many titles stand above the chapters: one below a first that most of the file has.

        `path` are the titles of a section that asks.
        """
        return int(path[:1] in self._titles_over_all)

    def below_title(self, path: Sequence[str]) -> Sequence[str]:
        """The titles of a path below the document's own, which says nothing of a section."""
        names = (part.title for part in self.document.root.children if part.level == 1)
        return path[1:] if len(path) > 1 and path[0] in names else path

    @cached_property
    def _titles_over_all(self) -> frozenset[Sequence[str]]:
        most = 0.6 * len(self.document.lines)
        parts = (part for part in self.document.root.children if part.children)
        first = next(parts, None)
        is_over_all = first and first.level == 1 and first.end_line - first.start_line >= most
        return frozenset({first.path} if first and is_over_all else ())

    @cached_property
    def pointed(self) -> frozenset[str]:
        """The files that pointers in the file lead to: what moved before, more may join."""
        return frozenset(self.led_to(line) for line in self.document.lines if is_pointer(line))

    def led_to(self, pointer: str) -> str:
        """The file that a pointer in the file leads to: the first that it names."""
        named = led(pointer, self.path, self.paths)
        return next((path for path in named if path.endswith(".md")), "")

    @cached_property
    def index(self) -> PathIndex:
        """The tree's paths, for look-ups."""
        return PathIndex(self.paths)
