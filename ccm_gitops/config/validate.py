"""A document judged: first its shape by the schema, then its meaning; everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ccm_gitops.config.caution import check_caution
from ccm_gitops.config.document import Document, Finding, format_path, in_file_order, without
from ccm_gitops.config.explain import explain
from ccm_gitops.config.meaning import check_projects, check_settings, check_tasks, check_webhooks
from ccm_gitops.config.references import check_references
from ccm_gitops.errors import Problem

_VERSION = 1


def validate(
    document: Document, unreadable: Sequence[Problem], folder: Path
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Errors and warnings, each in file order.

    `unreadable` is what was wrong as YAML already; `folder` is what relative paths start from.
    """
    data = document.data
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > _VERSION:
        message = f"is {version}, and this program reads {_VERSION}; upgrade ccm-gitops"
        return (document.problem(Finding(("version",), message)),), ()
    shape = explain(data)
    sound = without(data, shape)
    if not isinstance(sound, dict):
        return _merge(document, unreadable, shape), ()
    findings = [
        *shape,
        *check_settings(sound),
        *check_projects(sound),
        *check_webhooks(sound),
        *check_tasks(sound),
        *check_references(sound, data, folder),
    ]
    warnings = in_file_order(map(document.problem, check_caution(sound)))
    return _merge(document, unreadable, findings), warnings


def _merge(
    document: Document, unreadable: Sequence[Problem], findings: Sequence[Finding]
) -> tuple[Problem, ...]:
    """All problems in file order, less those that only follow from a part that was unreadable."""
    places = {(problem.line, problem.column) for problem in unreadable}
    incomplete = {problem.where for problem in unreadable}
    problems = [
        document.problem(finding)
        for finding in findings
        if finding.spoils != "nothing" or format_path(finding.path) not in incomplete
    ]
    fresh = [problem for problem in problems if (problem.line, problem.column) not in places]
    return in_file_order([*unreadable, *fresh])
