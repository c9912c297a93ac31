"""Measures the projects that thresholds watch, from the cache while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from ccm_gitops.config.model import Task
from ccm_gitops.context.analysis import RULES_VERSION, Analysis, analyze
from ccm_gitops.context.inventory import take_inventory
from ccm_gitops.context.loading import load
from ccm_gitops.errors import CcmError
from ccm_gitops.planning import RunOptions
from ccm_gitops.projects.discover import select
from ccm_gitops.projects.model import Discovery, Project
from ccm_gitops.runtime import Runtime
from ccm_gitops.schedule.model import Threshold
from ccm_gitops.state.model import Figures, State
from ccm_gitops.survey import Survey, watches
from ccm_gitops.workspace import Workspace, open_workspace


def take_survey(runtime: Runtime, options: RunOptions, found: Discovery, state: State) -> Survey:
    """Measure the projects of all threshold tasks; one that cannot be read is a warning."""
    tasks = [task for task in runtime.config.tasks if watches(task, options)]
    wanted = {p.id: p for task in tasks for p in select(found.projects, task.projects)}
    figures: dict[str, Figures] = {}
    warnings = []
    for project in wanted.values():
        known = state.projects[project.id].figures if project.id in state.projects else None
        try:
            figures[project.id] = _measure(runtime, project, known)
        except CcmError as error:
            warnings.append(f"{project.id}: cannot be measured: {error}")
    values = {task.id: dict(_values(task, found, figures)) for task in tasks}
    return Survey(values, figures, tuple(warnings))


def _values(
    task: Task, found: Discovery, figures: Mapping[str, Figures]
) -> Iterator[tuple[str, float]]:
    assert isinstance(task.schedule, Threshold)
    for project in select(found.projects, task.projects):
        if project.id in figures:
            yield project.id, getattr(figures[project.id], task.schedule.metric)


def _measure(runtime: Runtime, project: Project, known: Figures | None) -> Figures:
    workspace = open_workspace(project, runtime.environ, runtime.cache)
    names = " ".join(runtime.config.settings.context_files)
    key = f"{workspace.version}/{RULES_VERSION}/{names}" if workspace.version else ""
    if known and key and known.key == key:
        return known
    return measure(workspace, runtime.config.settings.context_files, key, runtime.clock.now())


def measure(
    workspace: Workspace, context_files: tuple[str, ...], key: str, now: datetime
) -> Figures:
    """A project's figures: the worst score of its context files; the rest of its dearest start."""
    inventory = take_inventory(workspace.tree, context_files)
    starting = frozenset[str]().union(*inventory.starts)
    analyses = {
        file.path: analyze(file, workspace.tree, now=now)
        for file in inventory.files
        if file.path in starting
    }

    def dearest(cost: Callable[[Analysis], int]) -> int:
        costs = {path: cost(item) for path, item in analyses.items()}
        return max((sum(costs[path] for path in start) for start in inventory.starts), default=0)

    roots = [file.path for file in load(workspace.tree, context_files)]
    return Figures(
        key=key,
        optimization_score=min((analyses[path].score for path in roots), default=100),
        token_count=dearest(lambda item: item.tokens),
        issue_count=dearest(lambda item: len(item.issues)),
        file_size=dearest(lambda item: item.bytes),
    )
