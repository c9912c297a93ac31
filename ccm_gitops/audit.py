"""The lines of the history (schema/history.schema.json): what a run did, and on whose account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ccm_gitops.clock import format_instant
from ccm_gitops.execution import Execution
from ccm_gitops.plan import Plan, Planned, Spent
from ccm_gitops.provenance import Origin, Version

if TYPE_CHECKING:
    from ccm_gitops.job import WorkReport

Line = Mapping[str, Any]


def line(kind: str, at: datetime, **fields: Any) -> Line:
    """One line: what happened, when it was written down, and the rest."""
    return {"kind": kind, "at": format_instant(at), **fields}


def claims(plan: Plan, machine: str, origin: Origin, version: Version, at: datetime) -> list[Line]:
    """A line for each task that a runner takes up, and for the slots that its run stands for."""
    about = {**asdict(origin), "config": asdict(version)}
    return [
        *(line("claim", at, machine=machine, **_taken(item), **about) for item in plan.due),
        *(found for item in plan.due for found in _passed(item, at)),
        *(found for spent in plan.spent for found in _passed(spent, at)),
    ]


def _taken(item: Planned) -> Line:
    return {
        "task_id": item.task.id,
        "execution_id": item.execution,
        "trigger": item.trigger,
        "slot": format_instant(item.slot) if item.slot else None,
        "attempt": item.attempt,
    }


def ended(executions: Iterable[Execution], at: datetime) -> list[Line]:
    """A line for each execution that is over, with all that it did."""
    return [line("execution", at, **execution.to_json()) for execution in executions]


def details(execution: Execution, reports: Iterable[WorkReport], at: datetime) -> list[Line]:
    """A line for each piece of work that took several tries, and for each change that left."""
    about = {
        "machine": execution.machine,
        "task_id": execution.task_id,
        "execution_id": execution.id,
    }
    return [*_retries(reports, about, at), *_publications(execution, about, at)]


def lost(execution: Execution, at: datetime) -> Line:
    """The line of a run whose claim another runner had taken over before it was done."""
    return line(
        "lost",
        at,
        machine=execution.machine,
        task_id=execution.task_id,
        execution_id=execution.id,
        reason="another runner took the slot over before this one was done",
    )


def _passed(item: Planned | Spent, at: datetime) -> Iterator[Line]:
    if item.passed:
        yield line(
            "coalesced",
            at,
            task_id=item.task.id,
            execution_id=item.execution,
            slots=item.passed.count,
            first=format_instant(item.passed.first),
            last=format_instant(item.passed.last),
            reason="missed; one run, or one skip, stands for all",
        )


def _retries(reports: Iterable[WorkReport], about: Line, at: datetime) -> Iterator[Line]:
    for report in reports:
        if report.errors:
            project = report.job.project.id
            tries, errors = report.attempts, list(report.errors)
            yield line("retry", at, **about, project=project, attempts=tries, errors=errors)


def _publications(execution: Execution, about: Line, at: datetime) -> Iterator[Line]:
    for result in execution.projects:
        if result.commit or result.pull_request:
            yield line(
                "publish",
                at,
                **about,
                project=result.id,
                action=result.action,
                branch=result.branch,
                commit=result.commit,
                pull_request=result.pull_request,
            )
