"""What `doctor` looks at of the runs: the state, when one was last, how tasks and webhooks fare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from ccm_gitops.cli.checks import Check
from ccm_gitops.cli.common import open_store
from ccm_gitops.errors import CcmError

if TYPE_CHECKING:
    from ccm_gitops.config.model import Config
    from ccm_gitops.state.model import State

_SLOTS = 10  # looked at for the shortest time between two of a task


def state(config: Config, now: datetime) -> Iterator[Check]:
    """The state, and what it says of the runner, the tasks and the webhooks."""
    try:
        store = open_store(config)
        known, files = store.load(), store.history_files()
    except CcmError as error:
        yield Check("state", "wrong", str(error))
        return
    yield _file(config, known)
    yield _history(known, files)
    yield _cadence(config, known, now)
    yield from _tasks(config, known, now)
    yield from _webhooks(config, known, now)


def _file(config: Config, state: State) -> Check:
    """Who may read and change the state's file; it holds errors and messages, no secrets."""
    from ccm_gitops.config.model import FileState

    found = f"readable, {len(state.tasks)} tasks known"
    place = config.settings.state
    if not isinstance(place, FileState) or not place.path.exists():
        return Check("state", "ok", found)
    mode = place.path.stat().st_mode
    if mode & 0o002:
        advice = f"`chmod o-w {place.path}`: whoever changes it decides what is due"
        return Check("state", "wrong", f"{found}; everybody here may change it", advice)
    if mode & 0o004:
        found += f"; everybody here may read it, `chmod -R o-rwx {place.path.parent}` ends that"
    return Check("state", "ok", found)


def _tasks(config: Config, state: State, now: datetime) -> Iterator[Check]:
    """The tasks whose last run failed."""
    from ccm_gitops.pausing import is_paused, paused_because
    from ccm_gitops.report.table import moment
    from ccm_gitops.sharding import by_task

    memory = by_task(state)
    for task in config.tasks:
        known = memory.get(task.id)
        if not task.enabled or known is None or known.last is None or known.last.status != "failed":
            continue
        if is_paused(config.settings, known):
            yield Check("task", "wrong", f"{task.id}: {paused_because(task.id, known)}")
            continue
        found = f"{task.id}: failed at its last run, {moment(known.last.started_at, now)}"
        advice = f"`ccm-gitops schedule history --task {task.id} --status failed` says why"
        yield Check("task", "warning", found, advice)


def _webhooks(config: Config, state: State, now: datetime) -> Iterator[Check]:
    """The enabled webhooks that fail, or to which messages were given up."""
    from ccm_gitops.notify.overview import webhook_rows

    for row in webhook_rows(config, state, now):
        if not row.enabled:
            continue
        if row.health in ("failing", "paused"):
            found = f"{row.id}: {row.health}, {row.failure_count} in a row: {row.last_error}"
            advice = f"mend it, then `ccm-gitops schedule webhooks test {row.id}`"
            yield Check("webhook", "wrong" if row.health == "paused" else "warning", found, advice)
        if count := len(row.undeliverable):
            found = f"{row.id}: messages given up: {count}"
            advice = f"`ccm-gitops schedule webhooks replay {row.id}` sends them again"
            yield Check("webhook", "warning", found, advice)


def _history(state: State, files: Mapping[str, str]) -> Check:
    """Whether the lines of the history are those that were written, all of them and no other."""
    from ccm_gitops.state.chain import trace
    from ccm_gitops.state.model import Chain

    found = trace(files, state.chain or Chain())
    if found.breaks:
        where = f"before {found.after}" if found.after else "at its end"
        advice = "somebody changed or removed lines there; a backup would show which"
        return Check("history", "wrong", f"its chain breaks {where}", advice)
    notes = [f"{found.lines:,} lines, none changed or removed"]
    if found.beside:
        notes.append(f"{found.beside:,} beside the chain, newer than a state that was put back")
    if found.earlier:
        notes.append(f"{found.earlier:,} from before there was a chain")
    return Check("history", "ok", "; ".join(notes))


def _cadence(config: Config, state: State, now: datetime) -> Check:
    """When a runner last looked, against the task that comes most often."""
    from ccm_gitops.clock import format_instant
    from ccm_gitops.durations import format_duration

    beat = state.heartbeat
    if beat is None:
        advice = "`ccm-gitops install cron` (or systemd, github-actions) has it started"
        return Check("runner", "warning", "has never looked", advice)
    last = f"last looked at {format_instant(beat.at)} on {beat.machine}"
    if beat.at > now:
        return Check("clock", "wrong", f"stands before the last run: {last}", "set the clock")
    shortest = _shortest(config, now)
    if shortest and now - beat.at > shortest[0]:
        every, task = shortest
        found = f"{last}, and {task} is due every {format_duration(every)}"
        return Check("runner", "wrong", found, "see that the runner is started that often")
    return Check("runner", "ok", last)


def _shortest(config: Config, now: datetime) -> tuple[timedelta, str] | None:
    """The shortest time between two slots of an enabled task, and the task."""
    from ccm_gitops.state.model import TaskState
    from ccm_gitops.timetable import coming

    gaps = (
        (after - before, task.id)
        for task in config.tasks
        if task.enabled
        for before, after in pairwise(islice(coming(task.schedule, TaskState(), now), _SLOTS))
    )
    return min(gaps, default=None)
