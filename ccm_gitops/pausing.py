"""Tasks that failed too often in a row: paused, until somebody sees to them."""

from __future__ import annotations

from ccm_gitops.config.model import Settings
from ccm_gitops.state.model import TaskState


def is_paused(settings: Settings, memory: TaskState) -> bool:
    """Has the task failed `pause_after_failures` times in a row, where that is set."""
    limit = settings.pause_after_failures
    return limit is not None and memory.failures >= limit


def paused_because(task: str, memory: TaskState) -> str:
    """Why the task does not run, and what takes it up again."""
    return (
        f"paused after {memory.failures} failures in a row; it is taken up again when "
        f"`ccm-gitops schedule run {task}` completes, or when it is disabled and enabled again"
    )
