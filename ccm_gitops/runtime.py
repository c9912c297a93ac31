"""Everything that a run is given from outside: nothing below reaches for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccm_gitops.clock import Clock
from ccm_gitops.config.model import Config
from ccm_gitops.plan import Plan
from ccm_gitops.provenance import Origin
from ccm_gitops.state.store import Store

_UNKNOWN = Origin()


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """`cache` is the folder for clones; `on_progress` is told (done, total) work units.

    `origin` says who or what started this. `on_claim` is told the plan of a run as soon as it is
    claimed.
    """

    config: Config
    store: Store
    clock: Clock
    environ: Mapping[str, str]
    home: Path
    cache: Path
    on_progress: Callable[[int, int], None] = lambda done, total: None
    origin: Origin = _UNKNOWN
    on_claim: Callable[[Plan], None] = lambda plan: None
