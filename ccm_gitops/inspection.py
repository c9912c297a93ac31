"""Looks at the projects that can be reached now: their context files and archives, for reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ccm_gitops.context.analysis import Analysis, analyze
from ccm_gitops.context.archive import Entry
from ccm_gitops.context.loading import load
from ccm_gitops.context.restoring import all_entries
from ccm_gitops.errors import CcmError
from ccm_gitops.projects.model import Project
from ccm_gitops.runtime import Runtime
from ccm_gitops.workspace import open_workspace


@dataclass(frozen=True, kw_only=True)
class ArchivedPiece:
    """One piece of text that an optimisation moved out; `path` is its archive, lines the old."""

    id: str
    path: str
    source: str
    section: tuple[str, ...]
    reason: str
    date: datetime
    lines: tuple[int, int]
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """A project's context files and archives as they are now; `error` says what was not seen."""

    analyses: tuple[Analysis, ...] = ()
    archives: tuple[ArchivedPiece, ...] = ()
    error: str | None = None


def inspect_projects(
    runtime: Runtime, projects: Iterable[Project], *, seconds: float
) -> dict[str, Inspection]:
    """Inspect projects, in their order, until `seconds` have passed; those left out are absent."""
    start = runtime.clock.elapsed()
    found: dict[str, Inspection] = {}
    projects = tuple(projects)
    for done, project in enumerate(projects):
        runtime.on_progress(done, len(projects))
        if runtime.clock.elapsed() - start >= seconds:
            break
        found[project.id] = _inspect(runtime, project)
    return found


def _inspect(runtime: Runtime, project: Project) -> Inspection:
    names = runtime.config.settings.context_files
    try:
        tree = open_workspace(project, runtime.environ, runtime.cache).tree
        analyses = tuple(analyze(file, tree, now=runtime.clock.now()) for file in load(tree, names))
    except CcmError as error:
        return Inspection(error=str(error))
    try:
        pieces = tuple(_piece(path, entry) for path, entry in all_entries(tree))
    except CcmError as error:
        return Inspection(analyses=analyses, error=str(error))
    return Inspection(analyses=analyses, archives=pieces)


def _piece(path: str, entry: Entry) -> ArchivedPiece:
    return ArchivedPiece(
        id=entry.id,
        path=path,
        source=entry.source,
        section=entry.section,
        reason=entry.reason,
        date=entry.date,
        lines=entry.lines,
        tokens=entry.tokens,
    )
