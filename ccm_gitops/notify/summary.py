"""An execution in words: a sentence for each event, and a line per project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ccm_gitops.config.model import EventKind
from ccm_gitops.execution import Execution, ProjectResult
from ccm_gitops.notify.wording import clip, count, duration, listing, number, one_line, treated

_APPLIED = {"committed", "applied"}
_MAX_LINES = 10
_MAX_LINE = 250


@dataclass(frozen=True, kw_only=True)
class Line:
    """What an event says of one project; `url` leads to its pull request."""

    project: str
    text: str
    url: str | None = None


def message(kind: EventKind, execution: Execution) -> str:
    """One plain sentence."""
    name = one_line(execution.task_name)
    if kind == "task_started":
        return f"{name} started."
    if kind == "task_completed":
        return _completed(name, execution)
    if kind == "task_failed":
        return f"{name} failed: {_why(execution)}."
    if kind == "threshold_triggered":
        values = [f"{project} is at {number(value)}" for project, value in execution.fired.items()]
        return f"{name} was triggered: {listing(values)}." if values else f"{name} was triggered."
    if kind == "optimization_applied":
        projects = len({result.id for result in applied(execution)})
        saved = sum(result.tokens_saved for result in applied(execution))
        return f"{name} saved {count(saved, 'token')} in {count(projects, 'project')}."
    low = [f"{label} at {score}" for label, score in low_scores(execution).items()]
    return f"{name} found scores below {execution.alert_threshold}: {listing(low)}."


def _completed(name: str, execution: Execution) -> str:
    parts = [f"{count(execution.projects_processed, 'project')} {treated(execution.task_type)}"]
    if execution.task_type != "custom":
        parts.append(f"{count(execution.issues_found, 'issue')} found")
    if execution.tokens_saved:
        parts.append(f"{count(execution.tokens_saved, 'token')} saved")
    took = "" if execution.duration_ms is None else f" in {duration(execution.duration_ms)}"
    return f"{name} completed{took}: {', '.join(parts)}."


def _why(execution: Execution) -> str:
    if execution.error and execution.error.strip():
        return one_line(execution.error.strip().splitlines()[0]).rstrip(".:")
    failed = [_label(result, execution) for result in execution.projects if result.error]
    return f"errors in {listing(failed)}" if failed else "no reason was given"


def lines(kind: EventKind, execution: Execution) -> tuple[Line, ...]:
    """What there is to say per project; of many the first ones and how many more."""
    return most_lines(list(_lines(kind, execution)))


def most_lines(found: list[Line]) -> tuple[Line, ...]:
    """As many of the lines as a message holds, and how many more there are."""
    if len(found) <= _MAX_LINES:
        return tuple(found)
    return (*found[:_MAX_LINES], Line(project="…", text=f"and {len(found) - _MAX_LINES} more"))


def _lines(kind: EventKind, execution: Execution) -> Iterator[Line]:
    if kind == "threshold_triggered":
        for project, value in execution.fired.items():
            yield Line(project=project, text=number(value))
    for result in execution.projects:
        if text := _said_of(kind, result, execution):
            yield _line(result, execution, text)


def _said_of(kind: EventKind, result: ProjectResult, execution: Execution) -> str | None:
    """What an event of this kind says of one result; None where there is nothing to say."""
    if kind == "task_failed":
        return result.error
    if kind == "task_completed" and _has_moved(result):
        return f"score {result.previous_score} → {result.score}"
    if kind == "optimization_applied" and result in applied(execution):
        place = f" on {result.branch}" if result.branch else ""
        return f"{count(result.tokens_saved, 'token')} saved{place}"
    if kind == "health_alert" and result in unhealthy(execution):
        was = f", was {result.previous_score}" if _has_moved(result) else ""
        return f"score {result.score}{was}"
    return None


def _has_moved(result: ProjectResult) -> bool:
    return None not in (result.score, result.previous_score) and (
        result.score != result.previous_score
    )


def _line(result: ProjectResult, execution: Execution, text: str) -> Line:
    short = clip(one_line(text), _MAX_LINE)
    return Line(project=_label(result, execution), text=short, url=result.pull_request)


def _label(result: ProjectResult, execution: Execution) -> str:
    """The project's id; with the file where the project has several results."""
    several = sum(other.id == result.id for other in execution.projects) > 1
    return f"{result.id} {result.file}" if several and result.file else result.id


def applied(execution: Execution) -> list[ProjectResult]:
    """The results that changed something."""
    return [result for result in execution.projects if result.action in _APPLIED]


def low_scores(execution: Execution) -> dict[str, int]:
    """The scores below the alert threshold, by project (and file)."""
    return {_label(result, execution): result.score or 0 for result in unhealthy(execution)}


def scores_of(execution: Execution) -> dict[str, int]:
    """Every score of an execution, by project (and file) as in `low_scores`."""
    return {
        _label(result, execution): result.score
        for result in execution.projects
        if result.score is not None
    }


def unhealthy(execution: Execution) -> list[ProjectResult]:
    """The results of a health check that are below its alert threshold."""
    limit = execution.alert_threshold
    if execution.task_type != "health_check" or limit is None:
        return []
    return [
        result for result in execution.projects if result.score is not None and result.score < limit
    ]
