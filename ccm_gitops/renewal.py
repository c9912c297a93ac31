"""The leases of a run's claims, renewed while it works."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ccm_gitops import ledger
from ccm_gitops.errors import GitError, StateBusyError
from ccm_gitops.plan import Plan
from ccm_gitops.runtime import Runtime
from ccm_gitops.state.model import State
from ccm_gitops.state.store import Update

# Leases are renewed well before they end.
_RENEW_AFTER = timedelta(minutes=1).total_seconds()


@dataclass
class Renewal:
    """Called often while workers are busy; renews the leases now and then.

    It gives the executions that were lost to another runner, which are to be stopped.
    """

    runtime: Runtime
    plan: Plan
    renewed_at: float | None = None
    lost: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        elapsed = self.runtime.clock.elapsed()
        if self.renewed_at is None:
            self.renewed_at = elapsed
        if elapsed - self.renewed_at >= _RENEW_AFTER:
            now = self.runtime.clock.now()
            # A store that is busy or out of reach for a moment is no reason to stop the work.
            with contextlib.suppress(StateBusyError, GitError):
                self.lost = self.runtime.store.update(partial(self._renewed, now))
            self.renewed_at = elapsed
        return self.lost

    def _renewed(self, now: datetime, state: State) -> Update[frozenset[str]]:
        renewed = ledger.renew(state, self.plan.due, now)
        return Update(renewed, ledger.lost(renewed, self.plan.due))
