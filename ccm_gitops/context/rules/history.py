"""What was done once and is paid for in every session since."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_gitops.context.classify import HISTORY, SectionType
from ccm_gitops.context.document import Section
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext, Severity

# Below that an archive with its pointer costs about what it saves.
_MIN_LINES, _MIN_TOKENS = 4, 60
_MIN_REVIEW_LINES = 20


def _completed_work(context: RuleContext) -> Iterator[Hit]:
    yield from _history(context, context.document.root, "completed_work")


def _changelog(context: RuleContext) -> Iterator[Hit]:
    yield from _history(context, context.document.root, "changelog")


def _history(context: RuleContext, section: Section, kind: SectionType) -> Iterator[Hit]:
    """The largest sections of the kind, not their parts."""
    found = context.classes.get(section.start_line) if section.blocks else None
    if found and section.level and found.type in HISTORY:
        if found.type == kind and found.recommendation == "archive":
            yield from _archivable(context, section)
            return
        if found.type == kind and section.end_line - section.start_line >= _MIN_REVIEW_LINES:
            yield from _mixed(section)
            return
    for child in section.children:
        yield from _history(context, child, kind)


def _archivable(context: RuleContext, section: Section) -> Iterator[Hit]:
    tokens = context.tokens(section.start_line, section.end_line)
    text = context.document.slice(section.start_line, section.end_line)
    lines = sum(1 for line in text.split("\n") if line.strip())
    if lines < _MIN_LINES or tokens < _MIN_TOKENS:
        return
    severity: Severity = "high" if tokens >= 2500 else "medium" if tokens >= 500 else "low"
    yield Hit(
        line=section.start_line,
        end_line=section.end_line,
        subject=section.title,
        message=f"a record of what was done, about {tokens:,} tokens in every session",
        suggestion="archive it: git and the archive remember, the agent need not",
        savings=tokens,
        confidence=0.9,
        fixable=True,
        severity=severity,
    )


def _mixed(section: Section) -> Iterator[Hit]:
    yield Hit(
        line=section.start_line,
        end_line=section.end_line,
        subject=section.title,
        message="a record of what was done, with something in it that may still hold",
        suggestion="keep the rules, commands and open tasks in it; archive the rest",
        confidence=0.8,
        severity="low",
    )


RULES = (
    Rule("completed_work_verbose", "a record of finished work", "medium", _completed_work),
    Rule("changelog_in_context", "a change log or release history", "medium", _changelog),
)
