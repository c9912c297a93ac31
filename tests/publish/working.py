"""One piece of work as a worker process does it, without the process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ccm_gitops.allowance import Allowance
from ccm_gitops.config.model import (
    DEFAULT_CONTEXT_FILES,
    Config,
    FileState,
    OptimizeConfig,
    Publish,
    Settings,
    Task,
)
from ccm_gitops.job import Job, WorkReport
from ccm_gitops.plan import Planned
from ccm_gitops.projects.model import Project
from ccm_gitops.schedule.model import Manual
from ccm_gitops.state.model import BranchRecord
from ccm_gitops.work import work
from tests.support import forge, gitlab

ENVIRON = {
    "GITHUB_TOKEN": forge.TOKEN,
    "GITLAB_TOKEN": gitlab.TOKEN,
    "PATH": os.environ["PATH"],
}


def do(
    root: Path,
    project: Mapping[str, Any],
    publish: Publish,
    *,
    day: int = 1,
    known: Mapping[str, BranchRecord] = {},
    opened_lately: int = 0,
    environ: Mapping[str, str] = ENVIRON,
    context_files: tuple[str, ...] = DEFAULT_CONTEXT_FILES,
    dry_run: bool = False,
    **task: Any,
) -> WorkReport:
    """The work of a task (`tidy`, type `optimize`) on that day in a project; `root` is scratch."""
    fields = {"id": "tidy", "type": "optimize", "config": OptimizeConfig(), **task}
    made = Task(name=fields["id"], schedule=Manual(), publish=publish, **fields)
    execution = f"exec-{day}"
    job = Job(
        planned=Planned(task=made, key=made.id, execution=execution, trigger="scheduled"),
        project=Project(id="api", **project),
        config=Config(
            path=root / "schedules.yaml",
            settings=Settings(state=FileState(root / "state.json"), context_files=context_files),
        ),
        now=datetime(2026, 2, day, 3, 17, tzinfo=UTC),
        environ=environ,
        cache=root / "cache",
        branches=known,
        dry_run=dry_run,
    )
    return work(job, Allowance([execution], opened_lately))
