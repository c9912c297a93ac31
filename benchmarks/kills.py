"""kill -9 at random instants under load: what the next run finds, and what becomes of each slot.

python -m benchmarks.kills [RUNNERS [SEED]]; those that are done sooner go free.
Tasks are due every two seconds by the real clock.
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
from pathlib import Path
from typing import Any

from benchmarks.scene import executions, lay, start

TASKS = 6
# After the last kill a slot may still be claimed by the dead runner, for as long as a lease.
LEASE = 300


def kill_runners(folder: Path, runners: int, seed: int) -> Counter[str]:
    """Start runners one after the other and kill each, its workers too, within a second."""
    chance = random.Random(seed)
    ends: Counter[str] = Counter()
    for number in range(runners):
        runner = start(folder, None, machine=f"m{number}")
        try:
            code = runner.wait(chance.uniform(0, 1.0))
            ends[f"exit {code}"] += 1
        except subprocess.TimeoutExpired:
            os.killpg(runner.pid, signal.SIGKILL)
            runner.wait()
            ends["killed"] += 1
    return ends


def problems(folder: Path) -> Iterator[str]:
    """What must never be: a slot completed twice, a torn state, a claim that never ends."""
    found = executions(folder)
    completed = Counter(
        (line["task_id"], line["slot"]) for line in found if line["status"] == "completed"
    )
    yield from (f"{slot} completed {count} times" for slot, count in completed.items() if count > 1)
    state: dict[str, Any] = json.loads((folder / "state.json").read_text())
    ended = {line["id"] for line in found}
    for task, memory in state["tasks"].items():
        if claim := memory.get("claim"):
            yield f"{task}: {claim['execution']} is claimed still, after the lease"
        if memory["last"]["execution"] not in ended:
            yield f"{task}: {memory['last']['execution']} is not in the history"


def main(runners: int = 200, seed: int = 1) -> int:
    """Kill, wait for the leases to end, run twice more, and look."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = lay(Path(temporary), state={"path": "state.json"}, tasks=TASKS, interval="2s")
        print(f"{runners} runners, seed {seed}: {dict(kill_runners(folder, runners, seed))}")
        time.sleep(LEASE + 1)
        codes = [start(folder, None, machine="last").wait() for _ in range(2)]
        wrong = list(problems(folder))
        statuses = Counter(line["status"] for line in executions(folder))
        print(f"the runs after that: {codes}; executions: {dict(statuses)}")
        print("\n".join(wrong) or "no slot completed twice, none lost, state and history read")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
