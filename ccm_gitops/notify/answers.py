"""Success statuses whose bodies say the opposite, as some platforms send them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ccm_gitops.notify.outbox import Attempt
from ccm_gitops.notify.wording import one_line

_WORD = re.compile(r"[a-z]+(_[a-z]+)+")  # Slack's errors: `invalid_payload`, `no_service`
_BUSY = re.compile(r"rate_?limit|\b(?:408|429|5\d\d)\b")
_TEAMS = "webhook message delivery failed"


def refusal(provider: str, code: int, body: bytes) -> Attempt | None:
    """How a sending ended that was answered with a success; None where nothing speaks against it.

    The reason holds the receiver's words as they came.
    """
    text = one_line(body.decode(errors="replace"))
    said, asked = _REFUSALS[provider](text) if provider in _REFUSALS else (None, None)
    if said is None:
        return None
    is_busy = asked is not None or _BUSY.search(said)
    return Attempt(status="retry" if is_busy else "dead", code=code, reason=said, retry_after=asked)


_Said = tuple[str | None, float | None]


def _slack(text: str) -> _Said:
    document = _mapping(text)
    if document.get("ok") is False:
        return str(document.get("error", text)), None
    return (text if _WORD.fullmatch(text) else None), None


def _discord(text: str) -> _Said:
    """A message that was made has an id, an error has a message and a code or a pause."""
    document = _mapping(text)
    if "id" in document or "message" not in document:
        return None, None
    pause = document.get("retry_after")
    return str(document["message"]), float(pause) if isinstance(pause, int | float) else None


def _teams(text: str) -> _Said:
    return (text if _TEAMS in text.lower() else None), None


_REFUSALS = {"slack": _slack, "discord": _discord, "teams": _teams}


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
