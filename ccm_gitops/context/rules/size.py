"""Files and sections that are larger than agents, or people, read well."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ccm_gitops.context.classify import HISTORY
from ccm_gitops.context.document import split_lines
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext, Severity
from ccm_gitops.context.tokens import TOKENIZER_FOR, billable, count_tokens

# Claude Code's documentation: "target under 200 lines per CLAUDE.md file"; larger than 4 MiB is
# not loaded at all. Codex cuts the chain of AGENTS.md files at 32 KiB, with a line in its log.
BUDGET_LINES = 200
# What 200 usual lines cost. The conversion is ours, so that it counts alone only from twice on.
BUDGET_TOKENS = 4_000
_SKIPPED_BYTES = 4 * 1024 * 1024
_CODEX_BYTES = 32 * 1024
# A target is no limit: a tenth over it is nothing to act on.
_CLEARLY, _HEAVY = 1.1, 2.0
# Many short lines cost little.
_LIGHT = 0.75
# What loads only where an agent works is paid for less often: it must be long and heavy.
_CLEARLY_NESTED = 1.5
_SECTION_LINES, _SECTION_TOKENS = 100, 2500
_LEAST_SECTION_TOKENS = _SECTION_TOKENS // 2
# Rules are what such a file is for.
_ROOM_FOR_RULES = 2
_EXAMPLES = re.compile(r"\b(?:examples?|samples?|demos?)\b", re.IGNORECASE)
# Where one section is nearly the whole file, the file's size says it.
_WHOLE = 0.6


def _file_too_large(context: RuleContext) -> Iterator[Hit]:
    size, lines = len(context.file.data), len(context.document.lines)
    names = (context.file.path, *context.file.aliases)
    message: str | None = None
    severity: Severity | None = None
    if size > _SKIPPED_BYTES:
        message, severity = f"{size:,} bytes: Claude Code skips files over 4 MiB whole", "high"
    elif size > _CODEX_BYTES and any(posixpath.basename(name) == "AGENTS.md" for name in names):
        message, severity = f"{size:,} bytes: Codex reads 32,768 and cuts the rest off", "high"
    elif not context.is_later_twin:
        message, severity = _over_target(context)
    if message:
        yield Hit(
            line=1,
            end_line=lines,
            message=message,
            suggestion="move what is not needed in every session to files that are read on demand",
            severity=severity,
        )


def _over_target(context: RuleContext) -> tuple[str | None, Severity | None]:
    """What to say of a file that is clearly over the documented target, and how badly."""
    lines = len(context.document.lines)
    paid = billable(context.document.blocks)
    written = sum(1 for line in split_lines(paid) if line.strip())
    tokens = count_tokens(paid)
    by_lines, by_tokens = lines / BUDGET_LINES, tokens / BUDGET_TOKENS
    least = (_CLEARLY, _LIGHT) if _is_at_start(context) else (_CLEARLY_NESTED, _CLEARLY)
    cost = f"about {tokens:,} tokens with {TOKENIZER_FOR}"
    if by_lines > least[0] and by_tokens > least[1] and 2 * written > BUDGET_LINES:
        target = f"the target of Claude Code's documentation is under {BUDGET_LINES}"
        return f"{lines:,} lines, {cost}; {target}", _rank(max(by_lines, by_tokens))
    if by_tokens > _HEAVY:
        target = f"{BUDGET_LINES} usual lines, the documented target, cost {BUDGET_TOKENS:,}"
        return f"{cost}, in {lines:,} lines; {target}", _rank(by_tokens)
    return None, None


def _is_at_start(context: RuleContext) -> bool:
    """Whether a session pays for the file before it does anything."""
    folder = posixpath.dirname(context.file.path)
    return context.file.loaded != "on_demand" and folder in {"", ".claude", ".claude/rules"}


def _rank(share: float) -> Severity:
    if share > 2.5:
        return "medium"
    return "low" if share > 1.5 else "info"


def _oversized_section(context: RuleContext) -> Iterator[Hit]:
    """Long sections, but for rules, examples and history, of which other rules speak."""
    for section in context.sections:
        first, last = section.start_line, section.blocks[-1].end_line
        lines = last - first + 1
        tokens = count_tokens(billable(section.blocks))
        kind = context.classes[first].type
        room = _ROOM_FOR_RULES if kind == "conventions" else 1
        is_long = lines > room * _SECTION_LINES and tokens > _LEAST_SECTION_TOKENS
        if not section.level or not (is_long or tokens > room * _SECTION_TOKENS):
            continue
        if kind in HISTORY or _EXAMPLES.search(section.title):
            continue
        if lines > _WHOLE * len(context.document.lines) and _over_target(context)[0]:
            continue
        yield Hit(
            line=first,
            end_line=last,
            subject=section.title,
            message=f"{lines:,} lines and about {tokens:,} tokens under one heading",
            suggestion="split it, or move it to a file of its own and say when to read that",
        )


RULES = (
    Rule("file_too_large", "a file beyond the documented budget", "low", _file_too_large),
    Rule("oversized_section", "too much under one heading", "medium", _oversized_section),
)
