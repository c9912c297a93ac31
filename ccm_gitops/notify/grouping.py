"""Fewer messages, or a message for each project: a webhook's `group`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace

from ccm_gitops.config.model import EventKind
from ccm_gitops.execution import Execution, ProjectResult
from ccm_gitops.notify.events import Event, Metrics, event_id, events_of, metrics_of
from ccm_gitops.notify.outbox import OutboxEntry
from ccm_gitops.notify.summary import Line, most_lines
from ccm_gitops.notify.wording import clip, count, listing

# Of several events the gravest gives the digest its kind, which colours it.
_GRAVEST_FIRST: tuple[EventKind, ...] = (
    "task_failed",
    "health_alert",
    "webhook_paused",
    "threshold_triggered",
    "optimization_applied",
    "task_completed",
    "task_started",
)
_MARKS = dict(zip(_GRAVEST_FIRST, "❌🚨🔇⚠✨✅▶", strict=True))
_NAMES, _WORDS = 200, 1000  # characters


def per_project(event: Event, execution: Execution) -> tuple[Event, ...]:
    """The event once for each project that it speaks of, each with that project's own figures.

    What speaks of no project, such as a beginning, stays one event.
    """
    ids = dict.fromkeys((*(result.id for result in execution.projects), *execution.fired))
    found = (_of_project(event, execution, id) for id in ids)
    return tuple(part for part in found if part) or (event,)


def with_projects(event: Event, execution: Execution) -> Event:
    """The event with its figures by project, for a digest that counts each project once."""
    if event.metrics == Metrics():
        return event
    results: dict[str, list[ProjectResult]] = {}
    for result in execution.projects:
        results.setdefault(result.id, []).append(result)
    own = {id: replace(execution, projects=tuple(found)) for id, found in results.items()}
    return replace(event, by_project={id: metrics_of(part) for id, part in own.items()})


def _of_project(event: Event, execution: Execution, id: str) -> Event | None:
    results = tuple(result for result in execution.projects if result.id == id)
    error = next((result.error for result in results if result.error), None)
    status = execution.status
    if status in ("completed", "failed"):
        status = "failed" if error else "completed"
    fired = {id: execution.fired[id]} if id in execution.fired else {}
    own = replace(execution, projects=results, fired=fired, status=status, error=error)
    for part in events_of(own):
        if part.kind == event.kind and (fired or event.kind != "threshold_triggered"):
            return replace(part, id=event_id(f"{event.id}:{id}"), project=id)
    return None


def grouped(entries: Iterable[OutboxEntry], ready: Container[str]) -> tuple[OutboxEntry, ...]:
    """The entries with one digest for what waits, and was not tried yet, per webhook of `ready`."""
    entries = tuple(entries)
    together: dict[str, list[OutboxEntry]] = {}
    for entry in entries:
        if entry.webhook_id in ready and entry.state == "waiting" and not entry.attempts:
            together.setdefault(entry.webhook_id, []).append(entry)
    several = [found for found in together.values() if len(found) > 1]
    digests = {found[0].id: _digest(found) for found in several}
    taken = {entry.id for found in several for entry in found[1:]}
    return tuple(digests.get(entry.id, entry) for entry in entries if entry.id not in taken)


def _digest(entries: Sequence[OutboxEntry]) -> OutboxEntry:
    first, last = entries[0], entries[-1]
    event = digest([entry.event for entry in entries])
    return replace(first, id=f"{first.webhook_id}/{event.id}", event=event, next_at=last.next_at)


def digest(events: Sequence[Event]) -> Event:
    """One event that tells several, oldest first; its `id` follows from theirs.

    A beginning whose end is told as well is left out; what is alone then is told as it is.
    """
    ended = {event.execution_id for event in events if event.kind != "task_started"}
    told = [e for e in events if e.kind != "task_started" or e.execution_id not in ended]
    if len(told) == 1:
        return told[0]
    by_project = _by_project(told)
    gravest = min(told, key=lambda event: _GRAVEST_FIRST.index(event.kind))
    kinds = Counter(event.kind for event in told)
    names = listing(list(dict.fromkeys(event.task_name for event in told)))
    summary = ", ".join(f"{kinds[kind]} {_word(kind)}" for kind in _GRAVEST_FIRST if kind in kinds)
    return replace(
        gravest,
        id=event_id(" ".join(event.id for event in events)),
        at=max(event.at for event in events),
        task_name=clip(names, _NAMES),
        title=f"{_MARKS[gravest.kind]} {count(len(told), 'event')}: {summary}",
        message=clip(" ".join(event.message for event in told), _WORDS),
        duration_ms=None,
        metrics=_joined(list(by_project.values()), sum),
        error=None,
        lines=most_lines(list(_lines(told))),
        by_project=by_project,
    )


def _lines(events: Iterable[Event]) -> Iterator[Line]:
    for event in events:
        url = next((line.url for line in event.lines if line.url), None)
        text = event.message.removeprefix(f"{event.task_name} ")
        yield Line(project=event.task_name, text=text, url=url)


def _word(kind: EventKind) -> str:
    return kind.partition("_")[2] if kind != "health_alert" else "unhealthy"


def _by_project(events: Iterable[Event]) -> dict[str, Metrics]:
    """The figures of each project, as the event has them that found most; a score has no sum."""
    seen: dict[str, list[Metrics]] = {}
    for event in events:
        for project, figures in (event.by_project or {event.execution_id: event.metrics}).items():
            seen.setdefault(project, []).append(figures)
    return {project: _joined(found, max) for project, found in seen.items()}


def _joined(figures: Sequence[Metrics], join: Callable[[Iterable[int]], int]) -> Metrics:
    def of(name: str) -> int | None:
        found = [value for one in figures if (value := getattr(one, name)) is not None]
        return join(found) if found else None

    return Metrics(
        projects_processed=of("projects_processed"),
        issues_found=of("issues_found"),
        tokens_saved=of("tokens_saved"),
    )
