"""From a task's outcome to a proposal: made once, left alone while it stands, never again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ccm_gitops.allowance import Allowance
from ccm_gitops.config.model import OptimizeConfig, PublishMode
from ccm_gitops.context.optimize import saved_at_start
from ccm_gitops.errors import GitError, TaskError
from ccm_gitops.execution import ProjectResult
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.job import Job, WorkReport
from ccm_gitops.ordering import make_order
from ccm_gitops.publish import FORESEEN, MODES, branch, proposals, pull_request
from ccm_gitops.publish.model import Change, Published, Target
from ccm_gitops.publish.worktree import check_files, write_files
from ccm_gitops.resuming import branch_of
from ccm_gitops.state.model import BranchRecord
from ccm_gitops.tasks.model import Outcome
from ccm_gitops.workspace import Workspace

Make = Callable[[datetime], Outcome]
_NEW = ("created", "updated", "applied", "written")


def propose(job: Job, workspace: Workspace, make: Make, allowance: Allowance) -> WorkReport:
    """Publish what `make` makes of the project now, unless it stands, or was decided on, already.

    New pull requests are counted by `allowance`. Raises CcmError when git or the task refuses.
    """
    if workspace.target is None or workspace.base is None:
        outcome = make(job.now)
        return _report(job, outcome, _write(job, workspace, outcome) if outcome.files else None)
    desk = _Desk(job, workspace, workspace.target, workspace.base, allowance)
    on_disk = job.planned.task.publish.mode == "worktree"
    known = None if on_disk else desk.known(make)
    return known or desk.new(make(job.now))


class _Desk:
    """One proposal in the making: where it goes, on whose behalf, and what is known of it."""

    def __init__(
        self, job: Job, workspace: Workspace, target: Target, base: Base, allowance: Allowance
    ) -> None:
        self.job, self.workspace, self.target, self.base = job, workspace, target, base
        record = job.branches.get(branch_of(job.planned.task), BranchRecord())
        self.order = make_order(job, target, record, allowance)
        self.record = proposals.review(target, base, record, self.order)

    def known(self, make: Make) -> WorkReport | None:
        """The report where the branch holds the change already, or people turned it down."""
        made_at = branch.proposed_at(self.target, self.order)
        for date in proposals.dates(self.record, made_at):
            outcome = make(date)
            if not outcome.files:
                continue
            change = self._change(outcome)
            if answer := proposals.turned_down(self.record, change, self.order):
                return self._report(outcome, answer, self.record)
            if date == made_at and (answer := self._standing(outcome, change)):
                return self._published(outcome, change, answer)
        return None

    def new(self, outcome: Outcome) -> WorkReport:
        """The report of a change that nobody has seen, or of none."""
        if not outcome.files:
            return self._withdrawn(outcome)
        change = self._change(outcome)
        if answer := proposals.turned_down(self.record, change, self.order):
            return self._report(outcome, answer, self.record)
        mode = _mode(self.job, outcome)
        if self.job.is_dry:
            return self._report(outcome, self._foreseen(mode, change), self.record)
        answer = MODES[mode](self.target, change, self.order)
        return self._published(outcome, change, answer)

    def _foreseen(self, mode: PublishMode, change: Change) -> Published:
        """What a dry run can tell; a base that is elsewhere or out of reach is a refusal."""
        try:
            return FORESEEN[mode](self.target, change, self.order)
        except GitError as error:
            return Published(action="refused", reason=str(error))

    def _standing(self, outcome: Outcome, change: Change) -> Published | None:
        is_direct = _mode(self.job, outcome) == "direct"
        if is_direct and self.base.branch not in (None, *self.target.checked_out_branches()):
            return None
        answer = branch.standing(self.target, change, self.order)
        if answer and self.order.forge:
            return pull_request.ensure(self.target, change, self.order, answer)
        return answer

    def _withdrawn(self, outcome: Outcome) -> WorkReport:
        if self.job.is_dry or self.job.planned.task.publish.mode == "worktree":
            return self._report(outcome, None, self.record)
        closed = pull_request.withdraw(self.order) if self.order.forge else None
        deleted = branch.withdraw(self.target, self.order)
        record = self.record
        if closed or deleted:
            # A branch that is checked out stays, and stays known as ours.
            record = replace(record, standing=None, tip=None if deleted else record.tip)
        return self._report(outcome, self._merged(deleted) or closed or deleted, record)

    def _merged(self, deleted: Published | None) -> Published | None:
        """What is to be told where the base has what stood on the branch; None where it has not."""
        stood = self.job.branches.get(self.order.branch, BranchRecord()).standing
        if stood is None or not proposals.is_merged(self.target, self.base, stood):
            return None
        reason = "the base has what was proposed"
        if deleted:
            reason = f"{reason}; the branch {self.order.branch} was deleted"
        return Published(action="merged", branch=self.order.branch, reason=reason)

    def _published(self, outcome: Outcome, change: Change, answer: Published) -> WorkReport:
        stood = self.record.standing
        if stood and answer.commit not in (None, stood.commit):
            answer = replace(answer, replaces=stood.commit)
        record = proposals.remembered(self.target, self.record, change, self.order, answer)
        report = self._report(outcome, answer, record)
        failure = answer.failure
        return replace(report, may_pass=failure.temporary) if failure else report

    def _change(self, outcome: Outcome) -> Change:
        return Change(
            base=self.base,
            files=outcome.files,
            message=outcome.message,
            before=_before(self.workspace, outcome),
            optimizations=outcome.changed,
        )

    def _report(
        self, outcome: Outcome, answer: Published | None, record: BranchRecord
    ) -> WorkReport:
        known = self.job.branches.get(self.order.branch, BranchRecord())
        branches = {} if self.job.is_dry or record == known else {self.order.branch: record}
        return replace(_report(self.job, outcome, answer), branches=branches)


def _report(job: Job, outcome: Outcome, answer: Published | None) -> WorkReport:
    if answer is None:
        return WorkReport(job=job, results=outcome.results)
    if answer.action in ("merged", "withdrawn"):
        first, *rest = outcome.results
        details = {**first.details, "reason": answer.reason}
        told = replace(
            first,
            action=answer.action,
            branch=answer.branch,
            pull_request=answer.pull_request,
            details=details,
        )
        return WorkReport(job=job, results=(told, *rest))
    tell = _would_save if job.is_dry and answer.action in _NEW else _published
    return WorkReport(job=job, results=tuple(tell(result, answer) for result in outcome.results))


def _write(job: Job, workspace: Workspace, outcome: Outcome) -> Published:
    if job.planned.task.publish.mode == "worktree" and job.project.path:
        act = check_files if job.is_dry else write_files
        return act(job.project.path, outcome.files, _before(workspace, outcome))
    why = f"{job.project.place} is no git repository; only publish.mode worktree can write there"
    if job.is_dry:
        return Published(action="refused", reason=why)
    raise TaskError(why)


def _before(workspace: Workspace, outcome: Outcome) -> Mapping[str, bytes]:
    read = {path: workspace.tree.read(path) for path in outcome.files}
    return {path: data for path, data in read.items() if data is not None}


def _mode(job: Job, outcome: Outcome) -> PublishMode:
    """The task's mode; straight to the base where `auto_apply` finds the saving large enough."""
    config = job.planned.task.config
    least = config.auto_apply_min_tokens if isinstance(config, OptimizeConfig) else None
    if least is not None and saved_at_start(outcome.changed) >= least:
        return "direct"
    return job.planned.task.publish.mode


def _would_save(result: ProjectResult, foreseen: Published) -> ProjectResult:
    """Nothing was saved, only worked out: the figure moves to the details."""
    if not result.tokens_saved:
        return result
    details = {**_details(result, foreseen), "would_save": result.tokens_saved}
    return replace(result, tokens_saved=0, details=details)


def _details(result: ProjectResult, published: Published) -> Mapping[str, object]:
    told = {"reason": published.reason, "replaces": published.replaces}
    return {**result.details, **{key: text for key, text in told.items() if text}}


def _published(result: ProjectResult, published: Published) -> ProjectResult:
    if not result.tokens_saved:
        return result
    if published.failure:
        return replace(
            result,
            action="failed",
            error=str(published.failure),
            tokens_saved=0,
            branch=published.branch,
            commit=published.commit,
            details=_details(result, published),
        )
    action = {"created": "committed", "updated": "committed", "written": "applied"}
    return replace(
        result,
        action=action.get(published.action, published.action),
        # What an earlier run saved on the branch already is not saved again.
        tokens_saved=result.tokens_saved if published.action in _NEW else 0,
        branch=published.branch,
        commit=published.commit,
        pull_request=published.pull_request,
        details=_details(result, published),
    )
