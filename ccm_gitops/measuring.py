"""Looks at the projects that schedules watch: measures, from the cache while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from ccm_gitops.config.model import Task
from ccm_gitops.context.analysis import RULES_VERSION, Analysis, analyze
from ccm_gitops.context.inventory import take_inventory
from ccm_gitops.context.loading import load
from ccm_gitops.errors import CcmError
from ccm_gitops.gitrepo.stamp import base_stamp
from ccm_gitops.globs import matcher
from ccm_gitops.plan import RunOptions, Seen, Watch
from ccm_gitops.projects.discover import matches
from ccm_gitops.projects.model import Discovery, Project
from ccm_gitops.runtime import Runtime
from ccm_gitops.schedule.changed import digest, is_of
from ccm_gitops.schedule.model import Changed, Threshold
from ccm_gitops.state.model import Figures, ProjectState, State, TaskState
from ccm_gitops.survey import Survey, watches
from ccm_gitops.timetable import memories
from ccm_gitops.workspace import Workspace, open_workspace


@dataclass
class _Sight:
    """One project as it is looked at: opened only where its `stamp` does not tell all."""

    runtime: Runtime
    project: Project
    stamp: str

    @cached_property
    def workspace(self) -> Workspace:
        return open_workspace(self.project, self.runtime.environ, self.runtime.cache)

    def digest(self, part: Changed, known: str | None) -> str:
        """The digest of the watched files; the one that is known while the base is the same."""
        if known and self.stamp and is_of(known, part.patterns, self.stamp):
            return known
        tree, fits = self.workspace.tree, matcher(part.patterns)
        files = ((path, tree.identity(path)) for path in tree.paths() if fits(path))
        return digest(part.patterns, files, self.stamp)

    def figures(self, known: Figures | None) -> Figures:
        """The project's figures; those that are known while base and rules are the same."""
        names = self.runtime.config.settings.context_files
        suffix = f"/{RULES_VERSION}/{' '.join(names)}"
        if known and self.stamp and known.stamp == self.stamp and known.key.endswith(suffix):
            return known
        key = f"{self.workspace.version}{suffix}" if self.workspace.version else ""
        if known and key and known.key == key:
            return replace(known, stamp=self.stamp)
        measured = measure(self.workspace, names, key, self.runtime.clock.now())
        return replace(measured, stamp=self.stamp)


def take_survey(runtime: Runtime, options: RunOptions, found: Discovery, state: State) -> Survey:
    """Look at the projects of all tasks that watch; one that cannot be read is a warning."""
    values: dict[Watch, dict[str, float]] = {}
    digests: dict[Watch, dict[str, str]] = {}
    figures: dict[str, Figures] = {}
    warnings = []
    watching = [
        (task, part, _seen(options, state, task, part))
        for task in runtime.config.tasks
        for part in watches(task, options)
    ]
    for project in found.projects:
        before = state.projects.get(project.id, ProjectState()).figures
        try:
            stamp = base_stamp(project.path, project.branch) if project.path else None
            sight = _Sight(runtime, project, stamp or "")
            for task, part, seen in watching:
                if not matches(project.id, task.projects):
                    continue
                if isinstance(part, Changed):
                    known = seen.get(project.id)
                    digests.setdefault((task.id, part), {})[project.id] = sight.digest(part, known)
                    continue
                if project.id not in figures:
                    figures[project.id] = sight.figures(before)
                value = getattr(figures[project.id], part.metric)
                values.setdefault((task.id, part), {})[project.id] = value
        except (CcmError, OSError) as error:
            warnings.append(f"{project.id}: cannot be measured: {error}")
    return Survey(Seen(values=values, digests=digests), figures, tuple(warnings))


def _seen(
    options: RunOptions, state: State, task: Task, part: Threshold | Changed
) -> Mapping[str, str]:
    """By project: what a schedule remembers of the files that it watches."""
    known = options.shard.memory(state, task.id) or TaskState()
    return dict(memories(task.schedule, known))[part].seen


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
