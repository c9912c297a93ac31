"""Where projects come from: one frozen class for each kind of entry under `projects`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

ForgeName = Literal["github", "gitlab"]


@dataclass(frozen=True, kw_only=True)
class PathSource:
    """One folder of this machine; `branch` is the base, absent = the repository's default.

    `token` is a template such as `${GITHUB_TOKEN}`, for pushes over HTTPS.
    """

    id: str
    path: Path
    branch: str | None = None
    token: str | None = None
    machine: str | None = None


@dataclass(frozen=True, kw_only=True)
class GlobSource:
    """Every git repository that matches; ids are made from the folders' names."""

    glob: str
    machine: str | None = None


@dataclass(frozen=True, kw_only=True)
class RepoSource:
    """A repository by URL; `token` is a template such as `${GITHUB_TOKEN}`."""

    id: str
    repo: str
    branch: str | None = None
    token: str | None = None
    machine: str | None = None


@dataclass(frozen=True, kw_only=True)
class GithubSource:
    """The repositories of a GitHub organisation; `names` are globs, one of which must fit."""

    forge: ClassVar[ForgeName] = "github"
    org: str
    topic: str | None = None
    archived: bool = False
    fork: bool = False
    names: tuple[str, ...] = ("*",)
    api_url: str | None = None
    token: str | None = None
    machine: str | None = None

    @property
    def owner(self) -> str:
        """Whose the repositories are."""
        return self.org

    def __str__(self) -> str:
        return f"github {self.org}"


@dataclass(frozen=True, kw_only=True)
class GitlabSource:
    """The projects of a GitLab group; `names` are globs over their paths below it."""

    forge: ClassVar[ForgeName] = "gitlab"
    group: str
    subgroups: bool = True
    topic: str | None = None
    archived: bool = False
    fork: bool = False
    names: tuple[str, ...] = ("*",)
    api_url: str | None = None
    token: str | None = None
    machine: str | None = None

    @property
    def owner(self) -> str:
        """Whose the projects are."""
        return self.group

    def __str__(self) -> str:
        return f"gitlab {self.group}"


ProjectSource = PathSource | GlobSource | RepoSource | GithubSource | GitlabSource
