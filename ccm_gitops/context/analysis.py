"""The analysis of one context file: its sections, its findings, its score."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ccm_gitops.context.classify import HISTORY, Actionability, Recommendation, SectionType
from ccm_gitops.context.document import Document, parse, split_lines
from ccm_gitops.context.loading import ContextFile, Loading
from ccm_gitops.context.rules import run_rules
from ccm_gitops.context.rules.model import Finding, RuleContext, Severity, tokens_of
from ccm_gitops.context.rules.safety import unreadable_reason
from ccm_gitops.context.score import Costs, is_doubtful, score
from ccm_gitops.context.tokens import (
    OLDER_TOKENIZER,
    TOKENIZER,
    billable,
    count_older_tokens,
    count_tokens,
)
from ccm_gitops.context.tree import Tree

# Part of every cache key: raised when a rule, the score or the token estimate changes.
RULES_VERSION = "11"
_PROSE = frozenset({"", ".md", ".mdx", ".mdc", ".markdown", ".txt", ".rst"})


@dataclass(frozen=True)
class SectionReport:
    """A section as reports show it; lines are those of its subtree, tokens its own."""

    title: str
    level: int
    type: SectionType
    start_line: int
    end_line: int
    tokens: int
    actionability: Actionability
    staleness: float
    recommendation: Recommendation


@dataclass(frozen=True)
class Analysis:
    """What is known of a file; `potential_savings` are tokens, each line counted once.

    `loaded` says when agents load it, as for ContextFile; `start_tokens` is what a start that
    loads it costs in all, with every file that is loaded together with it; None where no start
    loads it, or where only this file was looked at. `tokens_by` is the count by tokenizer: the
    current one, whose figure is `tokens`, and that of older models.
    """

    file: str
    loaded: Loading | None
    bytes: int
    lines: int
    tokens: int
    tokenizer: str
    tokens_by: Mapping[str, int]
    score: int
    potential_savings: int
    sections: tuple[SectionReport, ...]
    issues: tuple[Finding, ...]
    start_tokens: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The shape that the contract gives `analyze --json`, without `path`."""
        return asdict(self)


def analyze(
    file: ContextFile,
    tree: Tree,
    *,
    now: datetime,
    disabled: Set[str] = frozenset(),
    severities: Mapping[str, Severity] | None = None,
) -> Analysis:
    """Analyse a file of a tree; bytes that are no text give one finding and a score of 0.

    Of an imported file that is no prose (`package.json`) only the size counts.
    """
    text = "" if unreadable_reason(file.data) else file.data.decode("utf-8")
    if file.loaded == "imported" and not _is_prose(file.path):
        return _size_only(file, text)
    document = parse(text)
    context = RuleContext(file, document, tree, now)
    findings = run_rules(context, disabled=disabled, severities=severities)
    paid = billable(document.blocks)
    tokens = count_tokens(paid)
    savings = min(tokens, _savings(document, findings))
    costs = Costs(
        lines=len(split_lines(paid)),
        tokens=tokens,
        savings=savings,
        doubtful=_doubtful(document, findings),
        idle=_idle(context),
    )
    return Analysis(
        file=file.path,
        loaded=file.loaded,
        bytes=len(file.data),
        lines=len(document.lines),
        tokens=tokens,
        tokenizer=TOKENIZER,
        tokens_by={TOKENIZER: tokens, OLDER_TOKENIZER: count_older_tokens(paid)},
        score=score(costs, findings),
        potential_savings=savings,
        sections=_sections(context),
        issues=findings,
    )


def _is_prose(path: str) -> bool:
    return posixpath.splitext(path)[1].lower() in _PROSE


def _size_only(file: ContextFile, text: str) -> Analysis:
    lines, tokens = len(split_lines(text)), count_tokens(text)
    return Analysis(
        file=file.path,
        loaded=file.loaded,
        bytes=len(file.data),
        lines=lines,
        tokens=tokens,
        tokenizer=TOKENIZER,
        tokens_by={TOKENIZER: tokens, OLDER_TOKENIZER: count_older_tokens(text)},
        score=score(Costs(lines=lines, tokens=tokens), ()),
        potential_savings=0,
        sections=(),
        issues=(),
    )


def _savings(document: Document, findings: Sequence[Finding]) -> int:
    wasted = (finding for finding in findings if finding.estimated_savings)
    return tokens_of(document, ((finding.line, finding.end_line) for finding in wasted))


def _doubtful(document: Document, findings: Sequence[Finding]) -> int:
    doubtful = filter(is_doubtful, findings)
    return tokens_of(document, ((finding.line, finding.end_line) for finding in doubtful))


def _idle(context: RuleContext) -> int:
    """What stands in sections that instruct nobody, finished work left out."""
    return sum(
        count_tokens(billable(section.blocks))
        for section in context.sections
        if context.classes[section.start_line].actionability == "low"
        and context.classes[section.start_line].type not in HISTORY
    )


def _sections(context: RuleContext) -> tuple[SectionReport, ...]:
    removed = {pair.removed_start for pair in context.duplicates if pair.exact}
    reports = []
    for section in context.sections:
        found = context.classes[section.start_line]
        tokens = count_tokens(billable(section.blocks))
        if not tokens:
            continue
        reports.append(
            SectionReport(
                title=section.title,
                level=section.level,
                type=found.type,
                start_line=section.start_line,
                end_line=section.end_line if section.level else section.blocks[-1].end_line,
                tokens=tokens,
                actionability=found.actionability,
                staleness=found.staleness,
                recommendation="dedupe" if section.start_line in removed else found.recommendation,
            )
        )
    return tuple(reports)
