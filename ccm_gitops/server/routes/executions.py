"""`/api/scheduler/executions`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException

from ccm_gitops.execution import Status
from ccm_gitops.plan import RunOptions
from ccm_gitops.server import wire
from ccm_gitops.server.problems import documented
from ccm_gitops.server.shapes.executions import Execution, ExecutionList
from ccm_gitops.server.shapes.tasks import Started
from ccm_gitops.server.site import Site, find_task
from ccm_gitops.server.snapshot import Snapshot
from ccm_gitops.sharding import task_of


def routes(site: Site) -> APIRouter:
    """The executions: list, one, retry."""
    router = APIRouter(prefix="/executions", tags=["executions"])

    @router.get("", responses=documented(409))
    def list_executions(
        task_id: Annotated[str | None, Query(alias="taskId")] = None,
        status: Status | None = None,
        machine_id: Annotated[str | None, Query(alias="machineId")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> ExecutionList:
        """The executions, newest first, those at work included."""
        found = [
            item
            for item in all_executions(site.look())
            if task_id in (None, item.task_id)
            and status in (None, item.status)
            and machine_id in (None, item.machine_id)
        ]
        page = found[offset : offset + limit]
        return ExecutionList(
            executions=page,
            total=len(found),
            limit=limit,
            offset=offset,
            has_more=offset + len(page) < len(found),
        )

    @router.get("/{id}", responses=documented(409))
    def get_execution(id: str) -> Execution:
        """One execution with its full result."""
        return _find(site.look(), id)

    @router.post("/{id}/retry", status_code=202, responses=documented(409))
    def retry_execution(id: str, request: Request) -> Started:
        """Run the execution's task again, as a new execution."""
        site.reader.forget()
        snapshot = site.look()
        old = _find(snapshot, id)
        task = find_task(snapshot.config, old.task_id)
        options = RunOptions(
            machine=site.machine, tasks=frozenset({task.id}), force=True, trigger="api"
        )
        started = site.start(task, snapshot.config, options)
        site.audit(request, "execution.retry", id)
        return started

    return router


def all_executions(snapshot: Snapshot) -> list[Execution]:
    """Those at work, then those of the history, newest first."""
    tasks = {task.id: task for task in snapshot.config.tasks}
    claims = (
        wire.claimed(tasks[id], memory, snapshot.now)
        for key, memory in snapshot.state.tasks.items()
        if (id := task_of(key)) in tasks
    )
    return [
        *(item for item in claims if item),
        *(wire.execution(line) for line in reversed(snapshot.executions)),
    ]


def _find(snapshot: Snapshot, id: str) -> Execution:
    for item in all_executions(snapshot):
        if item.id == id:
            return item
    raise HTTPException(404, f"there is no execution {id[:100]}")
