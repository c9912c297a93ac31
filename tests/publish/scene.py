"""A repository on a forge behind HTTPS, and the runner that keeps it tidy day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from ccm_gitops.config.model import Publish
from ccm_gitops.execution import ProjectResult
from ccm_gitops.state.model import BranchRecord
from tests.publish.working import do
from tests.support.forge import SLUG, Forge
from tests.support.git_server import GitServer
from tests.support.gitlab import GitLab
from tests.support.repos import commit_files, git, make_bare, make_repo
from tests.support.sandbox import DEMO

BLOATED = (DEMO / "payments-api" / "CLAUDE.md").read_text()
TIDY = "# Payments\n\nRun `make test`.\n"
AnyForge = TypeVar("AnyForge", Forge, GitLab)


@dataclass
class Scene(Generic[AnyForge]):
    """`server` is the bare repository, `known` what the runner's state holds of its branches."""

    root: Path
    server: Path
    git: GitServer
    forge: AnyForge
    publish: Publish
    known: Mapping[str, BranchRecord] = field(default_factory=dict)
    opened_lately: int = 0

    @property
    def url(self) -> str:
        """The repository's address."""
        return f"{self.git.url}/{SLUG}.git"

    def run(self, day: int = 1, **project: Any) -> ProjectResult:
        """The task's work on that day; its first result, and its branches are remembered."""
        report = do(
            self.root,
            project or {"repo": self.url},
            self.publish,
            day=day,
            known=self.known,
            opened_lately=self.opened_lately,
        )
        self.known = {**self.known, **report.branches}
        return report.results[0]

    def commit(self, files: Mapping[str, str]) -> str:
        """A maintainer's commit on main."""
        clone = self.root / "maintainer"
        if not clone.exists():
            git(self.root, "clone", "--quiet", str(self.server), str(clone))
        git(clone, "pull", "--quiet", "--ff-only")
        commit = commit_files(clone, files)
        git(clone, "push", "--quiet", "origin", "main")
        return commit

    def tip(self, branch: str = "ccm/tidy") -> str:
        """The commit that a branch of the server stands at; empty when there is no such branch."""
        return git(self.server, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")


@contextmanager
def opened(root: Path, kind: type[AnyForge]) -> Iterator[Scene[AnyForge]]:
    """A scene in a folder, on a forge of a kind; its repository has a bloated context file."""
    server = root / "served" / f"{SLUG}.git"
    server.parent.mkdir(parents=True)
    make_bare(server, make_repo(root / "first", {"CLAUDE.md": BLOATED, "README.md": "hello\n"}))
    with GitServer(root / "served") as git_server, kind(server) as forge:
        publish = Publish(mode="pull_request", api_url=forge.api_url)
        yield Scene(root, server, git_server, forge, publish)
