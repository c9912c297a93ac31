"""`health_check`: score every context file and say what would help most."""

from __future__ import annotations

from dataclasses import replace

from ccm_gitops.config.model import HealthCheckConfig, RulesConfig
from ccm_gitops.context.analysis import Analysis
from ccm_gitops.tasks.analyze import analyze_files, result_of, without_context
from ccm_gitops.tasks.model import Outcome, Unit

_RECOMMENDATIONS = 5  # a file; more than that nobody reads


def execute(unit: Unit) -> Outcome:
    """Score; the alert itself is raised by who reads the scores against the threshold."""
    config = unit.task.config
    assert isinstance(config, HealthCheckConfig)
    results = []
    for analysis in analyze_files(unit, RulesConfig()):
        result = result_of(unit, analysis, "checked")
        if config.include_recommendations:
            result = replace(result, recommendations=_recommend(analysis))
        results.append(result)
    return Outcome(results=tuple(results) or (without_context(unit),))


def _recommend(analysis: Analysis) -> tuple[str, ...]:
    worst = sorted(analysis.issues, key=lambda issue: -issue.estimated_savings)
    return tuple(
        f"{analysis.file}:{issue.line}: {issue.message}"
        + (f"; {issue.suggestion}" if issue.suggestion else "")
        for issue in worst[:_RECOMMENDATIONS]
    )
