"""The scheduler itself as JSON: its status, its loop, what is next."""

from __future__ import annotations

from ccm_gitops.server.shapes.base import Instant, Shape
from ccm_gitops.server.shapes.executions import Execution


class Loop(Shape):
    """The due loop of this process; `every` and the times are null while it is stopped."""

    running: bool
    every: str | None
    last_check_at: Instant | None
    next_check_at: Instant | None
    last_error: str | None


class NextRun(Shape):
    """A slot to come."""

    task_id: str
    task_name: str
    task_type: str
    at: Instant
    machine_id: str | None


class Today(Shape):
    """Executions since midnight, in the configuration's time zone, and tokens saved."""

    executions: int
    completed: int
    failed: int
    skipped: int
    tokens_saved: int


class Status(Shape):
    """The scheduler: `lastCheckAt` is when any runner last looked, `loop` is this process' own."""

    running: bool
    last_check_at: Instant | None
    machine_id: str | None
    loop: Loop
    tasks: int
    active_tasks: int
    running_executions: list[Execution]
    next_runs: list[NextRun]
    today: Today
    tokens_saved_total: int
    messages_waiting: int
    messages_undeliverable: int


class Preview(Shape):
    """What an expression means, and its next slots."""

    words: str
    next: list[Instant]


class Upcoming(Shape):
    """The slots of the next hours, earliest first; threshold tasks have none."""

    hours: int
    upcoming: list[NextRun]
