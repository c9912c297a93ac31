"""From planned tasks to executions: needs first, a job per project, results gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from ccm_gitops.allowance import Allowance
from ccm_gitops.config.model import AnalyzeConfig, HealthCheckConfig
from ccm_gitops.execution import Execution, ProjectResult, Status
from ccm_gitops.executor import run_jobs
from ccm_gitops.job import Job, WorkReport
from ccm_gitops.ledger import remember_branches
from ccm_gitops.plan import Planned
from ccm_gitops.planning import unmet_need, waves
from ccm_gitops.projects.discover import matches, select
from ccm_gitops.projects.model import Discovery, Project
from ccm_gitops.resuming import opened_lately
from ccm_gitops.runtime import Runtime
from ccm_gitops.sharding import Shard
from ccm_gitops.state.model import BranchRecord, ProjectState, State


@dataclass(frozen=True)
class Done:
    """A task that ran (or was held back by a need), and the reports of its jobs."""

    planned: Planned
    execution: Execution
    reports: tuple[WorkReport, ...] = ()

    @property
    def branches(self) -> dict[str, Mapping[str, BranchRecord]]:
        """By project and name, what is known now of the branches that are ours."""
        return {r.job.project.id: r.branches for r in self.reports if r.branches}


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One run's dispatching.

    `on_start` is told the executions of each wave before it runs; `on_tick` is called twice a
    minute while workers are busy, and gives the executions to stop.
    """

    runtime: Runtime
    found: Discovery
    state: State
    machine: str
    shard: Shard
    dry_run: bool
    on_start: Callable[[Sequence[Execution]], None]
    on_tick: Callable[[], Set[str]]

    def execute(self, due: Sequence[Planned]) -> Iterator[Done]:
        """Run everything that is due, in waves: a task starts when what it needs is over."""
        outcomes: dict[str, Status] = {}
        state = self.state
        for wave in waves(due):
            ready = []
            for item in wave:
                if reason := unmet_need(item.task, outcomes, self.state, self.shard):
                    done = Done(item, self._skipped(item, reason))
                    outcomes[item.task.id] = done.execution.status
                    yield done
                else:
                    ready.append(item)
            if ready:
                self.on_start([self.started(item) for item in ready])
            for done in self._run(ready, state):
                # A later wave may work on a branch that this one made.
                state = remember_branches(state, done.branches)
                outcomes[done.planned.task.id] = done.execution.status
                yield done

    def started(self, planned: Planned) -> Execution:
        """The execution as it stands when it begins."""
        task, config = planned.task, planned.task.config
        return Execution(
            id=planned.execution,
            task_id=task.id,
            task_name=task.name,
            task_type=task.type,
            machine=self.machine,
            trigger=planned.trigger,
            status="running",
            slot=planned.slot,
            started_at=self.runtime.clock.now(),
            attempts=planned.attempt,
            alert_threshold=(
                config.alert_threshold if isinstance(config, HealthCheckConfig) else None
            ),
            fired=planned.fired,
            changed=planned.changed,
        )

    def _run(self, wave: Sequence[Planned], state: State) -> Iterator[Done]:
        """Run a wave's jobs together; each execution comes when its last job is over."""
        begun = self.runtime.clock.elapsed()
        jobs = {item.execution: self._jobs(item, state) for item in wave}
        started = {item.execution: self.started(item) for item in wave}
        reports: dict[str, list[WorkReport]] = {item.execution: [] for item in wave}
        for item in wave:
            if not jobs[item.execution]:
                yield self._finish(item, started[item.execution], [], begun)
        lately = opened_lately(state, self.runtime.clock.now())
        allowance = Allowance(jobs, lately)
        for report in self._reports([job for group in jobs.values() for job in group], allowance):
            item = report.job.planned
            gathered = reports[item.execution]
            gathered.append(report)
            if len(gathered) == len(jobs[item.execution]):
                yield self._finish(item, started[item.execution], gathered, begun)

    def _reports(self, jobs: Sequence[Job], allowance: Allowance) -> Iterator[WorkReport]:
        settings = self.runtime.config.settings
        for count, report in enumerate(run_jobs(jobs, settings, allowance, self.on_tick), 1):
            self.runtime.on_progress(count, len(jobs))
            yield report

    def _jobs(self, planned: Planned, state: State) -> list[Job]:
        return [
            Job(
                planned=planned,
                project=project,
                config=self.runtime.config,
                # A commit knows whole seconds, and what it holds is dated as it is.
                now=self.runtime.clock.now().replace(microsecond=0),
                environ=dict(self.runtime.environ),
                cache=self.runtime.cache,
                branches=state.projects.get(project.id, ProjectState()).branches,
                dry_run=self.dry_run,
            )
            for project in self._projects(planned)
        ]

    def _projects(self, planned: Planned) -> Sequence[Project]:
        config = planned.task.config
        projects = select(self.found.projects, planned.task.projects)
        if planned.only is not None:
            return [project for project in projects if project.id in planned.only]
        if isinstance(config, AnalyzeConfig) and config.max_projects is not None:
            return projects[: config.max_projects]
        return projects

    def _finish(
        self, planned: Planned, started: Execution, reports: list[WorkReport], begun: float
    ) -> Done:
        order = {project.id: place for place, project in enumerate(self.found.projects)}
        reports.sort(key=lambda report: order[report.job.project.id])
        done = tuple(result for report in reports for result in report.results)
        results = (*done, *self._unfound(planned))
        error = summary(results)
        execution = replace(
            started,
            status="failed" if error else "completed",
            completed_at=self.runtime.clock.now(),
            duration_ms=round((self.runtime.clock.elapsed() - begun) * 1000),
            attempts=max([planned.attempt, *(report.attempts for report in reports)]),
            error=error,
            projects=results,
        )
        return Done(planned, execution, tuple(reports))

    def _unfound(self, planned: Planned) -> Iterator[ProjectResult]:
        """A failure for each declared project that the task would treat and that is not there."""
        patterns = planned.task.projects
        for problem in self.found.problems:
            is_missed = problem.is_named and matches(problem.source, patterns)
            if is_missed and planned.only is None:
                yield ProjectResult(
                    id=problem.source,
                    path=problem.source,
                    action="failed",
                    error=problem.message,
                )

    def _skipped(self, planned: Planned, reason: str) -> Execution:
        now = self.runtime.clock.now()
        return replace(self.started(planned), status="skipped", completed_at=now, error=reason)


def summary(results: Sequence[ProjectResult]) -> str | None:
    """Which projects failed and why, in one sentence; None when none did."""
    errors = {result.id: result.error for result in results if result.error}
    if not errors:
        return None
    first, error = next(iter(errors.items()))
    total = len({result.id for result in results})
    if len(errors) == 1:
        return (
            f"{first}: {error}" if total == 1 else f"1 of {total} projects failed: {first}: {error}"
        )
    return f"{len(errors)} of {total} projects failed, {first} first: {error}"
