"""Looks at the projects that schedules watch: measures, from the cache while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from ccm_gitops.context.analysis import RULES_VERSION, Analysis, analyze
from ccm_gitops.context.inventory import take_inventory
from ccm_gitops.context.loading import load
from ccm_gitops.errors import CcmError
from ccm_gitops.plan import RunOptions, Seen, Watch
from ccm_gitops.projects.discover import matches
from ccm_gitops.projects.model import Discovery, Project
from ccm_gitops.runtime import Runtime
from ccm_gitops.schedule.changed import digest, matcher
from ccm_gitops.schedule.model import Changed, Threshold
from ccm_gitops.state.model import Figures, State
from ccm_gitops.survey import Survey, watches
from ccm_gitops.workspace import Workspace, open_workspace

_Watches = Sequence[tuple[Watch, Threshold | Changed]]


def take_survey(runtime: Runtime, options: RunOptions, found: Discovery, state: State) -> Survey:
    """Look at the projects of all tasks that watch; one that cannot be read is a warning."""
    values: dict[Watch, dict[str, float]] = {}
    digests: dict[Watch, dict[str, str]] = {}
    figures: dict[str, Figures] = {}
    warnings = []
    for project in found.projects:
        wanted = _watches(runtime, options, project)
        if not wanted:
            continue
        known = state.projects[project.id].figures if project.id in state.projects else None
        try:
            workspace = open_workspace(project, runtime.environ, runtime.cache)
            if any(isinstance(part, Threshold) for _, part in wanted):
                figures[project.id] = _measure(runtime, workspace, known)
            for watch, part in wanted:
                if isinstance(part, Threshold):
                    value = getattr(figures[project.id], part.metric)
                    values.setdefault(watch, {})[project.id] = value
                else:
                    digests.setdefault(watch, {})[project.id] = _digest(workspace, part)
        except CcmError as error:
            warnings.append(f"{project.id}: cannot be measured: {error}")
    return Survey(Seen(values=values, digests=digests), figures, tuple(warnings))


def _watches(runtime: Runtime, options: RunOptions, project: Project) -> _Watches:
    """What watches a project: the schedules of the tasks that it belongs to."""
    return [
        ((task.id, part), part)
        for task in runtime.config.tasks
        if matches(project.id, task.projects)
        for part in watches(task, options)
    ]


def _digest(workspace: Workspace, part: Changed) -> str:
    tree, fits = workspace.tree, matcher(part.patterns)
    files = ((path, tree.identity(path)) for path in tree.paths() if fits(path))
    return digest(part.patterns, files)


def _measure(runtime: Runtime, workspace: Workspace, known: Figures | None) -> Figures:
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
