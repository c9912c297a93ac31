"""One run: plan → claim → execute → publish → record → notify → save.

What works on projects (git, Markdown, worker processes) is imported when there is work: most runs
find nothing due, and those must feel instant.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from ccm_gitops import audit, ledger
from ccm_gitops.clock import format_instant
from ccm_gitops.execution import Execution, NotificationReport, RunReport, Skip
from ccm_gitops.pausing import is_paused, paused_because
from ccm_gitops.plan import Plan, RunOptions
from ccm_gitops.planning import make_plan, next_due
from ccm_gitops.provenance import Version, version_of
from ccm_gitops.renewal import Renewal
from ccm_gitops.runtime import Runtime
from ccm_gitops.state.model import State
from ccm_gitops.state.store import Update
from ccm_gitops.survey import Survey, watches

if TYPE_CHECKING:
    from ccm_gitops.dispatch import Dispatch, Done
    from ccm_gitops.projects.model import Discovery


def run(runtime: Runtime, options: RunOptions) -> RunReport:
    """Do what is due and report it; a dry run works and reports but leaves nothing behind."""
    session = _Session(runtime, options, started_at=runtime.clock.now())
    if options.dry_run:
        plan = session.plan(runtime.store.load())
        return session.report(plan, [done.execution for done in session.execute(plan)])
    plan = session.claim()
    runtime.on_claim(plan)
    with session.holding(plan):
        executions = [session.record(done) for done in session.execute(plan)]
    session.send(at_end=True)
    return session.report(plan, executions)


def look_ahead(runtime: Runtime, options: RunOptions) -> RunReport:
    """What `run` would do now, as pending executions; nothing is claimed or changed."""
    session = _Session(runtime, options, started_at=runtime.clock.now())
    plan = session.plan(runtime.store.load())
    pending = [
        replace(execution, status="pending", started_at=None)
        for execution in map(session.dispatch(plan).started, plan.due)
    ]
    return session.report(plan, pending)


@dataclass
class _Session:
    """The steps of one run, and what they share."""

    runtime: Runtime
    options: RunOptions
    started_at: datetime
    # By webhook and event: what waited at one sending and is tried at the next is reported once.
    notes: dict[tuple[str, str], NotificationReport] = field(default_factory=dict)

    @cached_property
    def found(self) -> Discovery:
        """The projects; looked for only when something needs them."""
        from ccm_gitops.projects.discover import find_projects

        runtime = self.runtime
        found = find_projects(
            runtime.config, self.options.machine, home=runtime.home, environ=runtime.environ
        )
        return self.options.shard.part(found)

    @cached_property
    def survey(self) -> Survey:
        """What schedules watch; looked at only where there are such schedules."""
        if not any(any(watches(task, self.options)) for task in self.runtime.config.tasks):
            return Survey()
        from ccm_gitops.measuring import take_survey

        return take_survey(self.runtime, self.options, self.found, self.runtime.store.load())

    @cached_property
    def config_version(self) -> Version:
        """Which configuration is run by; looked up only when there is something to record."""
        return version_of(self.runtime.config.path)

    def plan(self, state: State) -> Plan:
        """Decide on every task."""
        seen = self.survey.seen
        return make_plan(self.runtime.config, state, self.options, self.started_at, seen)

    def claim(self) -> Plan:
        """Plan and claim in one change of the state: no other runner gets the same slots."""

        def change(state: State) -> Update[Plan]:
            plan = self.plan(state)
            # Not `started_at`: the survey may have taken longer than a lease.
            state = ledger.claim(state, plan, self.options.machine, self.runtime.clock.now())
            state = ledger.remember_figures(state, self.survey.figures)
            spent, now = self._spent(plan), self.runtime.clock.now()
            lines = audit.ended(spent, now)
            if plan.due or spent:
                about = (self.options.machine, self.runtime.origin, self.config_version)
                lines = [*audit.claims(plan, *about, now), *lines]
            return Update(self._tell(state, spent), plan, tuple(lines))

        _ = self.survey  # measured before the lock is taken
        return self.runtime.store.update(change)

    @contextlib.contextmanager
    def holding(self, plan: Plan) -> Iterator[None]:
        """Give back, however the block ends, the claims that were not settled in it."""
        try:
            yield
        finally:
            if plan.due:
                self.runtime.store.update(
                    lambda state: Update(ledger.release(state, plan.due), None)
                )

    def announce(self, plan: Plan, started: Sequence[Execution]) -> None:
        """Tell those who want to know that tasks begin."""
        self.runtime.store.update(lambda state: Update(self._tell(state, started), None))
        self.send(at_end=False)
        # Slow receivers may have used up a part of the lease.
        now = self.runtime.clock.now()
        self.runtime.store.update(lambda s: Update(ledger.renew(s, plan.due, now), None))

    def send(self, *, at_end: bool) -> None:
        """Send what waits, and keep what became of it for the report."""
        state = self.runtime.store.load()
        if not state.outbox:
            return
        from ccm_gitops.sending import send_messages

        for note in send_messages(self.runtime, state, self.options.machine, at_end=at_end):
            self.notes[note.webhook, note.event_id] = note

    def execute(self, plan: Plan) -> Iterator[Done]:
        """Run what is due; executions come as they end."""
        if plan.due:
            yield from self.dispatch(plan).execute(plan.due)

    def record(self, done: Done) -> Execution:
        """Write down how an execution ended, with what is to be told of it."""

        now = self.runtime.clock.now()

        def change(state: State) -> Update[Execution]:
            state = ledger.remember_branches(state, done.branches)
            settled = ledger.settle(state, done.planned, done.execution)
            if settled is state:
                # Another runner took the slot over: what it records and tells is what counts.
                return Update(state, done.execution, (audit.lost(done.execution, now),))
            execution = ledger.compare_scores(state, self._with_pause(done, settled))
            settled = ledger.remember_scores(settled, execution)
            lines = (
                *audit.details(execution, done.reports, now),
                *audit.ended([execution], now),
            )
            return Update(self._tell(settled, [execution]), execution, lines)

        return self.runtime.store.update(change)

    def _with_pause(self, done: Done, state: State) -> Execution:
        """The execution; a failure that pauses its task says so."""
        execution, memory = done.execution, state.tasks[done.planned.key]
        if execution.status == "failed" and is_paused(self.runtime.config.settings, memory):
            reason = paused_because(execution.task_id, memory)
            return replace(execution, error=f"{execution.error}; {reason}")
        return execution

    def report(self, plan: Plan, executions: list[Execution]) -> RunReport:
        """Everything that the run did, for people and programs."""
        notes = tuple(self.notes.values())
        now = self.runtime.clock.now()
        state = self.runtime.store.load()
        held = [e for e in executions if e.status == "skipped"]
        return RunReport(
            started_at=self.started_at,
            finished_at=now,
            machine=self.options.machine,
            dry_run=self.options.dry_run,
            due=tuple(item.task.id for item in plan.due),
            skipped=(
                *(Skip(task=item.task.id, reason=item.reason) for item in plan.spent),
                *(Skip(task=item.task_id, reason=item.error or "") for item in held),
                *plan.waiting,
            ),
            executions=tuple(_notified(e, notes) for e in (*self._spent(plan), *executions)),
            notifications=notes,
            next_due_at=next_due(
                self.runtime.config, {**plan.memory, **state.tasks}, self.options, now
            ),
            warnings=tuple(self._warnings(plan)),
        )

    def dispatch(self, plan: Plan) -> Dispatch:
        """Who runs the plan's tasks."""
        from ccm_gitops.dispatch import Dispatch

        is_real = not self.options.dry_run
        return Dispatch(
            runtime=self.runtime,
            found=self.found,
            state=self.runtime.store.load(),
            machine=self.options.machine,
            shard=self.options.shard,
            dry_run=self.options.dry_run,
            on_start=partial(self.announce, plan) if is_real else lambda started: None,
            on_tick=Renewal(self.runtime, plan) if is_real else frozenset,
        )

    def _spent(self, plan: Plan) -> list[Execution]:
        return [item.execution_at(self.started_at, self.options.machine) for item in plan.spent]

    def _tell(self, state: State, executions: Sequence[Execution]) -> State:
        if not executions:
            return state
        from ccm_gitops.announce import run_page, with_messages

        now, page = self.runtime.clock.now(), run_page(self.runtime.environ)
        return with_messages(state, self.runtime.config, executions, now, page)

    def _warnings(self, plan: Plan) -> Iterator[str]:
        if plan.clock_behind:
            yield (
                f"the clock stands at {format_instant(self.started_at)}, before the last run at "
                f"{format_instant(plan.clock_behind)}: nothing runs twice; set the clock right"
            )
        if "found" in self.__dict__:
            # A named project that is missing is a failure of the tasks that miss it.
            yield from (str(problem) for problem in self.found.problems if not problem.is_named)
        yield from self.survey.warnings


def _notified(execution: Execution, notes: Iterable[NotificationReport]) -> Execution:
    webhooks = {
        note.webhook
        for note in notes
        if note.execution_id == execution.id and note.status == "delivered"
    }
    return replace(execution, notifications_sent=tuple(sorted(webhooks)))
