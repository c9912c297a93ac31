"""The dashboard of a large estate: how long its site takes to build, and how large it is.

python benchmarks/dashboard.py [DIR]   keeps the estate and its site in DIR, to be looked at
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PROJECTS, TASKS, EXECUTIONS = 200, 50, 20_000
NOW = datetime(2026, 1, 19, 9, 0, tzinfo=UTC)
SOURCE = Path(__file__).parents[1] / "demo" / "repositories" / "payments-api" / "CLAUDE.md"
KINDS = ("analyze", "optimize", "health_check")


def instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def configuration() -> dict[str, Any]:
    hooks = [
        {"id": f"hook-{i}", "name": name, "type": kind, "url": f"${{HOOK_{i}}}"}
        for i, (name, kind) in enumerate(
            [("Slack #dev-alerts", "slack"), ("Discord", "discord"), ("n8n", "n8n")]
        )
    ]
    tasks = [
        {
            "id": f"task-{i}",
            "name": f"{('Daily analysis', 'Weekly tidy-up', 'Health report')[i % 3]} {i}",
            "type": KINDS[i % 3],
            "schedule": {"cron": f"{i} {i % 24} * * *"} if i % 4 else {"interval": "7d"},
            "projects": [f"project-{(i * 4 + n) % PROJECTS}" for n in range(8)],
            "notify": {"webhooks": [f"hook-{i % 3}"]},
            "enabled": i % 11 != 10,
        }
        for i in range(TASKS)
    ]
    settings = {"price": {"per_million_tokens": 5}}
    projects = [{"id": f"project-{i}", "path": f"repos/project-{i}"} for i in range(PROJECTS)]
    return {
        "version": 1,
        "settings": settings,
        "projects": projects,
        "webhooks": hooks,
        "tasks": tasks,
    }


def history(tasks: list[dict[str, Any]], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Executions over 89 days, as a run writes them; scores wander."""
    scores = [chance.randint(35, 95) for _ in range(PROJECTS)]
    span = timedelta(days=89)
    for number in range(EXECUTIONS):
        task = tasks[number % TASKS]
        at = (NOW - span + span * number / EXECUTIONS).replace(microsecond=0)
        failed = chance.random() < 0.03
        results = []
        for name in task["projects"]:
            index = int(name.removeprefix("project-"))
            scores[index] = max(20, min(100, scores[index] + chance.choice((-1, 0, 0, 1))))
            saves = task["type"] == "optimize" and chance.random() < 0.02
            results.append(
                {
                    "id": name, "path": f"/srv/repos/{name}", "file": "CLAUDE.md",
                    "score": scores[index], "issues": (100 - scores[index]) // 6,
                    "tokens": 9_000 - 70 * scores[index],
                    "tokens_saved": chance.randint(300, 4_000) if saves else 0,
                    "action": "committed" if saves else "analyzed",
                    "branch": f"ccm/{task['id']}" if saves else None,
                    "commit": f"{number:040x}" if saves else None,
                    "pull_request": f"https://example.com/pull/{number}" if saves else None,
                    "error": None, "recommendations": [], "details": {},
                }
            )  # fmt: skip
        yield {
            "kind": "execution", "id": f"{task['id']}-{number}", "task_id": task["id"],
            "task_name": task["name"], "task_type": task["type"], "machine": "ci",
            "trigger": "scheduled", "status": "failed" if failed else "completed",
            "slot": instant(at), "started_at": instant(at), "completed_at": instant(at),
            "duration_ms": chance.randint(300, 9_000), "attempts": 1,
            "projects_processed": len(results),
            "issues_found": sum(item["issues"] for item in results),
            "tokens_saved": sum(item["tokens_saved"] for item in results),
            "error": "Connection timeout to project server" if failed else None,
            "notifications_sent": [], "fired": {},
            "result": {"projects": results, "health_score": 70, "recommendations": []},
        }  # fmt: skip


def make_estate(root: Path) -> None:
    config = configuration()
    (root / "schedules.yaml").write_text(json.dumps(config))
    for project in config["projects"]:
        folder = root / project["path"]
        folder.mkdir(parents=True)
        (folder / "CLAUDE.md").write_bytes(SOURCE.read_bytes())
    files: dict[str, list[str]] = {}
    latest: dict[str, dict[str, Any]] = {}
    for line in history(config["tasks"], random.Random(9)):
        files.setdefault(line["started_at"][:7], []).append(json.dumps(line))
        latest[line["task_id"]] = line
    folder = root / ".ccm" / "history"
    folder.mkdir(parents=True)
    for month, lines in files.items():
        (folder / f"{month}.jsonl").write_text("\n".join(lines) + "\n")
    tasks = {
        id: {
            "enabled": True,
            "since": instant(NOW),
            "last": {
                "execution": line["id"],
                "status": line["status"],
                "started_at": line["started_at"],
                "completed_at": line["completed_at"],
            },
        }
        for id, line in latest.items()
    }
    beat = {"at": instant(NOW - timedelta(minutes=4)), "machine": "ci"}
    webhooks = {
        "hook-0": {"failure_count": 0, "last_used_at": instant(NOW - timedelta(hours=2))},
        "hook-1": {
            "failure_count": 3,
            "last_used_at": instant(NOW - timedelta(hours=1)),
            "last_error": "the server answered 503",
        },
    }
    state = {"version": 1, "heartbeat": beat, "tasks": tasks, "webhooks": webhooks}
    (root / ".ccm" / "state.json").write_text(json.dumps(state))


def measure(root: Path) -> None:
    program = Path(sys.executable).with_name("ccm-gitops")
    environ = {**os.environ, "CCM_NOW": instant(NOW), "CCM_MACHINE": "ci"}
    for inspect_for in ("0s", "1m"):
        started = time.perf_counter()
        options = ["--html", "site", "--inspect-for", inspect_for, "--check-every", "15m"]
        subprocess.run([program, "report", *options], cwd=root, env=environ, check=True)
        taken = time.perf_counter() - started
        sizes = {path: path.stat().st_size for path in (root / "site").rglob("*.*")}
        index = (root / "site" / "index.html").stat().st_size
        print(
            f"--inspect-for {inspect_for}: {taken:.1f} s, {len(sizes)} files, "
            f"{sum(sizes.values()) / 1e6:.2f} MB; index.html {index / 1e3:.0f} kB"
        )


def main() -> None:
    print(f"{PROJECTS} projects, {TASKS} tasks, {EXECUTIONS:,} executions")
    if len(sys.argv) > 1:
        root = Path(sys.argv[1])
        root.mkdir(parents=True)
        make_estate(root)
        measure(root)
        return
    with tempfile.TemporaryDirectory() as name:
        make_estate(Path(name))
        measure(Path(name))


if __name__ == "__main__":
    main()
