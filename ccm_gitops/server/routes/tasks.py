"""`/api/scheduler/tasks`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ccm_gitops.config.model import TaskType
from ccm_gitops.overview import task_rows
from ccm_gitops.plan import RunOptions
from ccm_gitops.server import wire
from ccm_gitops.server.problems import documented
from ccm_gitops.server.shapes.tasks import (
    RunRequest,
    Started,
    Task,
    TaskDetail,
    TaskList,
)
from ccm_gitops.server.site import Site, find_task
from ccm_gitops.server.snapshot import Snapshot
from ccm_gitops.sharding import by_task
from ccm_gitops.state.model import TaskState

_RECENT = 10


def routes(site: Site) -> APIRouter:
    """The tasks: list, one, run."""
    router = APIRouter(prefix="/tasks", tags=["tasks"])

    @router.get("", responses=documented(409))
    def list_tasks(
        machine_id: Annotated[str | None, Query(alias="machineId")] = None,
        enabled: Annotated[bool | None, Query()] = None,
        task_type: Annotated[TaskType | None, Query(alias="taskType")] = None,
    ) -> TaskList:
        """The tasks with their figures; `machineId` gives those that run on that machine."""
        found = [
            item
            for item in all_tasks(site, site.look())
            if (machine_id is None or item.machine_id in (None, machine_id))
            and enabled in (None, item.enabled)
            and task_type in (None, item.task_type)
        ]
        return TaskList(tasks=found, total=len(found))

    @router.get("/{id}", responses=documented(409))
    def get_task(id: str, response: Response) -> TaskDetail:
        """One task with its newest executions; its `ETag` is of what the file says."""
        snapshot = site.look()
        response.headers["etag"] = site.tag(find_task(snapshot.config, id))
        (found,) = [item for item in all_tasks(site, snapshot) if item.id == id]
        lines = [line for line in snapshot.executions if line["task_id"] == id]
        recent = [wire.execution(line) for line in lines[: -_RECENT - 1 : -1]]
        return TaskDetail(**dict(found), recent_executions=recent)

    @router.post("/{id}/run", status_code=202, responses=documented(409))
    def run_task(id: str, request: Request, body: RunRequest | None = None) -> Started:
        """Start the task now; the answer has the execution, which goes on by itself."""
        config = site.reader.runtime().config
        task = find_task(config, id)
        trigger = (body or RunRequest()).trigger_type
        options = RunOptions(
            machine=site.machine, tasks=frozenset({id}), force=True, trigger=trigger
        )
        started = site.start(task, config, options)
        site.audit(request, "task.run", id)
        return started

    return router


def all_tasks(site: Site, snapshot: Snapshot) -> list[Task]:
    """Every task as it is, in the order of the file."""
    rows = task_rows(snapshot.config, snapshot.state, site.machine, snapshot.now)
    found, memory = [], by_task(snapshot.state)
    lines: dict[str, list[wire.Line]] = {}
    for line in snapshot.executions:
        lines.setdefault(line["task_id"], []).append(line)
    for task, row in zip(snapshot.config.tasks, rows, strict=True):
        claim = memory.get(task.id, TaskState()).claim
        running = claim.execution if claim and claim.expires_at > snapshot.now else None
        found.append(wire.task(task, row, lines.get(task.id, []), running))
    return found
