"""Apprise: a title, a plain text and a kind, for every service that the library knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.formatters.facts import details, facts
from ccm_gitops.notify.summary import Line
from ccm_gitops.notify.wording import clip

# The library's own kinds of a notification; the rest are `info`.
_KINDS = {
    "task_completed": "success",
    "optimization_applied": "success",
    "task_failed": "failure",
    "health_alert": "warning",
    "threshold_triggered": "warning",
    "webhook_paused": "warning",
}
_TITLE, _MESSAGE, _DETAILS = 200, 300, 1200  # characters: together what most services take whole


def render(event: Event, config: Mapping[str, Any]) -> dict[str, Any]:
    """`title`, `body` and `type`; `config` has nothing for apprise."""
    figures = "\n".join(f"{name}: {_quiet(value)}" for name, value in facts(event))
    told = details(event, _row, _quiet, _DETAILS)
    parts = (clip(event.message, _MESSAGE, _quiet), told, figures, event.run_url)
    return {
        "title": clip(event.title, _TITLE, _quiet),
        "body": "\n\n".join(part for part in dict.fromkeys(parts) if part),
        "type": _KINDS.get(event.kind, "info"),
    }


def _row(line: Line) -> str:
    link = f" ({line.url})" if line.url else ""
    return f"{clip(line.project, 200, _quiet)}: {clip(line.text, 500, _quiet)}{link}"


def _quiet(text: str) -> str:
    """The text, unable to ping anybody: which mark does depends on a service we do not know."""
    return text.replace("@", "@\u200b").replace("<", "<\u200b")
