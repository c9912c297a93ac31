"""Each project as the dashboard shows it: figures, their course over the history, proposals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ccm_gitops.clock import parse_instant
from ccm_gitops.projects.model import Project
from ccm_gitops.report.rows import ExecutionRow, execution_row
from ccm_gitops.report.saving import saved_again
from ccm_gitops.state.model import Figures, ProjectState, State

if TYPE_CHECKING:
    from ccm_gitops.inspection import Inspection

# A project that no entry finds here (another machine has it, or nobody any more) is shown so long.
_REMEMBERED = timedelta(days=30)
_EXECUTIONS = 5
_PROPOSALS = 10


@dataclass(frozen=True, kw_only=True)
class Point:
    """A project's figures at one time: the worst score and the sums over its context files."""

    at: datetime
    score: int
    tokens: int
    issues: int


@dataclass(frozen=True, kw_only=True)
class FileFigures:
    """One context file, as it was measured last."""

    file: str
    score: int
    tokens: int
    issues: int


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change that was published: a branch, and the pull request if there is one."""

    at: datetime
    task: str
    file: str | None
    action: str
    branch: str | None
    commit: str | None
    pull_request: str | None
    tokens_saved: int


@dataclass(frozen=True, kw_only=True)
class ProjectView:
    """One project; figures are None until it was measured, and of `measured_at`.

    `points` has the last measure of each day, oldest first. `score_change` is the newest score
    less the oldest of `points`. `error` is that of the newest execution, if it failed here.
    `inspection` is what was seen of the files just now, or None.
    """

    id: str
    place: str
    is_configured: bool
    score: int | None = None
    tokens: int | None = None
    issues: int | None = None
    measured_at: datetime | None = None
    score_change: int | None = None
    tokens_saved: int = 0
    error: str | None = None
    points: tuple[Point, ...] = ()
    files: tuple[FileFigures, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    executions: tuple[ExecutionRow, ...] = ()
    inspection: Inspection | None = None


def project_views(
    projects: Iterable[Project],
    state: State,
    lines: Sequence[Mapping[str, Any]],
    inspections: Mapping[str, Inspection],
    now: datetime,
) -> tuple[ProjectView, ...]:
    """The projects of the configuration, in its order, then those that only the history knows."""
    courses: dict[str, _Course] = {}
    for line, again in zip(lines, saved_again(lines), strict=True):
        at = parse_instant(line["started_at"])
        for id, results in _by_project(line["result"]["projects"]).items():
            course = courses.setdefault(id, _Course(results[0]["path"]))
            course.add(line, at, results)
            course.tokens_saved -= again[id]
    known = {project.id: project.place for project in projects}
    others = {
        id: course.place
        for id, course in sorted(courses.items())
        if id not in known and now - course.seen_at <= _REMEMBERED
    }
    return tuple(
        _view(
            (id, place),
            is_configured=id in known,
            course=courses.get(id) or _Course(place),
            figures=state.projects.get(id, ProjectState()).figures,
            inspection=inspections.get(id),
            now=now,
        )
        for id, place in {**known, **others}.items()
    )


def worst_first(views: Iterable[ProjectView]) -> list[ProjectView]:
    """The lowest score first; what was never measured last."""
    return sorted(views, key=lambda view: (view.score is None, view.score))


class _Course:
    """What the history tells of one project, gathered line by line, oldest first."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.seen_at = datetime.min
        self.error: str | None = None
        self.tokens_saved = 0
        self.measures: dict[str, tuple[datetime, Sequence[Mapping[str, Any]]]] = {}
        self.proposals: list[Proposal] = []
        self.lines: list[Mapping[str, Any]] = []

    def add(
        self, line: Mapping[str, Any], at: datetime, results: Sequence[Mapping[str, Any]]
    ) -> None:
        """Take in one execution's results in this project, one a file."""
        self.seen_at = at
        self.place = results[0]["path"]
        self.error = next((r["error"] for r in results if r["error"]), None)
        self.lines.append(line)
        for result in results:
            self.tokens_saved += result["tokens_saved"]
            if result["commit"] or result["pull_request"]:
                self.proposals.append(_proposal(line, result, at))
        measured = [result for result in results if result["score"] is not None]
        if measured:
            self.measures[line["started_at"][:10]] = at, measured

    def points(self) -> list[Point]:
        """The last measure of each day."""
        return [_point(at, _files(results)) for at, results in self.measures.values()]

    def files(self) -> tuple[FileFigures, ...]:
        """The files of the last measure."""
        return _files([*self.measures.values()][-1][1]) if self.measures else ()


def _by_project(
    results: Iterable[Mapping[str, Any]],
) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        found.setdefault(result["id"], []).append(result)
    return found


def _files(results: Iterable[Mapping[str, Any]]) -> tuple[FileFigures, ...]:
    return tuple(
        FileFigures(
            file=r["file"], score=r["score"], tokens=r["tokens"] or 0, issues=r["issues"] or 0
        )
        for r in results
    )


def _point(at: datetime, files: Sequence[FileFigures]) -> Point:
    return Point(
        at=at,
        score=min(item.score for item in files),
        tokens=sum(item.tokens for item in files),
        issues=sum(item.issues for item in files),
    )


def _proposal(line: Mapping[str, Any], result: Mapping[str, Any], at: datetime) -> Proposal:
    return Proposal(
        at=at,
        task=line["task_id"],
        file=result["file"],
        action=result["action"] or "",
        branch=result["branch"],
        commit=result["commit"],
        pull_request=result["pull_request"],
        tokens_saved=result["tokens_saved"],
    )


def _view(
    project: tuple[str, str],
    *,
    is_configured: bool,
    course: _Course,
    figures: Figures | None,
    inspection: Inspection | None,
    now: datetime,
) -> ProjectView:
    id, place = project
    points, files = course.points(), course.files()
    if inspection and inspection.analyses:
        files = tuple(
            FileFigures(file=a.file, score=a.score, tokens=a.tokens, issues=len(a.issues))
            for a in inspection.analyses
        )
        points = [p for p in points if p.at.date() != now.date()] + [_point(now, files)]
    last = points[-1] if points else None
    seen = last or _as_point(figures)
    return ProjectView(
        id=id,
        place=place,
        is_configured=is_configured,
        score=seen.score if seen else None,
        tokens=seen.tokens if seen else None,
        issues=seen.issues if seen else None,
        measured_at=last.at if last else None,
        score_change=last.score - points[0].score if last and len(points) > 1 else None,
        tokens_saved=course.tokens_saved,
        error=course.error,
        points=tuple(points),
        files=files,
        proposals=tuple(reversed(course.proposals[-_PROPOSALS:])),
        executions=tuple(execution_row(line) for line in reversed(course.lines[-_EXECUTIONS:])),
        inspection=inspection,
    )


def _as_point(figures: Figures | None) -> Point | None:
    """What a threshold's survey measured; nobody wrote down when."""
    if figures is None:
        return None
    return Point(
        at=datetime.min,
        score=round(figures.optimization_score),
        tokens=round(figures.token_count),
        issues=round(figures.issue_count),
    )
