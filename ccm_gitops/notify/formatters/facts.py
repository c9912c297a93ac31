"""What every message for people shows of an event, before a platform's own form."""

from __future__ import annotations

from collections.abc import Callable

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.summary import Line
from ccm_gitops.notify.wording import clip, count, duration, number, treated


def facts(event: Event) -> list[tuple[str, str]]:
    """Name and value of each figure that the event has."""
    figures = event.metrics
    found = [("Webhook" if event.kind == "webhook_paused" else "Task", event.task_name)]
    if event.project:
        found.append(("Project", event.project))
    if event.duration_ms is not None:
        found.append(("Duration", duration(event.duration_ms)))
    if figures.projects_processed is not None:
        treatment = f"{number(figures.projects_processed)} {treated(event.task_type)}"
        found.append(("Projects", treatment))
    # Only an optimisation can save; of the others a 0 would say nothing.
    if figures.tokens_saved is not None and (figures.tokens_saved or event.task_type == "optimize"):
        found.append(("Tokens Saved", number(figures.tokens_saved)))
    if figures.optimization_score is not None:
        found.append(("Score", f"{figures.optimization_score} of 100"))
    return found


def metrics(event: Event) -> dict[str, int]:
    """The figures that the event has, under the names of the JSON forms."""
    found = {
        "projectsProcessed": event.metrics.projects_processed,
        "issuesFound": event.metrics.issues_found,
        "tokensSaved": event.metrics.tokens_saved,
        "optimizationScore": event.metrics.optimization_score,
    }
    return {name: value for name, value in found.items() if value is not None}


def footer(event: Event) -> str | None:
    """`8 issues found`, or None where issues were not counted."""
    found = event.metrics.issues_found
    return None if found is None else f"{count(found, 'issue')} found"


def details(
    event: Event, row: Callable[[Line], str], escape: Callable[[str], str], limit: int
) -> str:
    """The error and a row per project, or the webhook's own words, in at most `limit` characters.

    Empty where there is none.
    """
    if event.own_words:
        return clip(event.own_words, limit, escape)
    text = clip(event.error, limit // 2, escape) if event.error else ""
    for line in map(row, event.lines):
        if len(text) + len(line) + len("\n\n…") > limit:
            return f"{text}\n…"
        text = f"{text}\n{line}" if text else line
    return text
