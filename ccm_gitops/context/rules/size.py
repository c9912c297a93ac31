"""Files and sections that are larger than agents, or people, read well."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ccm_gitops.context.document import split_lines
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext, Severity
from ccm_gitops.context.tokens import billable, count_tokens

# Claude Code's documentation: "target under 200 lines per CLAUDE.md file"; larger than 4 MiB is
# not loaded at all. Codex cuts the chain of AGENTS.md files at 32 KiB, with a line in its log.
BUDGET_LINES = 200
# What 200 usual lines cost; few lines may be long ones.
BUDGET_TOKENS = 4_000
_SKIPPED_BYTES = 4 * 1024 * 1024
_CODEX_BYTES = 32 * 1024
_SECTION_LINES, _SECTION_TOKENS = 100, 2500


def _file_too_large(context: RuleContext) -> Iterator[Hit]:
    size, lines = len(context.file.data), len(context.document.lines)
    names = (context.file.path, *context.file.aliases)
    suggestion = "move what is not needed in every session to files that are read on demand"

    def hit(message: str, severity: Severity) -> Hit:
        return Hit(
            line=1, end_line=lines, message=message, suggestion=suggestion, severity=severity
        )

    paid = billable(context.document.blocks)
    written = sum(1 for line in split_lines(paid) if line.strip())
    tokens = count_tokens(paid)
    if size > _SKIPPED_BYTES:
        yield hit(f"{size:,} bytes: Claude Code skips files over 4 MiB whole", "high")
    elif size > _CODEX_BYTES and any(posixpath.basename(name) == "AGENTS.md" for name in names):
        yield hit(f"{size:,} bytes: Codex reads 32,768 and cuts the rest off", "high")
    elif lines > BUDGET_LINES and 2 * written > BUDGET_LINES:
        rank = _rank(max(lines / BUDGET_LINES, tokens / BUDGET_TOKENS))
        yield hit(f"{lines:,} lines; the documented target is under {BUDGET_LINES}", rank)
    elif tokens > BUDGET_TOKENS:
        target = f"the documented target of {BUDGET_LINES} lines is about {BUDGET_TOKENS:,}"
        yield hit(f"about {tokens:,} tokens; {target}", _rank(tokens / BUDGET_TOKENS))


def _rank(share: float) -> Severity:
    if share > 2.5:
        return "medium"
    return "low" if share > 1.5 else "info"


def _oversized_section(context: RuleContext) -> Iterator[Hit]:
    for section in context.sections:
        lines = section.blocks[-1].end_line - section.start_line + 1
        tokens = count_tokens(billable(section.blocks))
        if not section.level or (lines <= _SECTION_LINES and tokens <= _SECTION_TOKENS):
            continue
        yield Hit(
            line=section.start_line,
            end_line=section.blocks[-1].end_line,
            subject=section.title,
            message=f"{lines:,} lines and about {tokens:,} tokens under one heading",
            suggestion="split it, or move it to a file of its own and say when to read that",
        )


RULES = (
    Rule("file_too_large", "a file beyond the documented budget", "low", _file_too_large),
    Rule("oversized_section", "too much under one heading", "medium", _oversized_section),
)
