"""A webhook's own words for title and message: fields filled into a text, nothing executed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.wording import clip, number, one_line, timestamp

_FIELD = re.compile(r"\{\{|\}\}|\{(\w+)\}")
_MOST = 1000
FIELDS: Mapping[str, Callable[[Event], object]] = {
    "title": lambda event: event.title,
    "message": lambda event: event.message,
    "event": lambda event: event.kind,
    "task": lambda event: event.task_id,
    "task_name": lambda event: event.task_name,
    "task_type": lambda event: event.task_type,
    "project": lambda event: event.project,
    "execution": lambda event: event.execution_id,
    "status": lambda event: event.status,
    "time": lambda event: timestamp(event.at),
    "error": lambda event: event.error,
    "projects": lambda event: event.metrics.projects_processed,
    "issues": lambda event: event.metrics.issues_found,
    "tokens_saved": lambda event: event.metrics.tokens_saved,
    "score": lambda event: event.metrics.optimization_score,
}


def in_own_words(event: Event, config: Mapping[str, Any]) -> Event:
    """The event with `title` and `message` of a webhook's `config`, where it has them.

    A field that the event does not have is left empty; doubled braces are literal ones.
    """
    if title := config.get("title"):
        title = one_line(_filled(title, event))
    if message := config.get("message"):
        message = clip(_filled(message, event), _MOST)
    return replace(
        event,
        title=title or event.title,
        message=message or event.message,
        own_words=message or None,
    )


def _filled(template: str, event: Event) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        found = FIELDS[match[1]](event) if match[1] in FIELDS else match[0]
        if isinstance(found, int):
            return number(found)
        return "" if found is None else str(found)

    return _FIELD.sub(value, template)
