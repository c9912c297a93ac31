"""Work units in worker processes that can be stopped at their deadline, one without the others."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from time import monotonic

from ccm_gitops.allowance import Allowance
from ccm_gitops.config.model import Settings
from ccm_gitops.durations import format_duration
from ccm_gitops.job import Job, WorkReport, failed
from ccm_gitops.process import signal_name

# A unit that ends its own commands at the timeout needs a moment to say so.
_GRACE = 5.0
_TICK = 30.0
_TAKEN_OVER = "another runner took the task over; stopped"


@dataclass(frozen=True)
class _Try:
    job: Job
    attempt: int = 1
    errors: tuple[str, ...] = ()
    not_before: float = 0.0

    def signed(self, report: WorkReport) -> WorkReport:
        return replace(report, attempts=self.attempt, errors=self.errors)

    def is_of(self, executions: Set[str]) -> bool:
        return self.job.planned.execution in executions


@dataclass
class _Running:
    tried: _Try
    process: ForkServerProcess
    results: Connection
    deadline: float


def run_jobs(
    jobs: Sequence[Job], settings: Settings, allowance: Allowance, on_tick: Callable[[], Set[str]]
) -> Iterator[WorkReport]:
    """Do every job, at most `max_concurrent_tasks` at once, and yield reports as they come.

    A job that fails in a way that may pass is tried again after a backoff. `on_tick` is called
    at least twice a minute while there is work; the jobs of the executions that it gives are
    stopped. Leaving the iteration early ends all workers.
    """
    pool = _Pool(settings, allowance)
    waiting = [_Try(job) for job in jobs]
    try:
        while waiting or pool.running:
            while pool.has_room and waiting and waiting[0].not_before <= monotonic():
                pool.start(waiting.pop(0))
            for tried, report in pool.collect(waiting[0].not_before if waiting else None):
                if report.may_pass and tried.attempt <= settings.retry_attempts:
                    waiting.append(_again(tried, report, settings))
                    waiting.sort(key=lambda item: item.not_before)
                else:
                    yield tried.signed(report)
            lost = on_tick()
            stopped = [item for item in waiting if item.is_of(lost)]
            waiting = [item for item in waiting if not item.is_of(lost)]
            for tried in (*stopped, *pool.stop(lost)):
                yield tried.signed(failed(tried.job, _TAKEN_OVER))
    finally:
        pool.stop()


def _again(tried: _Try, report: WorkReport, settings: Settings) -> _Try:
    error = next((result.error for result in report.results if result.error), "")
    return replace(
        tried,
        attempt=tried.attempt + 1,
        errors=(*tried.errors, error),
        not_before=monotonic() + _backoff(settings, tried.attempt),
    )


def _backoff(settings: Settings, attempt: int) -> float:
    """Seconds before the next try: doubles each time, with up to a quarter on top."""
    doubled: float = settings.retry_backoff.total_seconds() * 2 ** (attempt - 1)
    return doubled * random.uniform(1, 1.25)


class _Pool:
    def __init__(self, settings: Settings, allowance: Allowance) -> None:
        self._settings, self._allowance = settings, allowance
        # A fork server starts clean and once; forking from here would copy threads and locks.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["ccm_gitops.work", "git.cmd"])
        self.running: list[_Running] = []

    @property
    def has_room(self) -> bool:
        return len(self.running) < self._settings.max_concurrent_tasks

    def start(self, tried: _Try) -> None:
        reader, writer = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=_child, args=(tried.job, self._allowance, writer), daemon=False
        )
        process.start()
        writer.close()
        timeout = self._settings.task_timeout.total_seconds() + _GRACE
        self.running.append(_Running(tried, process, reader, monotonic() + timeout))

    def collect(self, next_start: float | None) -> Iterator[tuple[_Try, WorkReport]]:
        """The tries that ended or overran, after waiting until something happens."""
        moments = [item.deadline for item in self.running]
        if next_start is not None and self.has_room:
            moments.append(next_start)
        pause = min(max(0.0, min(moments) - monotonic()), _TICK)
        ready = wait([item.results for item in self.running], pause)
        for item in list(self.running):
            if item.results in ready:
                yield item.tried, self._finish(item)
            elif monotonic() >= item.deadline:
                _end(item.process)
                self.running.remove(item)
                limit = format_duration(self._settings.task_timeout)
                error = f"did not end within task_timeout ({limit}); stopped"
                yield item.tried, failed(item.tried.job, error, may_pass=True)

    def stop(self, executions: Set[str] | None = None) -> list[_Try]:
        """End the workers of these executions, or all, and give their tries."""
        ended = [i for i in self.running if executions is None or i.tried.is_of(executions)]
        for item in ended:
            _end(item.process)
            self.running.remove(item)
        return [item.tried for item in ended]

    def _finish(self, item: _Running) -> WorkReport:
        self.running.remove(item)
        try:
            report: WorkReport = item.results.recv()
        except (EOFError, OSError):  # it died before, or while, it told
            item.process.join()
            code = item.process.exitcode
            how = signal_name(-code) if code and code < 0 else f"exit code {code}"
            report = failed(item.tried.job, f"its worker process died ({how})", may_pass=True)
        item.process.join(_GRACE)
        if item.process.exitcode is None:  # it has told, and hangs
            _end(item.process)
        else:
            item.process.close()
        return report


def _child(job: Job, allowance: Allowance, results: Connection) -> None:
    # Only workers need what works on projects; the fork server has it loaded.
    from ccm_gitops.work import work  # noqa: PLC0415

    # A fork server keeps the environment that it was started in.
    os.environ.clear()
    os.environ.update(job.environ)
    # A group of its own: what the worker started ends with it, and Ctrl-C reaches only the runner.
    os.setsid()
    # Unwinding ends the commands of custom tasks, which have sessions of their own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _bound_memory(job.config.settings.memory_limit)
    threading.Thread(target=_follow_runner, daemon=True).start()
    results.send(work(job, allowance))
    results.close()
    os.killpg(os.getpid(), signal.SIGKILL)


def _bound_memory(limit: int | None) -> None:
    """Hold this process, and each that it starts, to so many bytes of its own memory.

    RLIMIT_DATA counts what is written, not the addresses that some runtimes reserve by the
    gigabyte. Whatever the limit, a machine that runs out of memory ends a worker, not the runner.
    """
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _follow_runner() -> None:
    """Unwind when the runner is gone, however it went: nobody would take the results."""
    runner = multiprocessing.parent_process()
    assert runner is not None
    wait([runner.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


def _end(process: ForkServerProcess) -> None:
    """Ask the worker to unwind; what is left of it and its group after a moment is killed."""
    process.terminate()
    process.join(_GRACE)
    if process.pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
    process.close()
