"""Messages for other services, handed to the library Apprise (the extra `apprise`)."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ccm_gitops.notify.outbox import Attempt
from ccm_gitops.secrets import Secret


def send_by_library(url: Secret, message: Mapping[str, Any]) -> Attempt:
    """Send a `title`, `body` and `type` to the service that an Apprise URL names, once.

    The library makes its own connections, each with its own time limits, and says little of a
    failure: every one but a URL that it cannot read is tried again. The reason holds what it
    logged, and may hold parts of the URL: the caller masks them.
    """
    library = _library()
    if library is None:
        return Attempt(
            status="blocked",
            reason="the library Apprise is missing; install ccm-gitops[apprise]",
        )
    service = library.Apprise()
    with library.LogCapture(level=logging.WARNING, fmt="%(message)s") as log:
        if not service.add(url.reveal()):
            return Attempt(status="dead", reason="the URL names no service that Apprise knows")
        taken = service.notify(
            title=message["title"],
            body=message["body"],
            notify_type=message["type"],
            body_format="text",
        )
        said = log.getvalue()
    if taken:
        return Attempt(status="delivered")
    return Attempt(status="retry", reason=said or "the service did not take the message")


def _library() -> ModuleType | None:
    try:
        return importlib.import_module("apprise")
    except ModuleNotFoundError:
        return None
