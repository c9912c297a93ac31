"""GitHub Actions: workflow commands that annotate files, and the job summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ccm_gitops.execution import RunReport

if TYPE_CHECKING:
    from ccm_gitops.context.analysis import Analysis

_LEVELS = {"high": "error", "medium": "warning", "low": "notice", "info": "notice"}


def annotation(level: str, message: str, **properties: object) -> str:
    """One workflow command; text from files cannot break out of it.

    Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    fields = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{level}{' ' + fields if fields else ''}::{_data(message)}"


def analysis_annotations(path: str, analysis: Analysis) -> Iterator[str]:
    """A command a finding."""
    for issue in analysis.issues:
        yield annotation(
            _LEVELS[issue.severity],
            issue.message,
            file=f"{path}/{analysis.file}".removeprefix("./"),
            line=issue.line,
            endLine=issue.end_line,
            title=issue.rule,
        )


def run_annotations(report: RunReport) -> Iterator[str]:
    """An error for each task that failed and each message that nobody got, and the warnings."""
    for execution in report.executions:
        if execution.status == "failed":
            yield annotation("error", execution.error or "failed", title=execution.task_id)
    for note in report.notifications:
        if note.status != "delivered":
            yield annotation("warning", note.reason or note.status, title=f"webhook {note.webhook}")
    for warning in report.warnings:
        yield annotation("warning", warning)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
