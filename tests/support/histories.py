"""Lines of a history and the dashboard of a configuration, made of few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from ccm_gitops.clock import parse_instant
from ccm_gitops.config.load import load_config
from ccm_gitops.execution import Execution, ProjectResult
from ccm_gitops.report.dashboard import build_dashboard
from ccm_gitops.report.model import Dashboard, Surroundings
from ccm_gitops.state.model import State

NOW = parse_instant("2026-01-19T09:00:00Z")


def line(task: str, at: str | datetime, **given: Any) -> dict[str, Any]:
    """A history line as a run writes it; `projects` are ProjectResults."""
    started = parse_instant(at) if isinstance(at, str) else at
    execution = Execution(
        **{
            "id": f"{task}-{started:%Y%m%dT%H%M%SZ}",
            "task_id": task,
            "task_name": task.title(),
            "task_type": "analyze",
            "machine": "testbox",
            "trigger": "scheduled",
            "status": "completed",
            "started_at": started,
            "completed_at": started + timedelta(seconds=2),
            "duration_ms": 2000,
            **given,
        }
    )
    return {"kind": "execution", **execution.to_json()}


def result(id: str, score: int | None = 80, **given: Any) -> ProjectResult:
    """What an execution did in a project."""
    values = {"path": f"/repos/{id}", "file": "CLAUDE.md", "issues": 2, "tokens": 1_000, **given}
    return ProjectResult(id=id, score=score, **values)


def dashboard(
    folder: Path,
    history: Iterable[Mapping[str, Any]] = (),
    *,
    state: State | None = None,
    now: datetime = NOW,
    around: Surroundings | None = None,
    **document: Any,
) -> Dashboard:
    """The dashboard of a configuration that is written into `folder`."""
    path = folder / "schedules.yaml"
    path.write_text(yaml.safe_dump({"version": 1, **document}))
    config = load_config(path, home=folder).config
    around = around or Surroundings(machine="testbox")
    return build_dashboard(config, state or State(), history, now, around)
