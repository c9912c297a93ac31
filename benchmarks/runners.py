"""Runners at once on one state: is each slot run once, and is no update lost.

python -m benchmarks.runners [RUNNERS [ROUNDS]]; on a file state, then on a branch of a bare remote.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.scene import executions, lay, start

TASKS = 6
START = datetime(2026, 1, 19, 9, tzinfo=UTC)


def race(folder: Path, runners: int, rounds: int) -> Counter[str]:
    """Let all runners loose in each round, a day apart; how often each exit code came."""
    codes: Counter[str] = Counter()
    for day in range(rounds):
        now = START + timedelta(days=day)
        running = [start(folder, now, machine=f"m{n}") for n in range(runners)]
        codes.update(f"exit {process.wait()}" for process in running)
    return codes


def check(folder: Path, rounds: int) -> list[str]:
    """What is wrong; nothing when each slot was run once and its end recorded."""
    found = executions(folder)
    slots = Counter((line["task_id"], line["slot"]) for line in found)
    wanted = TASKS * rounds
    problems = [f"{slot} was run {count} times" for slot, count in slots.items() if count > 1]
    problems += [
        f"{line['id']} {line['status']}" for line in found if line["status"] != "completed"
    ]
    if len(slots) != wanted:
        problems.append(f"{len(slots)} slots of {wanted} were run")
    return problems


def main(runners: int = 8, rounds: int = 5) -> int:
    """Both stores; prints a line each, exits with 1 when something is wrong."""
    code = 0
    for name, state in (("file", {"path": "state.json"}), ("branch", {"branch": "ccm-state"})):
        with tempfile.TemporaryDirectory() as temporary:
            folder = lay(Path(temporary), state=state, tasks=TASKS, interval="1d")
            begun = time.monotonic()
            codes = race(folder, runners, rounds)
            took = time.monotonic() - begun
            problems = check(folder, rounds)
            print(
                f"{name}: {runners} runners, {rounds} rounds of {TASKS} tasks, "
                f"{took:.1f} s: {dict(codes)}"
            )
            print("\n".join(problems) or "  each slot once, none lost")
            code |= bool(problems)
    return code


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
