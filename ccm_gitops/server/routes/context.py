"""`/api/context`: only of configured projects, by their ids; no path comes from a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException

from ccm_gitops.context.analysis import analyze
from ccm_gitops.context.archive import Entry
from ccm_gitops.context.loading import load
from ccm_gitops.context.optimize import optimize_all
from ccm_gitops.context.restoring import all_entries, put_back
from ccm_gitops.context.rules import RULES
from ccm_gitops.context.tree import Tree
from ccm_gitops.projects.discover import find_projects
from ccm_gitops.projects.folder import FolderTree
from ccm_gitops.projects.model import Discovery, Project
from ccm_gitops.publish.worktree import write_files
from ccm_gitops.runtime import Runtime
from ccm_gitops.server.problems import documented
from ccm_gitops.server.shapes.context import (
    Analyses,
    ArchivedPiece,
    Archives,
    Optimizations,
    OptimizeRequest,
    ProjectRef,
    Projects,
    Restored,
    RestoreRequest,
    Rule,
    Rules,
)
from ccm_gitops.server.site import Site
from ccm_gitops.workspace import open_workspace


def routes(site: Site) -> APIRouter:
    """Context files: projects, analysis, optimisation as a preview, archives, rules."""
    router = APIRouter(prefix="/api/context", tags=["context"])

    @router.get("/projects", responses=documented(409))
    def projects() -> Projects:
        """The projects that the other routes take."""
        found = _discover(site, site.reader.runtime())
        refs = [
            ProjectRef(id=item.id, place=item.place, is_local=item.path is not None)
            for item in found.projects
        ]
        return Projects(projects=refs, problems=[str(problem) for problem in found.problems])

    @router.get("/analyze", responses=documented(409))
    def analyze_project(project_id: Annotated[str, Query(alias="projectId")]) -> Analyses:
        """Score a project's context files and say what is wrong with them."""
        runtime = site.reader.runtime()
        tree = _tree(site, runtime, project_id)
        now = runtime.clock.now()
        files = load(tree, runtime.config.settings.context_files)
        documents = [analyze(file, tree, now=now).to_json() for file in files]
        return Analyses(project_id=project_id, files=documents)

    @router.post("/optimize", responses=documented(409))
    def optimize_project(body: OptimizeRequest) -> Optimizations:
        """Work out what a strategy would do, as diffs with their proof; nothing is written."""
        runtime = site.reader.runtime()
        tree = _tree(site, runtime, body.project_id)
        files = load(tree, runtime.config.settings.context_files)
        now = runtime.clock.now()
        done = list(optimize_all(files, tree, strategy=body.strategy, now=now))
        return Optimizations(
            project_id=body.project_id,
            tokens_saved=sum(made.tokens_saved for made in done),
            files=[made.to_json() for made in done],
        )

    @router.get("/archives", responses=documented(409))
    def archives(project_id: Annotated[str, Query(alias="projectId")]) -> Archives:
        """What optimisations moved out of a project's context files."""
        tree = _tree(site, site.reader.runtime(), project_id)
        pieces = [_piece(path, entry) for path, entry in all_entries(tree)]
        return Archives(project_id=project_id, archives=pieces)

    @router.post("/archives/restore", responses=documented(409))
    def restore(body: RestoreRequest, request: Request) -> Restored:
        """Put archived text back into the files of a local project's folder."""
        project = _project(site, site.reader.runtime(), body.project_id)
        if project.path is None:
            raise HTTPException(409, f"{project.id} has no folder on this machine to restore in")
        restored = _restore(project.id, FolderTree(project.path), body.ids)
        site.audit(request, "archives.restore", project.id)
        return restored

    @router.get("/rules", responses=documented())
    def rules() -> Rules:
        """What is checked."""
        return Rules(
            rules=[Rule(id=r.id, severity=r.severity, summary=r.summary) for r in RULES.values()]
        )

    return router


def _discover(site: Site, runtime: Runtime) -> Discovery:
    return find_projects(runtime.config, site.machine, home=runtime.home, environ=runtime.environ)


def _project(site: Site, runtime: Runtime, id: str) -> Project:
    for project in _discover(site, runtime).projects:
        if project.id == id:
            return project
    raise HTTPException(404, f"there is no project {id[:100]}")


def _tree(site: Site, runtime: Runtime, id: str) -> Tree:
    """A project as its folder stands now, or as its base commit has it where it has no folder."""
    project = _project(site, runtime, id)
    if project.path:
        return FolderTree(project.path)
    return open_workspace(project, runtime.environ, runtime.cache).tree


def _piece(path: str, entry: Entry) -> ArchivedPiece:
    return ArchivedPiece(
        id=entry.id,
        path=path,
        source=entry.source,
        section=" > ".join(entry.section),
        reason=entry.reason,
        date=entry.date,
        start_line=entry.lines[0],
        end_line=entry.lines[1],
        tokens=entry.tokens,
    )


def _restore(project: str, tree: FolderTree, ids: list[str] | None) -> Restored:
    entries = [entry for _, entry in all_entries(tree)]
    unknown = sorted(set(ids or ()) - {entry.id for entry in entries})
    if unknown:
        raise HTTPException(404, f"there is no archived piece {unknown[0][:100]}")
    chosen = [entry for entry in entries if ids is None or entry.id in ids]
    files = put_back(tree, chosen)
    before = {name: data for name in files if (data := tree.read(name)) is not None}
    published = write_files(tree.root, files, before)
    if published.action == "refused":
        raise HTTPException(409, published.reason)
    return Restored(
        project_id=project, restored=[entry.id for entry in chosen], files=sorted(files)
    )
