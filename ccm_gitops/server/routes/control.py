"""`/api/scheduler/status`, `start`, `stop` and `upcoming`."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request

from ccm_gitops.durations import format_duration
from ccm_gitops.notify.overview import waiting_and_given_up
from ccm_gitops.report.saving import newly_saved
from ccm_gitops.schedule.cron import check_cron, next_slots
from ccm_gitops.schedule.model import Cron
from ccm_gitops.schedule.words import describe
from ccm_gitops.server import wire
from ccm_gitops.server.problems import documented
from ccm_gitops.server.routes.executions import all_executions
from ccm_gitops.server.shapes.control import Loop, Preview, Status, Upcoming
from ccm_gitops.server.site import Site, or_422

_EVERY = timedelta(minutes=1)
_LATE = timedelta(hours=2)
_SHOWN = 10


def routes(site: Site) -> APIRouter:
    """The scheduler itself."""
    router = APIRouter(tags=["scheduler"])

    @router.get("/status", responses=documented(409))
    def status() -> Status:
        """Who looked last and when, what is at work, what is next, and the day's figures."""
        return _status(site)

    @router.post("/start", responses=documented(409))
    def start(request: Request) -> Loop:
        """Start this process' own loop, which looks every minute; it may be running already."""
        site.audit(request, "scheduler.start", site.machine)
        site.loop.start(_EVERY)
        return _loop(site)

    @router.post("/stop", responses=documented(409))
    def stop(request: Request) -> Loop:
        """Stop this process' own loop; runners of crontab, systemd or Actions are not touched."""
        site.audit(request, "scheduler.stop", site.machine)
        site.loop.stop()
        return _loop(site)

    @router.get("/upcoming", responses=documented(409))
    def upcoming(hours: Annotated[int, Query(ge=1, le=8784)] = 24) -> Upcoming:
        """The slots of the next hours on this machine, the first 1,000."""
        seen = site.look()
        until = seen.now + timedelta(hours=hours)
        found = wire.upcoming(seen.config, seen.state, site.machine, seen.now, until)
        return Upcoming(hours=hours, upcoming=found)

    @router.get("/preview", responses=documented(409))
    def preview(
        cron_expression: Annotated[str, Query(alias="cronExpression", max_length=200)],
    ) -> Preview:
        """Say in words when an expression fires, and its next five slots."""
        seen = site.look()
        zone = seen.config.settings.timezone
        or_422(lambda: check_cron(cron_expression))
        cron = Cron(cron_expression, zone)
        slots = islice(next_slots(cron, after=seen.now), 5)
        return Preview(words=describe(cron, zone), next=list(slots))

    return router


def _loop(site: Site) -> Loop:
    loop = site.loop
    return Loop(
        running=loop.every is not None,
        every=format_duration(loop.every) if loop.every else None,
        last_check_at=loop.last_at,
        next_check_at=loop.next_at,
        last_error=loop.last_error,
    )


def _status(site: Site) -> Status:
    seen = site.look()
    beat = seen.state.heartbeat
    waiting, given_up = waiting_and_given_up(seen.state)
    until = seen.now + timedelta(days=7)
    next_runs = wire.upcoming(seen.config, seen.state, site.machine, seen.now, until)
    return Status(
        running=site.loop.every is not None or bool(beat and seen.now - beat.at < _LATE),
        last_check_at=beat.at if beat else None,
        machine_id=beat.machine if beat else None,
        loop=_loop(site),
        tasks=len(seen.config.tasks),
        active_tasks=sum(task.enabled for task in seen.config.tasks),
        running_executions=[item for item in all_executions(seen) if item.status == "running"],
        next_runs=next_runs[:_SHOWN],
        today=wire.today(seen.executions, seen.config.settings.timezone, seen.now),
        tokens_saved_total=sum(newly_saved(seen.executions)),
        messages_waiting=waiting,
        messages_undeliverable=given_up,
    )
