"""Slack incoming webhooks: Block Kit (docs.slack.dev, "Block Kit reference")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.formatters.facts import details, facts, footer
from ccm_gitops.notify.summary import Line
from ccm_gitops.notify.wording import clip

# Slack allows a fallback of 40,000; more than this nobody reads in a notification.
_TEXT = 3000
_HEADER = 150
_SECTION = 3000
_FIELD = 2000
_FIELDS = 10
# With these three escaped no text can be a mention (`<!channel>`), a link or an entity.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FROM_CONFIG = ("username", "channel")


def render(event: Event, config: Mapping[str, Any]) -> dict[str, Any]:
    """The message; `config`: details_url, username, channel."""
    header = {"type": "plain_text", "text": clip(event.title, _HEADER)}
    fields = [_mrkdwn(f"*{name}:*\n", value, _FIELD) for name, value in facts(event)]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": header},
        {"type": "section", "fields": fields[:_FIELDS]},
    ]
    if text := details(event, _row, _escape, _SECTION):
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    if text := _context(event, config):
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": text}]})
    fallback = clip(f"{event.title}: {event.message}", _TEXT, _escape)
    extra = {key: str(config[key]) for key in _FROM_CONFIG if config.get(key)}
    return {"text": fallback, "blocks": blocks, **extra}


def _mrkdwn(ours: str, theirs: str, limit: int) -> dict[str, str]:
    return {"type": "mrkdwn", "text": ours + clip(theirs, limit - len(ours), _escape)}


def _row(line: Line) -> str:
    link = f" ({_link(line.url, 'pull request')})" if line.url else ""
    return f"• *{clip(line.project, 200, _escape)}*: {clip(line.text, 500, _escape)}{link}"


def _context(event: Event, config: Mapping[str, Any]) -> str:
    details_url = config.get("details_url")
    link = _link(str(details_url), "View Details") if details_url else None
    run = _link(event.run_url, "View Run") if event.run_url else None
    return " | ".join(part for part in (footer(event), link, run) if part)


def _link(url: str, label: str) -> str:
    target = "".join(map(_escape, url)).replace("|", "%7C")
    return f"<{target}|{label}>"


def _escape(character: str) -> str:
    return _ENTITIES.get(character, character)
