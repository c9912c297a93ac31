"""What a worker process does: one task in one project, from opening it to publishing its change."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from datetime import datetime

from ccm_gitops.allowance import Allowance
from ccm_gitops.config.variables import secret_variables_of
from ccm_gitops.errors import (
    BaseMovedError,
    CcmError,
    ForgeError,
    GitError,
    HttpError,
    RepositoryError,
    TaskError,
)
from ccm_gitops.forges import KINDS, Place, pushing_token
from ccm_gitops.job import Job, WorkReport, failed
from ccm_gitops.projects.model import Project
from ccm_gitops.proposing import propose
from ccm_gitops.secrets import Secret
from ccm_gitops.sizes import format_size
from ccm_gitops.tasks import HANDLERS, PROPOSING
from ccm_gitops.tasks.model import Outcome, Unit
from ccm_gitops.workspace import Workspace, open_workspace

# What is taken where the configuration names no variable: also never to be shown.
_UNNAMED = (*(kind.token_variable for kind in KINDS.values()), "CCM_TOKEN")
_TRIES = 5  # on a base that others push to at the same time


def work(job: Job, allowance: Allowance) -> WorkReport:
    """Do the job; whatever goes wrong becomes its report, so that other jobs go on."""
    try:
        return _work(job, allowance)
    except CcmError as error:
        return failed(job, str(error), may_pass=_may_pass(error))
    except OSError as error:
        return failed(job, f"{error.filename or job.project.place}: {error.strerror or error}")
    except MemoryError:
        limit = job.config.settings.memory_limit
        bound = f" than memory_limit ({format_size(limit)})" if limit else " than there is"
        return failed(job, f"needs more memory{bound}")
    except Exception as error:  # noqa: BLE001 - the boundary around a work unit
        traceback.print_exc(file=sys.stderr)
        return failed(job, f"a defect of ccm-gitops: {type(error).__name__}: {error}")


def _may_pass(error: CcmError) -> bool:
    """Can another try end better: not where the configuration or the place is what is wrong."""
    if isinstance(error, ForgeError | HttpError | TaskError):
        return error.temporary
    return isinstance(error, GitError) and not isinstance(error, RepositoryError)


def _work(job: Job, allowance: Allowance) -> WorkReport:
    for _ in range(_TRIES - 1):
        try:
            return _work_once(job, allowance)
        except BaseMovedError:
            continue  # made again of what the base is now
    return _work_once(job, allowance)


def _work_once(job: Job, allowance: Allowance) -> WorkReport:
    job = replace(job, project=_with_token(job))
    task = job.planned.task
    on_disk = task.publish.mode == "worktree"
    workspace = open_workspace(job.project, job.environ, job.cache, on_disk=on_disk)

    def make(as_of: datetime) -> Outcome:
        return HANDLERS[task.type](_unit(job, workspace, as_of))

    if task.type in PROPOSING:
        return propose(job, workspace, make, allowance)
    return WorkReport(job=job, results=make(job.now).results)


def _with_token(job: Job) -> Project:
    """The project; where it has no token and a pull request is wanted, with that one's."""
    project, publish = job.project, job.planned.task.publish
    if project.token or publish.mode != "pull_request":
        return project
    place = Place(url=project.repo or "", kind=None, api_url=None, is_declared=True)
    return replace(project, token=pushing_token(place, publish.token, job.environ))


def _unit(job: Job, workspace: Workspace, now: datetime) -> Unit:
    return Unit(
        task=job.planned.task,
        execution=job.planned.execution,
        project=job.project.id,
        path=job.project.place,
        folder=job.project.path,
        base=job.config.folder,
        tree=workspace.tree,
        context_files=job.config.settings.context_files,
        now=now,
        slot=job.planned.slot,
        environ=job.environ,
        secrets=tuple(
            Secret(job.environ[name])
            for name in (*secret_variables_of(job.config), *_UNNAMED)
            if job.environ.get(name)
        ),
        timeout=job.config.settings.task_timeout.total_seconds(),
        dry_run=job.is_dry,
    )
