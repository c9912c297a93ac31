"""What a worker process gets and gives back: one execution in one project, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ccm_gitops.config.model import Config, OptimizeConfig
from ccm_gitops.execution import ProjectResult
from ccm_gitops.plan import Planned
from ccm_gitops.projects.model import Project
from ccm_gitops.state.model import BranchRecord


@dataclass(frozen=True, kw_only=True)
class Job:
    """One execution in one project; `branches` are, by name, those known as ours there."""

    planned: Planned
    project: Project
    config: Config
    now: datetime
    environ: Mapping[str, str]
    cache: Path
    branches: Mapping[str, BranchRecord]
    dry_run: bool

    @property
    def is_dry(self) -> bool:
        """Neither the caller nor the task wants anything written."""
        config = self.planned.task.config
        return self.dry_run or (isinstance(config, OptimizeConfig) and config.dry_run)


@dataclass(frozen=True, kw_only=True)
class WorkReport:
    """How a job ended; `may_pass` when trying again can help, `branches` to be remembered.

    `errors` are those of the tries before the last.
    """

    job: Job
    results: tuple[ProjectResult, ...]
    branches: Mapping[str, BranchRecord] = field(default_factory=dict)
    may_pass: bool = False
    attempts: int = 1
    errors: tuple[str, ...] = ()


def failed(job: Job, error: str, *, may_pass: bool = False) -> WorkReport:
    """The report of a job that did not get its work done."""
    result = ProjectResult(id=job.project.id, path=job.project.place, action="failed", error=error)
    return WorkReport(job=job, results=(result,), may_pass=may_pass)
