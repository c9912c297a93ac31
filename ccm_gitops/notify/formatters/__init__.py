"""The platforms that messages go to: for each, how an event becomes a body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ccm_gitops.notify.events import Event
from ccm_gitops.notify.formatters import apprise, discord, generic, n8n, slack, teams


@dataclass(frozen=True, kw_only=True)
class Formatter:
    """`render` takes the event and the webhook's `config`; `query` is added to the URL.

    `by_library`: the message is handed to Apprise instead of posted.
    """

    render: Callable[[Event, Mapping[str, Any]], dict[str, Any]]
    signs: bool = False
    query: str | None = None
    by_library: bool = False


FORMATTERS: Mapping[str, Formatter] = {
    "slack": Formatter(render=slack.render),
    # Without `wait` Discord answers before it has tried, and says nothing of an error.
    "discord": Formatter(render=discord.render, query="wait=true"),
    "teams": Formatter(render=teams.render),
    "n8n": Formatter(render=n8n.render, signs=True),
    "generic": Formatter(render=generic.render, signs=True),
    "apprise": Formatter(render=apprise.render, by_library=True),
}
