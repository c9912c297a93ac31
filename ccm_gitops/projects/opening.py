"""How a project is opened for git work: its own folder, or a clone in the cache."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ccm_gitops.errors import GitError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.projects.model import Project
from ccm_gitops.secrets import resolve


def open_project(
    project: Project, *, cache: Path, environ: Mapping[str, str]
) -> Repository | Clone:
    """The repository of a project; clones live below `cache`.

    Raises GitError when it is none or cannot be reached, SecretError for a token that is not set.
    """
    if project.path:
        return Repository.open(project.path)
    if not project.repo:
        raise GitError(f"project {project.id} has neither a path nor a repository")
    token = resolve(project.token, environ) if project.token else None
    return Clone.open(project.repo, cache, token)
