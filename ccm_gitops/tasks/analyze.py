"""`analyze`: look at every context file of a project and report."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_gitops.config.model import AnalyzeConfig, RulesConfig
from ccm_gitops.context.analysis import Analysis, analyze
from ccm_gitops.context.loading import load
from ccm_gitops.execution import ProjectResult
from ccm_gitops.tasks.model import Outcome, Unit


def execute(unit: Unit) -> Outcome:
    """Analyse; nothing is changed and nothing saved."""
    config = unit.task.config
    assert isinstance(config, AnalyzeConfig)
    analyses = analyze_files(unit, config.rules)
    return Outcome(
        results=tuple(result_of(unit, analysis, "analyzed") for analysis in analyses)
        or (without_context(unit),)
    )


def analyze_files(unit: Unit, rules: RulesConfig) -> Iterator[Analysis]:
    """The analyses of the project's context files, in the configured order."""
    for file in load(unit.tree, unit.context_files):
        yield analyze(
            file, unit.tree, now=unit.now, disabled=rules.disable, severities=rules.severity
        )


def result_of(unit: Unit, analysis: Analysis, action: str) -> ProjectResult:
    """One analysis as the result of this unit."""
    return ProjectResult(
        id=unit.project,
        path=unit.path,
        file=analysis.file,
        score=analysis.score,
        issues=len(analysis.issues),
        tokens=analysis.tokens,
        action=action,
    )


def without_context(unit: Unit) -> ProjectResult:
    """The result for a project that has none of the context files; that is no failure."""
    return ProjectResult(id=unit.project, path=unit.path, action="no context file")
