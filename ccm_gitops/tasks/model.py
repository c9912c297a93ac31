"""What a task type gets and gives: one unit of work in one project, and its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ccm_gitops.config.model import Task
from ccm_gitops.context.optimize import Optimization
from ccm_gitops.context.tree import Tree
from ccm_gitops.execution import ProjectResult
from ccm_gitops.secrets import Secret


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One execution in one project.

    `path` is the project as users name it (a folder or a URL), `folder` its place on this
    machine if it has one, `base` the folder of the configuration. `secrets` are all that the
    configuration takes from the environment; `timeout` is in seconds.
    """

    task: Task
    execution: str
    project: str
    path: str
    folder: Path | None
    base: Path
    tree: Tree
    context_files: tuple[str, ...]
    now: datetime
    slot: datetime | None
    environ: Mapping[str, str]
    secrets: tuple[Secret, ...]
    timeout: float
    dry_run: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One result a context file (or one for the project), and the files that should change.

    A file mapped to None is to be deleted; `message` is the commit message of the change, and
    `changed` what it was made of.
    """

    results: tuple[ProjectResult, ...]
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    message: str = ""
    changed: tuple[Optimization, ...] = ()


class Handler(Protocol):
    """A task type: does the work of a unit, changes nothing; raises CcmError when it fails."""

    def __call__(self, unit: Unit, /) -> Outcome: ...
