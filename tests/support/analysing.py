"""The findings of a text, without the ceremony."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ccm_gitops.context.analysis import Analysis, analyze
from ccm_gitops.context.loading import load
from ccm_gitops.context.rules.model import Finding, Severity
from tests.support.trees import DictTree

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def analysis(
    text: str | bytes,
    files: Mapping[str, bytes | str] | None = None,
    path: str = "CLAUDE.md",
    severities: Mapping[str, Severity] | None = None,
) -> Analysis:
    """Analyse one context file in a tree of `files`."""
    tree = DictTree({**(files or {}), path: text})
    (file,) = load(tree, [path])
    return analyze(file, tree, now=NOW, severities=severities)


def findings(
    rule: str,
    text: str | bytes,
    files: Mapping[str, bytes | str] | None = None,
    path: str = "CLAUDE.md",
) -> list[Finding]:
    """What one rule finds."""
    return [finding for finding in analysis(text, files, path).issues if finding.rule == rule]
