"""A project as data: a folder of this machine, or a repository by URL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ccm_gitops.config.sources import ForgeName
from ccm_gitops.secrets import redact


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project; either `path` (absolute) or `repo` is set.

    `branch` is the base (None: the repository's default), `token` a template such as
    `${GITHUB_TOKEN}`, `machine` the runner that it is for (None: every one). `forge` and `api_url`
    say where its pull requests are made, for one that a forge has listed.
    """

    id: str
    path: Path | None = None
    repo: str | None = None
    branch: str | None = None
    token: str | None = None
    machine: str | None = None
    forge: ForgeName | None = None
    api_url: str | None = None

    @property
    def place(self) -> str:
        """The path or the URL, fit to be shown."""
        return str(self.path) if self.path else redact(self.repo or "")


@dataclass(frozen=True)
class SourceProblem:
    """Why one entry under `projects` gave nothing; the other entries go on.

    `is_named`: the entry is one project, which its tasks miss; a glob that finds nothing is none.
    """

    source: str
    message: str
    is_named: bool = True

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


@dataclass(frozen=True)
class Discovery:
    """Every project that was found, in the configuration's order, and what was not."""

    projects: tuple[Project, ...]
    problems: tuple[SourceProblem, ...]
