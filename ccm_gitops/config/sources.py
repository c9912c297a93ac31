"""Where projects come from: one frozen class for each kind of entry under `projects`."""

from __future__ import annotations

from abc import ABC, abstractmethod
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
class OwnerSource(ABC):
    """The repositories of an owner on a forge; `names` are globs, one of which must fit."""

    forge: ClassVar[ForgeName]
    topic: str | None = None
    archived: bool = False
    fork: bool = False
    names: tuple[str, ...] = ("*",)
    api_url: str | None = None
    token: str | None = None
    machine: str | None = None

    @property
    @abstractmethod
    def owner(self) -> str:
        """Whose the repositories are."""

    def __str__(self) -> str:
        return f"{self.forge} {self.owner}"


@dataclass(frozen=True, kw_only=True)
class GithubSource(OwnerSource):
    """The repositories of a GitHub organisation."""

    forge: ClassVar[ForgeName] = "github"
    org: str

    @property
    def owner(self) -> str:
        return self.org


@dataclass(frozen=True, kw_only=True)
class GitlabSource(OwnerSource):
    """The projects of a GitLab group; `names` are over their paths below it."""

    forge: ClassVar[ForgeName] = "gitlab"
    group: str
    subgroups: bool = True

    @property
    def owner(self) -> str:
        return self.group


ProjectSource = PathSource | GlobSource | RepoSource | GithubSource | GitlabSource
