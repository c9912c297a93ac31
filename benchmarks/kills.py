"""kill -9 at random instants under load: what the next run finds, and what becomes of each slot.

python -m benchmarks.kills [HITS [SEED]]; runners are started one after the other, six minutes of
their clock apart, each with all tasks due and with what the one before left. Each is killed at an
instant within the time that such a run takes, until so many were really hit.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.scene import executions, lay, start
from ccm_gitops.state.chain import trace
from ccm_gitops.state.codec import decode
from ccm_gitops.state.file_store import FileStore
from ccm_gitops.state.model import Chain

TASKS = 6
FIRST = datetime(2026, 1, 19, tzinfo=UTC)
# Longer than a lease, so that what a dead runner had claimed is taken up by the next.
STEP = timedelta(minutes=6)


def duration(folder: Path) -> tuple[float, int]:
    """Seconds that a run takes with all tasks due, and how many were made to find out."""
    took = []
    for number in range(5):
        begun = time.monotonic()
        start(folder, FIRST + number * STEP, machine="before").wait()
        took.append(time.monotonic() - begun)
    return median(took), len(took)


def kill_runners(folder: Path, hits: int, chance: random.Random) -> tuple[Counter[str], int]:
    """Start and kill runners until so many were hit; how they ended, and how many there were."""
    took, number = duration(folder)
    ends: Counter[str] = Counter()
    while ends["killed"] < hits:
        runner = start(folder, FIRST + number * STEP, machine=f"m{number}")
        number += 1
        try:
            code = runner.wait(chance.uniform(0, took))
            ends[f"exit {code}"] += 1
        except subprocess.TimeoutExpired:
            os.killpg(runner.pid, signal.SIGKILL)
            runner.wait()
            ends["killed"] += 1
            found = phase(folder)
            ends[found] += 1
    return ends, number


def phase(folder: Path) -> str:
    """How far the runner had come that was just killed."""
    path = folder / "state.json"
    state = decode(path.read_bytes(), str(path))
    claimed = sum(memory.claim is not None for memory in state.tasks.values())
    return f"{claimed} of {TASKS} claimed" if claimed else "nothing claimed"


def problems(folder: Path) -> Iterator[str]:
    """What must never be: a slot completed twice, one that vanished, a chain that breaks."""
    found = executions(folder)
    completed = Counter(
        (line["task_id"], line["slot"]) for line in found if line["status"] == "completed"
    )
    yield from (f"{slot} completed {count} times" for slot, count in completed.items() if count > 1)
    store = FileStore(folder / "state.json", timedelta(days=90))
    lines = list(store.history())
    ended = {line["id"] for line in found}
    for line in lines:
        if line["kind"] == "claim" and line["execution_id"] not in ended:
            yield f"{line['execution_id']} was claimed and never ended"
    state = store.load()
    for task, memory in state.tasks.items():
        if memory.claim:
            yield f"{task}: {memory.claim.execution} is claimed still, after the lease"
    chain = trace(store.history_files(), state.chain or Chain())
    if chain.breaks or chain.beside:
        yield f"the chain: {chain}"
    if chain.lines != len(lines):
        yield f"{len(lines)} lines, {chain.lines} in the chain"


def main(hits: int = 200, seed: int = 1) -> int:
    """Kill, let the leases end, run until nothing is left, and look."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = lay(Path(temporary), state={"path": "state.json"}, tasks=TASKS, interval="6m")
        begun = time.monotonic()
        ends, number = kill_runners(folder, hits, random.Random(seed))
        print(f"{number} runners, seed {seed}, {time.monotonic() - begun:.0f} s: {dict(ends)}")
        rest = range(number, number + 3)
        codes = [start(folder, FIRST + n * STEP, machine="last").wait() for n in rest]
        wrong = list(problems(folder))
        found: list[dict[str, Any]] = executions(folder)
        print(f"the runs after that: {codes}; executions: {_statuses(found)}")
        print("\n".join(wrong) or "no slot completed twice, none lost, state and history whole")
    return bool(wrong)


def _statuses(found: list[dict[str, Any]]) -> str:
    return json.dumps(Counter(line["status"] for line in found))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
