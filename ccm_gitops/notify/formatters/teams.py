"""Microsoft Teams through Workflows: an Adaptive Card (learn.microsoft.com, "Adaptive Cards")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.formatters.facts import details, facts, footer
from ccm_gitops.notify.summary import Line
from ccm_gitops.notify.wording import clip

# Teams states 28 KB for a whole message; these leave room for it in any script.
_TITLE = 256
_VALUE = 1000
_DETAILS = 4000
_MARKUP = frozenset("\\*_[]")


def render(event: Event, config: Mapping[str, Any]) -> dict[str, Any]:
    """The message; `config`: details_url. Nobody is mentioned: that would take an entity list."""
    title = {"type": "TextBlock", "size": "Large", "weight": "Bolder"}
    body: list[dict[str, Any]] = [
        {**title, "text": clip(event.title, _TITLE, _escape), "wrap": True},
        {"type": "FactSet", "facts": [_fact(name, value) for name, value in facts(event)]},
    ]
    if text := details(event, _row, _escape, _DETAILS):
        # A single line break is a blank in the cards' Markdown.
        body.append({"type": "TextBlock", "text": text.replace("\n", "\n\n"), "wrap": True})
    if text := footer(event) or "":
        body.append({"type": "TextBlock", "text": text, "isSubtle": True, "wrap": True})
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    links = [("View Details", config.get("details_url")), ("View Run", event.run_url)]
    if actions := [_open(title, str(url)) for title, url in links if url]:
        card["actions"] = actions
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _open(title: str, url: str) -> dict[str, str]:
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def _fact(name: str, value: str) -> dict[str, str]:
    return {"title": name, "value": clip(value, _VALUE, _escape)}


def _row(line: Line) -> str:
    link = f" ([pull request]({line.url}))" if line.url else ""
    return f"**{clip(line.project, 200, _escape)}**: {clip(line.text, 500, _escape)}{link}"


def _escape(character: str) -> str:
    return f"\\{character}" if character in _MARKUP else character
