"""The task types: one module each, behind one Protocol; a new type is a module and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from ccm_gitops.tasks import analyze, custom, health_check, optimize
from ccm_gitops.tasks.model import Handler

HANDLERS: Mapping[str, Handler] = {
    "analyze": analyze.execute,
    "optimize": optimize.execute,
    "health_check": health_check.execute,
    "custom": custom.execute,
}

# The types whose outcome may hold files to publish.
PROPOSING = frozenset({"optimize"})
