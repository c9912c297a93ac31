"""One number for a file, 0 to 100: what it costs, what of it is wasted, what of it is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from ccm_gitops.context.rules.model import Finding

_SIZE, _WASTE, _REFERENCES, _CLARITY = 45, 25, 20, 10
# Nobody gains by trimming a page; 200 lines, the documented target, still score 93 and more.
_FREE_LINES, _MOST_LINES = 50, 1000
# Usual Markdown has about 20 tokens a line.
_FREE_TOKENS, _MOST_TOKENS = 1_000, 20_000
_BROKEN = frozenset({"outdated_reference", "dead_import", "unknown_command", "contradicted_claim"})
# Findings that are counted elsewhere, or that a file is not worse for an agent by.
_ELSEWHERE = _BROKEN | {
    *("file_too_large", "completed_work_verbose", "changelog_in_context", "duplicate_content"),
    *("badges", "duplicate_file", "oversized_section"),
}


def score(*, lines: int, tokens: int, savings: int, findings: Sequence[Finding]) -> int:
    """The sum of four parts, each of which can only grow when a finding is mended.

    - size, 45: all of it up to 50 lines and 1,000 tokens, none from 1,000 lines or 20,000 tokens
      on, the worse of the two counting. The largest part, since size is the one thing that the
      agents' makers give a number for, and it is paid in every session.
    - waste, 25: less by twice the share of the tokens that an optimisation saves; each line is
      counted once, however many findings speak of it. Half a file of waste takes it all.
    - references, 20: 4 for each path, import or command that is not there, and for each
      statement that the tree contradicts. Statements that are
      wrong mislead an agent, so that five take it all.
    - clarity, 10: 2 for each other finding.

    Lines and tokens are those that an agent pays for. A file that cannot be read scores 0.
    """
    if any(finding.rule == "unreadable_file" for finding in findings):
        return 0
    broken = sum(finding.rule in _BROKEN for finding in findings)
    unclear = sum(
        finding.rule not in _ELSEWHERE and finding.severity != "info" for finding in findings
    )
    room = min(_room(lines, _FREE_LINES, _MOST_LINES), _room(tokens, _FREE_TOKENS, _MOST_TOKENS))
    total = (
        _SIZE * room
        + _WASTE * max(0.0, 1 - 2 * savings / max(tokens, 1))
        + max(0, _REFERENCES - 4 * broken)
        + max(0, _CLARITY - 2 * unclear)
    )
    return round(total)


def _room(value: int, free: int, most: int) -> float:
    return min(1.0, max(0.0, (most - value) / (most - free)))
