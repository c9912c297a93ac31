"""Changes of `/api/scheduler/tasks`: edits of the configuration's text."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from ccm_gitops.config import edit
from ccm_gitops.config.model import Config
from ccm_gitops.server import edits
from ccm_gitops.server.problems import documented
from ccm_gitops.server.routes.tasks import all_tasks
from ccm_gitops.server.shapes.base import Done
from ccm_gitops.server.shapes.tasks import NewTask, Task, TaskChange
from ccm_gitops.server.site import Site, find_task, or_422

_CUSTOM = "custom tasks run commands on the runner; they are written in the file, by hand"


def routes(site: Site) -> APIRouter:
    """The tasks: create, change, delete."""
    router = APIRouter(prefix="/tasks", tags=["tasks"])

    @router.post("", status_code=201, responses=documented(409))
    def create_task(body: NewTask, request: Request, response: Response) -> Task:
        """Add a task to the configuration."""
        if body.task_type == "custom":
            raise HTTPException(403, _CUSTOM)
        entry = or_422(lambda: edits.new_task(body))
        if any(task.id == entry["id"] for task in site.reader.runtime().config.tasks):
            raise HTTPException(409, f"there is a task {entry['id']} already")
        config = site.edit(
            request, f"Add task {entry['id']}", lambda text: edit.add(text, "tasks", entry)
        )
        response.headers["location"] = f"/api/scheduler/tasks/{entry['id']}"
        return _edited(site, config, entry["id"], response)

    @router.patch("/{id}", responses=documented(409, 412))
    def change_task(id: str, body: TaskChange, request: Request, response: Response) -> Task:
        """Change a task; with `If-Match` only where the file still says what was seen."""
        task = find_task(site.reader.runtime().config, id)
        site.require(request, task)
        if body.task_type == "custom" or (task.type == "custom" and body.task_config):
            raise HTTPException(403, _CUSTOM)
        changes = or_422(lambda: edits.task_changes(body, task))
        config = site.edit(
            request, f"Change task {id}", lambda text: edit.change(text, "tasks", id, changes)
        )
        return _edited(site, config, id, response)

    @router.delete("/{id}", responses=documented(409, 412))
    def delete_task(id: str, request: Request) -> Done:
        """Take a task out of the configuration; its history stays."""
        site.require(request, find_task(site.reader.runtime().config, id))
        site.edit(request, f"Delete task {id}", lambda text: edit.remove(text, "tasks", id))
        return Done()

    return router


def _edited(site: Site, config: Config, id: str, response: Response) -> Task:
    response.headers["etag"] = site.tag(find_task(config, id))
    (found,) = [item for item in all_tasks(site, site.look()) if item.id == id]
    return found
