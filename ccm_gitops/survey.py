"""What schedules that watch projects look at in a run: whether to look, and what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ccm_gitops.config.model import Task
from ccm_gitops.plan import NOTHING_SEEN, RunOptions, Seen
from ccm_gitops.schedule.memory import parts
from ccm_gitops.schedule.model import Changed, Threshold
from ccm_gitops.state.model import Figures


@dataclass(frozen=True)
class Survey:
    """What was seen; by project: the figures that the values come from; and what failed."""

    seen: Seen = NOTHING_SEEN
    figures: Mapping[str, Figures] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def watches(task: Task, options: RunOptions) -> Iterator[Threshold | Changed]:
    """The schedules of the task that need a survey in this run.

    A run that is asked for crosses no threshold; what it sees of files is seen.
    """
    runs_here = task.machine in (None, options.machine)
    if not runs_here or (options.tasks is not None and task.id not in options.tasks):
        return
    for part in parts(task.schedule):
        is_forced = options.force and isinstance(part, Changed)
        is_looked_at = task.enabled and not options.force
        if isinstance(part, Threshold | Changed) and (is_forced or is_looked_at):
            yield part
