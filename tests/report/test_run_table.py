"""What a run says: what a look found in all, and how it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from ccm_gitops.execution import RunReport
from ccm_gitops.report import markdown
from ccm_gitops.report.run_table import found, run_report
from tests.notify.samples import execution, optimization
from tests.support.histories import NOW

LOOK = execution(
    task_type="health_check",
    alert_threshold=70,
    projects=(
        replace(
            execution().projects[0], file="CLAUDE.md", recommendations=("CLAUDE.md:3: *cut* it",)
        ),
        execution().projects[1],
    ),
)


@pytest.mark.parametrize(
    ("ran", "told"),
    [
        (LOOK, ["mean score 66 of 100; below 70: api at 42", "- api/CLAUDE.md:3: *cut* it"]),
        (
            replace(LOOK, alert_threshold=40, projects=LOOK.projects[1:]),
            ["mean score 90 of 100; below 40: none"],
        ),
        (execution(), ["mean score 66 of 100"]),
        (execution(projects=()), []),
        (optimization(), []),
    ],
)
def test_what_a_look_found_in_all_is_told(ran, told):
    assert list(found(ran)) == told
    assert "\n".join(told) in run_report(report(ran))
    html = MarkdownIt("commonmark").enable("table").render(markdown.run_report(report(ran)))
    if told[1:]:
        assert "<p>mean score 66 of 100; below 70: api at 42</p>" in html
        assert "<li>api/CLAUDE.md:3: *cut* it</li>" in html


@pytest.mark.parametrize(
    ("statuses", "is_due", "dry_run", "end"),
    [
        (["completed"], True, False, "Done; no task has a next time."),
        ([], False, False, "Nothing was due; no task has a next time."),
        (["completed", "failed"], True, False, "1 task failed; no task has a next time."),
        (["failed", "failed"], True, False, "2 tasks failed; no task has a next time."),
        (["failed"], False, False, "Nothing was due; 1 task failed; no task has a next time."),
        (["failed"], True, True, "pushed or sent; 1 task failed; no task has a next time."),
    ],
)
def test_a_run_ends_with_how_many_tasks_failed(statuses, is_due, dry_run, end):
    executions = tuple(execution(task_id=f"t{n}", status=s) for n, s in enumerate(statuses))
    due = [item.task_id for item in executions] if is_due else []
    assert run_report(report(*executions, due=due, dry_run=dry_run)).endswith(end)


def report(*executions, due=(), dry_run=False):
    return RunReport(
        started_at=NOW,
        finished_at=NOW,
        machine="testbox",
        dry_run=dry_run,
        due=tuple(due),
        skipped=(),
        executions=executions,
        notifications=(),
        next_due_at=None,
    )
