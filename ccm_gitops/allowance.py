"""How many pull requests may still be opened: counted over all worker processes of a run."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable

from ccm_gitops.config.model import Publish
from ccm_gitops.resuming import PER_HOUR


class Allowance:
    """Counters that worker processes share; `lately` were opened in the hour before the run."""

    def __init__(self, executions: Iterable[str], lately: int) -> None:
        context = multiprocessing.get_context("forkserver")
        self._lately = context.Value("i", lately)
        self._opened = {name: context.Value("i", 0) for name in executions}

    def take(self, execution: str, publish: Publish) -> str | None:
        """Count one more for an execution; where that would be too many, the reason to wait."""
        opened = self._opened[execution]
        with self._lately.get_lock():
            for count, limit, name in (
                (opened.value, publish.limits_per_run, "in this run (limits.per_run"),
                (self._lately.value, publish.limits_per_hour, f"in an hour ({PER_HOUR}"),
            ):
                if limit is not None and count >= limit:
                    return f"{count} pull requests were opened {name}: {limit})"
            opened.value += 1
            self._lately.value += 1
        return None
