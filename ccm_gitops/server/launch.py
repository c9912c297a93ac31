"""Runs as processes of their own: the server stays quick, and a run can be ended cleanly."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import NoReturn

from ccm_gitops.config.model import Config
from ccm_gitops.errors import CcmError, StateBusyError, TaskError
from ccm_gitops.plan import Plan, RunOptions
from ccm_gitops.provenance import Origin
from ccm_gitops.runner import run
from ccm_gitops.runtime import Runtime

_CLAIM_WITHIN = 60.0  # seconds: thresholds are measured before the claim
_END_WITHIN = 10.0


@dataclass(frozen=True)
class Claimed:
    """What a run took on: executions by task; and why other tasks do not run."""

    executions: Mapping[str, str]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class _Failed:
    """The run ended with an error, for people; `is_busy`: trying again may help."""

    message: str
    is_busy: bool


@dataclass
class Launcher:
    """Starts runs; `on_end` is told when one is over, with its error if there was one."""

    make_runtime: Callable[[Config], Runtime]
    on_end: Callable[[], None]
    _running: set[SpawnProcess] = field(default_factory=set, init=False)

    def start(self, config: Config, options: RunOptions) -> Claimed:
        """Start a run and wait until it has claimed its tasks; it goes on by itself.

        Raises StateBusyError when another runner holds the state, TaskError for another failure.
        """
        process, reader = self._spawn(config, options)
        said = _next(reader, _CLAIM_WITHIN)
        threading.Thread(target=self._watch, args=(process, reader), daemon=True).start()
        if isinstance(said, Claimed):
            return said
        raise _error(said)

    def complete(self, config: Config, options: RunOptions) -> None:
        """Do a run to its end; raises as `start`."""
        process, reader = self._spawn(config, options)
        said = _next(reader, _CLAIM_WITHIN)
        end = self._watch(process, reader) if isinstance(said, Claimed) else said
        if isinstance(end, _Failed):
            self._watch(process, reader)
            raise _error(end)

    def stop(self) -> None:
        """End all runs: their workers stop, their claims are given back."""
        for process in list(self._running):
            process.terminate()
        for process in list(self._running):
            process.join(_END_WITHIN)

    def _spawn(self, config: Config, options: RunOptions) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(self.make_runtime, config, options, writer))
        process.start()
        writer.close()
        self._running.add(process)
        return process, reader

    def _watch(self, process: SpawnProcess, reader: Connection) -> _Failed | None:
        end = _next(reader, None)
        process.join()
        self._running.discard(process)
        self.on_end()
        return end if isinstance(end, _Failed) else None


def _next(reader: Connection, seconds: float | None) -> Claimed | _Failed | None:
    try:
        if not reader.poll(seconds):
            return _Failed("the run did not begin in time", is_busy=True)
        said: Claimed | _Failed = reader.recv()
    except (EOFError, OSError):
        return None
    return said


def _error(said: _Failed | None) -> CcmError:
    if said is None:
        return TaskError("the run ended before it began; the log of the server says more")
    return StateBusyError(said.message) if said.is_busy else TaskError(said.message)


def _child(
    make_runtime: Callable[[Config], Runtime],
    config: Config,
    options: RunOptions,
    parent: Connection,
) -> None:
    """The other process: one run, and word of its claim and of its error."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _unwind)
    try:
        runtime = make_runtime(config)
        origin = Origin(runtime.origin.user, "server")
        run(
            replace(runtime, origin=origin, on_claim=lambda plan: parent.send(_claimed(plan))),
            options,
        )
    except CcmError as error:
        parent.send(_Failed(str(error), is_busy=isinstance(error, StateBusyError)))


def _claimed(plan: Plan) -> Claimed:
    return Claimed(
        executions={item.task.id: item.execution for item in plan.due},
        reasons={skip.task: skip.reason for skip in plan.waiting},
    )


def _unwind(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)
