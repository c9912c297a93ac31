"""What a start costs: runs with nothing due, and commands that only look, against bare Python.

`python -m benchmarks.startup [ROUNDS]` prints the best wall time of each in seconds, and its ratio
to `python -c pass` and to importing click and yaml alone, measured in the same rounds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ccm_gitops.state.codec import encode
from ccm_gitops.state.model import LastRun, State, TaskState

PROGRAM = str(Path(sys.executable).with_name("ccm-gitops"))
BARE = "python -c pass"
LIBRARIES = "import click, yaml"
COUNTS = (100, 10_000)
NOW = datetime(2026, 1, 19, 23, 59, 30, tzinfo=UTC)


def main() -> None:
    """Measure in rounds, so that a busy moment of the machine is everybody's."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        commands = dict(_commands(Path(folder)))
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(rounds):
            for name, (command, place) in commands.items():
                best[name] = min(best[name], _seconds(command, place))
    print(f"| Command | Seconds | × `{BARE}` | × `{LIBRARIES}` |\n| --- | --- | --- | --- |")
    for name, seconds in best.items():
        ratios = f"{seconds / best[BARE]:.1f} | {seconds / best[LIBRARIES]:.1f}"
        print(f"| {name} | {seconds:.3f} | {ratios} |")


def _commands(folder: Path) -> list[tuple[str, tuple[Sequence[str], Path]]]:
    made = [
        (BARE, ([sys.executable, "-c", "pass"], folder)),
        (LIBRARIES, ([sys.executable, "-c", LIBRARIES], folder)),
        ("--version", ([PROGRAM, "--version"], folder)),
        ("--help", ([PROGRAM, "--help"], folder)),
    ]
    for count in COUNTS:
        place = _scene(folder / str(count), count)
        made += [
            (f"{words}, {count:,} tasks", ([PROGRAM, *words.split()], place))
            for words in ("run", "schedule status", "validate")
        ]
    return made


def _scene(place: Path, count: int) -> Path:
    """A configuration of so many tasks, half cron, half interval, and a state: nothing is due."""
    place.mkdir()
    lines = ["version: 1", "tasks:"]
    tasks = {}
    for number in range(count):
        cron = f'cron: "{number % 60} {number % 24} * * *"'
        schedule = cron if number % 2 else "interval: 1d"
        lines += [f"  - id: task-{number}", "    type: analyze", f"    schedule: {{{schedule}}}"]
        ran = NOW - timedelta(minutes=number % 600)
        tasks[f"task-{number}"] = TaskState(
            since=NOW if number % 2 else ran,
            last=LastRun(
                execution=f"task-{number}-{ran:%Y%m%dT%H%M%SZ}",
                status="completed",
                started_at=ran,
                completed_at=ran,
            ),
        )
    (place / "schedules.yaml").write_text("\n".join([*lines, ""]))
    (place / ".ccm").mkdir()
    (place / ".ccm/state.json").write_bytes(encode(State(tasks=tasks)))
    return place


def _seconds(command: Sequence[str], place: Path) -> float:
    environ = {
        **os.environ,
        "CCM_NOW": NOW.isoformat(),
        "XDG_CACHE_HOME": str(place / ".cache"),
    }
    start = time.perf_counter()
    subprocess.run(command, cwd=place, env=environ, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
