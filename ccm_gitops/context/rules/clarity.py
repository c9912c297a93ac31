"""Headings and lines that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccm_gitops.context.classify import HISTORY
from ccm_gitops.context.document import Section
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext

_PLACEHOLDER = re.compile(
    r"(?:[-*+]\s+)?[\[({<*_`]*\s*"
    r"(?:todo|tbd|tba|fixme|coming soon|fill (?:me |this )?in|lorem ipsum\b.*"
    r"|to be (?:added|defined|written|done|determined|documented)"
    r"|(?:your|insert|describe|add) [^\n]{0,60}here)"
    r"\s*[.:!…]*\s*[\])}>*_`]*[.…]*",
    re.IGNORECASE,
)


def _empty_section(context: RuleContext) -> Iterator[Hit]:
    for section in context.sections:
        is_empty = section.level and not section.children and not _body(section)
        if is_empty and _promises_text(context, section):
            yield Hit(
                line=section.start_line,
                end_line=section.blocks[-1].end_line,
                subject=section.title,
                message="a heading with nothing under it",
                suggestion="write the section, or remove the heading",
            )


def _promises_text(context: RuleContext, section: Section) -> bool:
    """Whether text belongs under a heading: not under a version of a change log.

    Front matter that a second file brought along reads as a title of several lines.
    """
    is_one_line = section.blocks[0].text.strip().count("\n") < 2
    return is_one_line and context.classes[section.start_line].type not in HISTORY


def _placeholder_text(context: RuleContext) -> Iterator[Hit]:
    for section in context.sections:
        body = _body(section)
        if body and len(body) < 200 and _PLACEHOLDER.fullmatch(body):
            yield Hit(
                line=section.start_line,
                end_line=section.blocks[-1].end_line,
                subject=body,
                message="a placeholder where the text should be",
                suggestion="write the section, or remove it",
            )


def _body(section: Section) -> str:
    blocks = section.blocks[1:] if section.level else section.blocks
    return "".join(block.text for block in blocks if block.kind != "rule").strip()


RULES = (
    Rule("empty_section", "a heading with nothing under it", "low", _empty_section),
    Rule("placeholder_text", "a section that was never written", "low", _placeholder_text),
)
