"""Discord webhooks: one embed (Discord developer documentation, "Webhook", "Message")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.formatters.facts import details, facts, footer
from ccm_gitops.notify.summary import Line
from ccm_gitops.notify.wording import clip, timestamp

_TITLE = 256
# An embed may have 6,000 characters in all: 4,096 would be allowed here alone.
_DESCRIPTION = 3000
_FIELDS = 25
_FIELD_VALUE = 1024
_FOOTER = 2048
_USERNAME = 80
_FORBIDDEN_NAMES = ("discord", "clyde")  # Discord refuses a message under such a name

_GREEN, _RED, _YELLOW, _BLUE = 5763719, 15548997, 16705372, 5793266
_COLORS = {
    "task_started": _BLUE,
    "task_completed": _GREEN,
    "task_failed": _RED,
    "threshold_triggered": _YELLOW,
    "optimization_applied": _GREEN,
    "health_alert": _RED,
    "webhook_paused": _YELLOW,
}
_MARKUP = frozenset("\\*_~|`<>[]")


def render(event: Event, config: Mapping[str, Any]) -> dict[str, Any]:
    """The message; `config`: details_url, username. Nobody is ever mentioned.

    An embed has one link: to the run where there is no `details_url`.
    """
    fields = [
        {"name": name, "value": clip(value, _FIELD_VALUE, _escape), "inline": True}
        for name, value in facts(event)
    ]
    below = footer(event)
    embed = {
        "title": clip(event.title, _TITLE, _escape),
        "url": config.get("details_url") or event.run_url,
        "description": details(event, _row, _escape, _DESCRIPTION),
        "color": _COLORS[event.kind],
        "fields": fields[:_FIELDS],
        "footer": {"text": clip(below, _FOOTER)} if below else None,
        "timestamp": timestamp(event.at),
    }
    message: dict[str, Any] = {
        "username": _username(config),
        "embeds": [_present(embed)],
        "allowed_mentions": {"parse": []},
    }
    return _present(message)


def _present(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if value}


def _row(line: Line) -> str:
    link = f" ([pull request]({line.url}))" if line.url else ""
    return f"**{clip(line.project, 200, _escape)}**: {clip(line.text, 500, _escape)}{link}"


def _username(config: Mapping[str, Any]) -> str | None:
    name = clip(str(config.get("username") or ""), _USERNAME)
    return None if any(word in name.lower() for word in _FORBIDDEN_NAMES) else name


def _escape(character: str) -> str:
    return f"\\{character}" if character in _MARKUP else character
