"""What a run says at its end."""

from __future__ import annotations

import pytest

from ccm_gitops.execution import RunReport
from ccm_gitops.report.table import run_report
from tests.notify.samples import execution
from tests.support.histories import NOW


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
    report = RunReport(
        started_at=NOW,
        finished_at=NOW,
        machine="testbox",
        dry_run=dry_run,
        due=tuple(item.task_id for item in executions) if is_due else (),
        skipped=(),
        executions=executions,
        notifications=(),
        next_due_at=None,
    )
    assert run_report(report).endswith(end)
