"""One number for a file, 0 to 100: what it costs, what of it is wasted, what of it is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from ccm_gitops.context.rules.model import Finding, Severity

_SIZE, _WASTE, _REFERENCES, _ACTION, _CLARITY = 40, 25, 20, 5, 10
# Up to here nobody gains by trimming; at the documented target of 200 lines a file has 94 and more.
_FREE_LINES, _MOST_LINES = 150, 1_000
# Usual Markdown has about 20 tokens a line.
_FREE_TOKENS, _MOST_TOKENS = 3_000, 20_000
# Beyond the limit of an agent, what is left counts no more than this.
_BEYOND_LIMIT = 0.3
# An overview may have a paragraph or two.
_FREE_IDLE, _MOST_IDLE = 300, 3_000
_BROKEN: Mapping[str, int] = {
    "outdated_reference": 4,
    "contradicted_claim": 5,
    "conflicting_instructions": 5,
    "unknown_command": 5,
    "dead_import": 6,
}
_FIRST_BROKEN = 3
# A credential or a planted instruction is not made up for by any other virtue.
_DANGER = frozenset({"secret", "planted_instruction", "hidden_characters"})
_DANGEROUS, _MOST_DANGEROUS = 25, 50
# What counts by its size, under waste.
_HISTORY = frozenset({"completed_work_verbose", "changelog_in_context"})
# Findings that are counted elsewhere, or that a file is not worse for an agent by.
_ELSEWHERE = {
    *(*_BROKEN, *_DANGER, *_HISTORY),
    *("file_too_large", "oversized_section", "badges", "duplicate_file"),
}
_UNCLEAR: Mapping[Severity, float] = {"high": 4, "medium": 2, "low": 1, "info": 0}


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What an agent pays for: lines, and tokens, each line counted once.

    `savings` could be saved; `doubtful` are records of finished work with something in them that
    may still hold; `idle` stand in other sections that instruct nobody.
    """

    lines: int
    tokens: int
    savings: int = 0
    doubtful: int = 0
    idle: int = 0


def score(costs: Costs, findings: Sequence[Finding]) -> int:
    """The sum of five parts, each of which can only grow when a finding is mended.

    - size, 40: all of it up to 150 lines and 3,000 tokens, none from 1,000 lines or 20,000 tokens
      on, in between by the logarithm, the worse of the two counting: the way from 200 lines to 400
      costs more than the one from 600 to 800. At most 12 beyond a limit at which an agent cuts.
    - waste, 25: less by twice the share of the tokens that could be saved, and by once that of the
      doubtful ones.
    - references, 20: 4 for each path that is not there, 5 for a command, a contradicted claim or
      an instruction that another contradicts, 6 for an import; 3 more for the first. Statements
      that are wrong mislead an agent.
    - action, 5: all of it up to 300 idle tokens, none from 3,000 on, in between in proportion.
    - clarity, 10: by severity 4, 2 or 1 for each other finding, none for info.

    A credential, a planted instruction or hidden text takes 25 off the sum, two and more take 50.
    A file that cannot be read scores 0.
    """
    rules = Counter(finding.rule for finding in findings)
    if rules["unreadable_file"]:
        return 0
    broken = sum(weight * rules[rule] for rule, weight in _BROKEN.items())
    dangers = sum(rules[rule] for rule in _DANGER)
    unclear = sum(
        _UNCLEAR[finding.severity]
        for finding in findings
        if finding.rule not in _ELSEWHERE and not finding.estimated_savings
    )
    waste = (2 * costs.savings + costs.doubtful) / max(costs.tokens, 1)
    idle = (costs.idle - _FREE_IDLE) / (_MOST_IDLE - _FREE_IDLE)
    total = (
        _SIZE * _room(costs, findings)
        + _WASTE * max(0.0, 1 - waste)
        + max(0, _REFERENCES - broken - _FIRST_BROKEN * bool(broken))
        + _ACTION * (1 - min(1.0, max(0.0, idle)))
        + max(0, _CLARITY - unclear)
        - min(_MOST_DANGEROUS, _DANGEROUS * dangers)
    )
    return max(0, round(total))


def is_doubtful(finding: Finding) -> bool:
    """Whether the lines of a finding count as waste in part, though nothing is saved for sure."""
    return finding.rule in _HISTORY and not finding.estimated_savings


def _room(costs: Costs, findings: Sequence[Finding]) -> float:
    room = min(
        _share(costs.lines, _FREE_LINES, _MOST_LINES),
        _share(costs.tokens, _FREE_TOKENS, _MOST_TOKENS),
    )
    is_cut = any(f.rule == "file_too_large" and f.severity == "high" for f in findings)
    return min(room, _BEYOND_LIMIT) if is_cut else room


def _share(value: int, free: int, most: int) -> float:
    return min(1.0, max(0.0, 1 - log(max(value, 1) / free) / log(most / free)))
