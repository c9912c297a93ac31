"""A project opened for one piece of work: the files to look at, and where a change would go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccm_gitops.errors import TaskError
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.gitrepo.repository import is_repository
from ccm_gitops.gitrepo.tree import CommitTree
from ccm_gitops.projects.folder import FolderTree
from ccm_gitops.projects.model import Project
from ccm_gitops.projects.opening import open_project
from ccm_gitops.publish.model import Target


@dataclass(frozen=True)
class Workspace:
    """`target` and `base` are None for a folder that is no repository.

    `version` names the content: equal versions, equal trees; None where only reading would tell.
    """

    tree: CommitTree | FolderTree
    target: Target | None = None
    base: Base | None = None
    version: str | None = None


def open_workspace(
    project: Project, environ: Mapping[str, str], cache: Path, *, on_disk: bool = False
) -> Workspace:
    """Open the project at its base commit, or, `on_disk`, as its folder stands now.

    Raises TaskError when the folder is not there, GitError and SecretError as `open_project`.
    """
    if project.path and not project.path.is_dir():
        raise TaskError(f"{project.path} is no folder on this machine")
    if project.path and not is_repository(project.path):
        return Workspace(FolderTree(project.path))
    target = open_project(project, cache=cache, environ=environ)
    base = target.base(project.branch)
    if on_disk and target.work_tree:
        return Workspace(FolderTree(target.work_tree), target, base)
    return Workspace(CommitTree(target, base.commit), target, base, base.commit)
