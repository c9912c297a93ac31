"""The state as frozen data; `codec` writes and reads it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ccm_gitops.execution import Status, Trigger
from ccm_gitops.schedule.memory import Memory

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """The last time that a runner looked, and which."""

    at: datetime
    machine: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A runner owns this slot until the lease ends; `attempt` counts claims of the same slot.

    `marks` are the slots that it spends, by schedule, where the task has several.
    """

    execution: str
    trigger: Trigger
    machine: str
    at: datetime
    expires_at: datetime
    slot: datetime | None = None
    attempt: int = 1
    fired: Mapping[str, float] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    marks: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """How the newest execution of a task ended."""

    execution: str
    status: Status
    started_at: datetime
    completed_at: datetime


@dataclass(frozen=True, kw_only=True)
class TaskState(Memory):
    """One task's memory, which is that of its schedule; of several schedules, `parts` has each.

    `failures` counts the failed executions since the last that completed.
    """

    enabled: bool = True
    claim: Claim | None = None
    last: LastRun | None = None
    failures: int = 0
    parts: Mapping[str, Memory] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A project's last measures, valid while `key` (a digest of what was read) is the same.

    `stamp` is that of the repository's refs: while it is the same, so is the key.
    """

    key: str
    optimization_score: float
    token_count: float
    issue_count: float
    file_size: float
    stamp: str = ""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change that was put before people: its digest, when it was made, and its commit."""

    content: str
    made_at: datetime
    commit: str


@dataclass(frozen=True, kw_only=True)
class BranchRecord:
    """What is known of a branch of ours: the commit that we left there, and its proposals.

    `standing` waits for an answer, `push` is the remote that it went to as well. `settled` are
    those that were merged, applied or turned down, oldest first: none is made again. `opened_at` is
    when its last pull request was opened, `waiting` why another is not opened yet.
    """

    tip: str | None = None
    standing: Proposal | None = None
    push: str | None = None
    settled: tuple[Proposal, ...] = ()
    opened_at: datetime | None = None
    waiting: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProjectState:
    """One project's memory: its figures, the last score of each file, our branches by name."""

    figures: Figures | None = None
    scores: Mapping[str, int] = field(default_factory=dict)
    branches: Mapping[str, BranchRecord] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WebhookState:
    """One webhook's health: failed tries in a row; until `open_until` nothing is sent to it."""

    failure_count: int = 0
    last_used_at: datetime | None = None
    last_error: str | None = None
    open_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The digests of the history's newest line, and of the newest line that was pruned."""

    head: str | None = None
    start: str | None = None


@dataclass(frozen=True, kw_only=True)
class State:
    """All that one run leaves to the next; the outbox holds messages not delivered yet.

    `unwritten` are lines of the history that may not have been appended yet. `starts` are those of
    the last hour's executions. `failing` says by task when its failure was
    last told, where that is told on change only; `alerted`, by task and project, the low score
    that was last told.
    """

    heartbeat: Heartbeat | None = None
    tasks: Mapping[str, TaskState] = field(default_factory=dict)
    projects: Mapping[str, ProjectState] = field(default_factory=dict)
    outbox: tuple[Mapping[str, Any], ...] = ()
    starts: tuple[datetime, ...] = ()
    webhooks: Mapping[str, WebhookState] = field(default_factory=dict)
    failing: Mapping[str, datetime] = field(default_factory=dict)
    chain: Chain | None = None
    unwritten: tuple[str, ...] = ()
    alerted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
