"""The pool of worker processes, without a runner."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from ccm_gitops.allowance import Allowance
from ccm_gitops.config.model import Config, CustomConfig, FileState, Settings, Task
from ccm_gitops.executor import run_jobs
from ccm_gitops.job import Job
from ccm_gitops.plan import Planned
from ccm_gitops.projects.model import Project
from ccm_gitops.schedule.model import Manual


def job(root: Path, execution: str, *command: str) -> Job:
    task = Task(
        id="a", name="a", type="custom", schedule=Manual(), config=CustomConfig(command=command)
    )
    settings = Settings(state=FileState(root / "state.json"))
    return Job(
        planned=Planned(task=task, key="a", execution=execution, trigger="scheduled"),
        project=Project(id="api", path=root),
        config=Config(path=root / "schedules.yaml", settings=settings),
        now=datetime(2026, 1, 19, 9, tzinfo=UTC),
        environ=dict(os.environ),
        cache=root / "cache",
        branches={},
        dry_run=False,
    )


def test_work_that_another_runner_took_over_is_stopped_and_the_rest_goes_on(tmp_path):
    jobs = [job(tmp_path, "lost", "sleep", "60"), job(tmp_path, "kept", "true")]
    begun = monotonic()
    allowance = Allowance(("lost", "kept"), 0)
    settings = jobs[0].config.settings
    reports = list(run_jobs(jobs, settings, allowance, lambda: frozenset({"lost"})))
    found = {report.job.planned.execution: report.results[0].error for report in reports}
    assert found == {"lost": "another runner took the task over; stopped", "kept": None}
    assert monotonic() - begun < 30
