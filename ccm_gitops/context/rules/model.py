"""What a rule is, what it sees, and what it finds."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from ccm_gitops.context.classify import Classification, classify_sections
from ccm_gitops.context.document import BlockKind, Document, Section, split_lines
from ccm_gitops.context.inline import Span, find_spans
from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.paths import PathIndex
from ccm_gitops.context.rules.copies import Copy, find_copies
from ccm_gitops.context.rules.duplicates import DuplicatePair, find_duplicates
from ccm_gitops.context.rules.twins import is_later_twin
from ccm_gitops.context.shell import Command, find_commands
from ccm_gitops.context.tokens import billable, count_tokens
from ccm_gitops.context.tree import Tree

Severity = Literal["high", "medium", "low", "info"]
# The blocks of running text.
PROSE: frozenset[BlockKind] = frozenset({"paragraph", "list", "quote"})


@dataclass(frozen=True)
class Finding:
    """One thing worth a person's time; lines and `column` count from 1, `end_line` is inclusive.

    `subject` is the path, command or text that it is about, as written in the file;
    `estimated_savings` are tokens; `confidence` is the expected share of such findings that hold;
    `fixable` means that an optimisation can do it without losing text.
    """

    rule: str
    severity: Severity
    line: int
    end_line: int
    column: int
    section: str
    subject: str
    message: str
    suggestion: str
    estimated_savings: int
    confidence: float
    fixable: bool


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What a check reports; the rule's id and severity, and the section, are added to it."""

    line: int
    end_line: int
    message: str
    suggestion: str
    column: int = 1
    subject: str = ""
    savings: int = 0
    confidence: float = 0.95
    fixable: bool = False
    severity: Severity | None = None


@dataclass(frozen=True)
class RuleContext:
    """What a check may look at: one file, its document, the repository around it, the time."""

    file: ContextFile
    document: Document
    tree: Tree
    now: datetime

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every section with blocks of its own, in document order."""
        return tuple(section for section in self.document.root.walk() if section.blocks)

    def lines_of(self, kinds: Container[BlockKind]) -> Iterator[tuple[int, str]]:
        """Every line of the blocks of some kinds, with its number."""
        for block in self.document.blocks:
            if block.kind in kinds:
                yield from enumerate(split_lines(block.text), start=block.start_line)

    @cached_property
    def classes(self) -> Mapping[int, Classification]:
        """The classification of each section, by its first line."""
        return classify_sections(self.document, self.now)

    @cached_property
    def paths(self) -> PathIndex:
        """The repository's paths, for look-ups."""
        return PathIndex(self.tree.paths())

    def section_at(self, line: int) -> Section:
        """The innermost section that holds a line."""
        starts = self._starts
        index = bisect_right(starts, line) - 1
        return self.sections[index] if index >= 0 else self.document.root

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(section.start_line for section in self.sections)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The code spans and links of the running text."""
        return tuple(find_spans(self.document))

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """The commands in shell fences and code spans."""
        base = posixpath.dirname(self.file.path)
        return tuple(find_commands(self.document, self.spans, base, self.paths.folders))

    @cached_property
    def duplicates(self) -> tuple[DuplicatePair, ...]:
        """The ranges that repeat earlier ones."""
        return find_duplicates(self.document)

    @cached_property
    def changed(self) -> date | None:
        """The day on which the file last changed, where a history tells."""
        found = self.tree.changed(self.file.path)
        return found.date() if found else None

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The ranges that stand in another file too."""
        return find_copies(self.file.path, self.document.blocks, self.tree)

    @cached_property
    def is_later_twin(self) -> bool:
        """Whether a copy of the file that comes first speaks for it."""
        return is_later_twin(self.file, self.tree)

    def tokens(self, start_line: int, end_line: int) -> int:
        """What the lines cost an agent."""
        return tokens_of(self.document, ((start_line, end_line),))


@dataclass(frozen=True)
class Rule:
    """A check with its name; `summary` is one line for `rules list`.

    What is `opt_in` runs only where a configuration gives it a severity.
    """

    id: str
    summary: str
    severity: Severity
    check: Callable[[RuleContext], Iterable[Hit]]
    opt_in: bool = False


def tokens_of(document: Document, ranges: Iterable[tuple[int, int]]) -> int:
    """What the blocks that begin in ranges of lines cost, each once; a comment costs nothing."""
    return sum(
        count_tokens(billable(document.within(start, end))) for start, end in _merged(ranges)
    )


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
