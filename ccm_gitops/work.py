"""What a worker process does: one task in one project, from opening it to publishing its change."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ccm_gitops.config.model import Config, GlobSource, OptimizeConfig, PublishMode
from ccm_gitops.errors import CcmError, GitError, TaskError
from ccm_gitops.execution import ProjectResult
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.planning import Planned
from ccm_gitops.projects.model import Project
from ccm_gitops.publish import MODES, branch
from ccm_gitops.publish.model import Change, Order, Published, Target
from ccm_gitops.publish.worktree import write_files
from ccm_gitops.secrets import Secret, resolve, variables
from ccm_gitops.tasks import HANDLERS, PROPOSING
from ccm_gitops.tasks.model import Outcome, Unit
from ccm_gitops.workspace import Workspace, open_workspace


@dataclass(frozen=True, kw_only=True)
class Job:
    """One execution in one project; `tips` are, by branch, the commits known as ours there."""

    planned: Planned
    project: Project
    config: Config
    now: datetime
    environ: Mapping[str, str]
    cache: Path
    tips: Mapping[str, str]
    dry_run: bool

    @property
    def is_dry(self) -> bool:
        """Neither the caller nor the task wants anything written."""
        config = self.planned.task.config
        return self.dry_run or (isinstance(config, OptimizeConfig) and config.dry_run)


@dataclass(frozen=True, kw_only=True)
class WorkReport:
    """How a job ended; `may_pass` when trying again can help, `tips` to be remembered as ours."""

    job: Job
    results: tuple[ProjectResult, ...]
    tips: Mapping[str, str] = field(default_factory=dict)
    may_pass: bool = False
    attempts: int = 1


def work(job: Job) -> WorkReport:
    """Do the job; whatever goes wrong becomes its report, so that other jobs go on."""
    try:
        return _work(job)
    except CcmError as error:
        return failed(job, str(error), may_pass=isinstance(error, GitError | TaskError))
    except OSError as error:
        return failed(job, f"{error.filename or job.project.place}: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - the boundary around a work unit
        traceback.print_exc(file=sys.stderr)
        return failed(job, f"a defect of ccm-gitops: {type(error).__name__}: {error}")


def failed(job: Job, error: str, *, may_pass: bool = False) -> WorkReport:
    """The report of a job that did not get its work done."""
    result = ProjectResult(id=job.project.id, path=job.project.place, action="failed", error=error)
    return WorkReport(job=job, results=(result,), may_pass=may_pass)


def _work(job: Job) -> WorkReport:
    task = job.planned.task
    on_disk = task.publish.mode == "worktree"
    workspace = open_workspace(job.project, job.environ, job.cache, on_disk=on_disk)
    if not on_disk and (report := _standing(job, workspace)):
        return report
    outcome = HANDLERS[task.type](_unit(job, workspace, job.now))
    if not outcome.files:
        return WorkReport(job=job, results=outcome.results)
    if job.is_dry:
        return WorkReport(job=job, results=tuple(map(_would_save, outcome.results)))
    return _report(job, outcome, _publish(job, workspace, outcome))


def _standing(job: Job, workspace: Workspace) -> WorkReport | None:
    """The report of a job whose branch holds already what it would propose again.

    A change carries the date on which it was made (archives do), so it is made once more as of
    that date: what differs then differs in content, and not only in its date.
    """
    task = job.planned.task
    if workspace.target is None or workspace.base is None or task.type not in PROPOSING:
        return None
    order = _order(job)
    made_at = branch.proposed_at(workspace.target, order)
    if made_at is None:
        return None
    outcome = HANDLERS[task.type](_unit(job, workspace, made_at))
    if not outcome.files or not _goes_to_branch(job, outcome, workspace.target, workspace.base):
        return None
    change = _change(workspace.base, workspace, outcome)
    published = branch.standing(workspace.target, change, order)
    return _report(job, outcome, published) if published else None


def _report(job: Job, outcome: Outcome, published: Published) -> WorkReport:
    results = tuple(_published(result, published) for result in outcome.results)
    tips = {published.branch: published.tip} if published.branch and published.tip else {}
    return WorkReport(job=job, results=results, tips=tips)


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
        secrets=tuple(_secrets(job.config, job.environ)),
        timeout=job.config.settings.task_timeout.total_seconds(),
        dry_run=job.is_dry,
    )


def _secrets(config: Config, environ: Mapping[str, str]) -> Iterator[Secret]:
    """What webhooks and projects take from the environment: never to be shown."""
    sources = [source for source in config.projects if not isinstance(source, GlobSource)]
    templates = [source.token for source in sources]
    for webhook in config.webhooks:
        templates += [webhook.url, *webhook.secret, *webhook.headers.values()]
    names = {name for template in templates if template for name in variables(template)}
    yield from (Secret(environ[name]) for name in sorted(names) if environ.get(name))


def _publish(job: Job, workspace: Workspace, outcome: Outcome) -> Published:
    if workspace.base is None or workspace.target is None:
        if job.planned.task.publish.mode == "worktree" and job.project.path:
            before = _before(workspace, outcome)
            return write_files(job.project.path, outcome.files, before)
        raise TaskError(
            f"{job.project.place} is no git repository; only publish.mode worktree can write there"
        )
    change = _change(workspace.base, workspace, outcome)
    return MODES[_mode(job, outcome)](workspace.target, change, _order(job))


def _order(job: Job) -> Order:
    task = job.planned.task
    name = task.publish.branch.replace("{task}", task.id)
    return Order(
        task=task.id,
        execution=job.planned.execution,
        branch=name,
        author=job.config.settings.author,
        when=job.now,
        known_tip=job.tips.get(name),
        push=task.publish.push,
        token=resolve(job.project.token, job.environ) if job.project.token else None,
    )


def _change(base: Base, workspace: Workspace, outcome: Outcome) -> Change:
    return Change(
        base=base,
        files=outcome.files,
        message=outcome.message,
        before=_before(workspace, outcome),
    )


def _before(workspace: Workspace, outcome: Outcome) -> dict[str, bytes]:
    read = {path: workspace.tree.read(path) for path in outcome.files}
    return {path: data for path, data in read.items() if data is not None}


def _goes_to_branch(job: Job, outcome: Outcome, target: Target, base: Base) -> bool:
    """Would the change go to the task's own branch: by its mode, or since the base is in use."""
    if _mode(job, outcome) != "direct":
        return True
    return base.branch is None or base.branch in target.checked_out_branches()


def _mode(job: Job, outcome: Outcome) -> PublishMode:
    """The task's mode; straight to the base where `auto_apply` finds the saving large enough."""
    config = job.planned.task.config
    if isinstance(config, OptimizeConfig) and config.auto_apply_min_tokens is not None:
        saved = sum(result.tokens_saved for result in outcome.results)
        if saved >= config.auto_apply_min_tokens:
            return "direct"
    return job.planned.task.publish.mode


def _would_save(result: ProjectResult) -> ProjectResult:
    """Nothing was saved, only worked out: the figure moves to the details."""
    details = {**result.details, "would_save": result.tokens_saved}
    return replace(result, tokens_saved=0, details=details if result.tokens_saved else {})


def _published(result: ProjectResult, published: Published) -> ProjectResult:
    if not result.tokens_saved:
        return result
    action = {"created": "committed", "updated": "committed", "written": "applied"}
    details = {**result.details, "reason": published.reason} if published.reason else result.details
    is_new = published.action not in ("unchanged", "refused")
    return replace(
        result,
        action=action.get(published.action, published.action),
        # What an earlier run saved on the branch already is not saved again.
        tokens_saved=result.tokens_saved if is_new else 0,
        branch=published.branch,
        commit=published.commit,
        details=details,
    )
