"""What thresholds look at in a run: whether to look at all, and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccm_gitops.config.model import Task
from ccm_gitops.planning import RunOptions, Values
from ccm_gitops.schedule.model import Threshold
from ccm_gitops.state.model import Figures


@dataclass(frozen=True)
class Survey:
    """By task: its projects' values; by project: the figures they come from; and what failed."""

    values: Values
    figures: Mapping[str, Figures]
    warnings: tuple[str, ...]


def watches(task: Task, options: RunOptions) -> bool:
    """Does the task need a survey in this run."""
    return (
        isinstance(task.schedule, Threshold)
        and task.enabled
        and not options.force
        and task.machine in (None, options.machine)
        and (options.tasks is None or task.id in options.tasks)
    )
