"""A run's tables for the job summary."""

from __future__ import annotations

from datetime import UTC, datetime

from markdown_it import MarkdownIt

from ccm_gitops.execution import Execution, ProjectResult, RunReport
from ccm_gitops.report.markdown import run_report

NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)


def test_a_branch_leads_to_its_pull_request_and_what_waits_says_why():
    opened = ProjectResult(
        id="api", path="p", action="committed", branch="ccm/a_b|c", pull_request="https://h/x_y/1"
    )
    waits = ProjectResult(id="web", path="p", action="waiting", details={"reason": "waits: <b>"})
    execution = Execution(
        id="e",
        task_id="t",
        task_name="t",
        task_type="optimize",
        machine="m",
        trigger="scheduled",
        status="completed",
        projects=(opened, waits),
    )
    report = RunReport(
        started_at=NOW,
        finished_at=NOW,
        machine="m",
        dry_run=False,
        due=("t",),
        skipped=(),
        executions=(execution,),
        notifications=(),
        next_due_at=None,
    )
    html = MarkdownIt("commonmark").enable("table").render(run_report(report))
    assert '<td><a href="https://h/x_y/1">ccm/a_b|c</a></td>' in html
    assert "<td>waiting: waits: &lt;b&gt;</td>" in html
