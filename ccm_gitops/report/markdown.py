"""Markdown, for the job summary and for reports that are read in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from ccm_gitops.clock import format_instant
from ccm_gitops.execution import ProjectResult, RunReport
from ccm_gitops.report.run_table import found
from ccm_gitops.report.table import seconds, starts

if TYPE_CHECKING:
    from ccm_gitops.context.analysis import Analysis

_URL = ":/?#[]@!$&'()*+,;=%"  # what an address may hold as it is


def run_report(report: RunReport) -> str:
    """A whole run as headings and tables."""
    parts = ["## ccm-gitops" + (" (dry run)" if report.dry_run else "")]
    if not report.executions:
        parts.append("Nothing was due.")
    for execution in report.executions:
        mark = {"completed": "✅", "failed": "❌"}.get(execution.status, "⏭️")
        facts = [execution.status, execution.trigger, seconds(execution.duration_ms)]
        parts.append(f"### {mark} {escape(execution.task_name)}")
        parts.append(", ".join(filter(None, facts)))
        if execution.error:
            parts.append(f"> {escape(execution.error)}")
        if execution.projects:
            parts.append(_projects(execution.projects))
        parts.append("\n".join(map(_finding, found(execution))))
    if report.next_due_at:
        parts.append(f"Next due at {format_instant(report.next_due_at)}.")
    return "\n\n".join(filter(None, parts)) + "\n"


def analyses(items: Sequence[tuple[str, Analysis]]) -> str:
    """Files with their figures, what a start costs, then the findings."""
    files = [
        [
            f"{path}/{a.file}",
            (a.loaded or "").replace("_", " "),
            str(a.score),
            str(len(a.issues)),
            str(a.lines),
            f"{a.tokens:,}",
        ]
        for path, a in items
    ]
    findings = [
        [f"{path}/{a.file}:{i.line}", i.severity, i.rule, i.message]
        for path, a in items
        for i in a.issues
    ]
    parts = [table(["File", "Loaded", "Score", "Issues", "Lines", "Tokens"], files)]
    parts += map(escape, starts(items))
    if findings:
        parts.append(table(["Place", "Severity", "Rule", "What"], findings))
    return "\n\n".join(parts) + "\n"


class _Markdown(str):
    """Text that is Markdown, and is shown as such."""


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A pipe table; cells are escaped, but for those that are Markdown already."""
    cells = (
        [cell if isinstance(cell, _Markdown) else escape(cell) for cell in row] for row in rows
    )
    lines = [headers, ["---"] * len(headers), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escape(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    for character in "\\`*_[]|#":
        text = text.replace(character, "\\" + character)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(text.split())


def _projects(results: Sequence[ProjectResult]) -> str:
    rows = [
        [
            result.id,
            result.file or "",
            "" if result.score is None else str(result.score),
            "" if result.issues is None else str(result.issues),
            "" if result.tokens is None else f"{result.tokens:,}",
            f"{result.tokens_saved:,}" if result.tokens_saved else "",
            result.error or _action(result),
            _branch(result),
        ]
        for result in results
    ]
    headers = ["Project", "File", "Score", "Issues", "Tokens", "Saved", "Result", "Branch"]
    return table(headers, rows)


def _finding(text: str) -> str:
    """A line of `found`; a recommendation stays an item of a list."""
    return f"- {escape(text[2:])}" if text.startswith("- ") else f"{escape(text)}\n"


def _action(result: ProjectResult) -> str:
    reason = result.details.get("reason")
    return f"{result.action}: {reason}" if reason else result.action or ""


def _branch(result: ProjectResult) -> str:
    """The branch, which leads to its pull request."""
    branch = result.branch or ""
    if not result.pull_request:
        return branch
    return _Markdown(f"[{escape(branch)}](<{quote(result.pull_request, safe=_URL)}>)")
