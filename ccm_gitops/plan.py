"""What a run will do, as data: what is due, what is spent, what waits, and what was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ccm_gitops.config.model import Task
from ccm_gitops.execution import Execution, Skip, Status, Trigger
from ccm_gitops.schedule.due import Passed
from ccm_gitops.schedule.model import Single
from ccm_gitops.sharding import WHOLE, Shard
from ccm_gitops.state.model import Claim, TaskState

# How long a claim holds without renewal; the runner renews it while it works.
LEASE = timedelta(minutes=5)
# Asked for, not scheduled: nobody waits for the second try of such a run.
ON_REQUEST: frozenset[Trigger] = frozenset({"manual", "api"})
# Only in the projects that gave rise to it.
PARTIAL: frozenset[Trigger] = frozenset({"threshold", "changed"})


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What the caller asks of a run; `tasks` None means all, `force` runs them whatever is due.

    `trigger` says who forces: a person (`manual`) or a program (`api`).
    """

    machine: str
    tasks: frozenset[str] | None = None
    dry_run: bool = False
    force: bool = False
    trigger: Trigger = "manual"
    shard: Shard = WHOLE


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A task to run now; `fired` holds the projects that crossed a threshold with their values.

    `changed` are those whose watched files changed, `marks` the slots of several schedules,
    `passed` the slots that were missed before this one.
    `key` is where the state remembers the task; `replaces` is the claim of the run that it stops.
    `resumed` are the projects whose pull request waited: the rest of a slot that is spent.
    """

    task: Task
    key: str
    execution: str
    trigger: Trigger
    slot: datetime | None = None
    attempt: int = 1
    fired: Mapping[str, float] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    marks: Mapping[str, datetime] = field(default_factory=dict)
    passed: Passed | None = None
    replaces: Claim | None = None
    resumed: tuple[str, ...] = ()

    @property
    def only(self) -> frozenset[str] | None:
        """The projects that it is for; None for all."""
        if self.resumed:
            return frozenset(self.resumed)
        return frozenset((*self.fired, *self.changed)) if self.trigger in PARTIAL else None


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A slot that is over without a run, and goes into the history with its reason.

    `begun` is the claim of who began it, where somebody did; `passed` are slots before it.
    """

    task: Task
    key: str
    execution: str
    trigger: Trigger
    status: Status
    reason: str
    slot: datetime | None
    attempt: int = 1
    marks: Mapping[str, datetime] = field(default_factory=dict)
    passed: Passed | None = None
    begun: Claim | None = None

    @classmethod
    def failed(cls, task: Task, key: str, claim: Claim, reason: str) -> Spent:
        """The slot of a claim whose run did not end."""
        return cls(
            task=task,
            key=key,
            execution=claim.execution,
            trigger=claim.trigger,
            status="failed",
            reason=reason,
            slot=claim.slot,
            attempt=claim.attempt,
            marks=claim.marks,
            begun=claim,
        )

    def execution_at(self, now: datetime, machine: str) -> Execution:
        """What is told of it; `machine` is the one that found it over, where nobody began it."""
        return Execution(
            id=self.execution,
            task_id=self.task.id,
            task_name=self.task.name,
            task_type=self.task.type,
            machine=self.begun.machine if self.begun else machine,
            trigger=self.trigger,
            status=self.status,
            slot=self.slot,
            started_at=self.begun.at if self.begun else now,
            completed_at=now,
            attempts=self.attempt,
            error=self.reason,
        )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The decision on every task; `memory` is, by key, what the state must remember of it.

    `clock_behind` is the time of the last run, where the clock stands before it.
    """

    due: tuple[Planned, ...]
    spent: tuple[Spent, ...]
    waiting: tuple[Skip, ...]
    memory: Mapping[str, TaskState]
    clock_behind: datetime | None = None


Verdict = Planned | Spent | Skip
Watch = tuple[str, Single]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen for each task and schedule that watches projects, by project.

    `values` are the present values of thresholds, `digests` those of watched files.
    """

    values: Mapping[Watch, Mapping[str, float]] = field(default_factory=dict)
    digests: Mapping[Watch, Mapping[str, str]] = field(default_factory=dict)


NOTHING_SEEN = Seen()
