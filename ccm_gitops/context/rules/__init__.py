"""Rules: what is checked in a context file. A new one is a line in its family's `RULES`."""

from __future__ import annotations

from collections.abc import Mapping, Set

from ccm_gitops.context.rules import (
    claims,
    clarity,
    commands,
    conflicts,
    duplication,
    fences,
    history,
    instructions,
    references,
    safety,
    secrets,
    shape,
    size,
    staleness,
    weight,
)
from ccm_gitops.context.rules.model import Finding, Hit, Rule, RuleContext, Severity
from ccm_gitops.context.rules.suppression import find_suppressions

_FAMILIES = (
    *(size, history, staleness, duplication, references, claims, commands, weight, shape),
    *(fences, clarity, instructions, conflicts, safety, secrets),
)

RULES: Mapping[str, Rule] = {rule.id: rule for family in _FAMILIES for rule in family.RULES}


def run_rules(
    context: RuleContext,
    *,
    disabled: Set[str] = frozenset(),
    severities: Mapping[str, Severity] | None = None,
) -> tuple[Finding, ...]:
    """Every finding of the rules that are not disabled, by line; `severities` override by rule.

    A rule that is opt-in runs where `severities` names it.
    """
    suppressions = tuple(find_suppressions(context.document))
    found = (
        _finding(rule, hit, context, (severities or {}).get(rule.id))
        for rule in RULES.values()
        if rule.id not in disabled and (not rule.opt_in or rule.id in (severities or {}))
        for hit in rule.check(context)
        if not any(suppression.covers(rule.id, hit.line) for suppression in suppressions)
    )
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.rule, finding.column)))


def _finding(rule: Rule, hit: Hit, context: RuleContext, severity: Severity | None) -> Finding:
    return Finding(
        rule=rule.id,
        severity=severity or hit.severity or rule.severity,
        line=hit.line,
        end_line=hit.end_line,
        column=hit.column,
        section=context.section_at(hit.line).title,
        subject=hit.subject,
        message=hit.message,
        suggestion=hit.suggestion,
        estimated_savings=hit.savings,
        confidence=hit.confidence,
        fixable=hit.fixable,
    )


__all__ = ["RULES", "Finding", "Rule", "RuleContext", "Severity", "run_rules"]
