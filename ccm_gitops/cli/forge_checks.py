"""May the tokens do what pull requests need: asked of the forges, for `doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ccm_gitops.config.model import Config, Publish, RepoSource
from ccm_gitops.errors import CcmError
from ccm_gitops.projects.discover import find_projects, select
from ccm_gitops.projects.model import Project
from ccm_gitops.proposing import forge_of

_MOST = 5  # repositories that are asked about: the same token serves the others


def forge_checks(config: Config, machine: str) -> Iterator[tuple[str, bool, str]]:
    """For a few declared repositories: its address, whether all is well, and what was found."""
    for project, publish in list(_wanted(config, machine))[:_MOST]:
        place = project.place
        try:
            forge = forge_of(project, publish, project.repo or "", os.environ)
            if forge.may_write():
                yield place, True, "the token's owner may push branches"
            else:
                yield place, False, "the token's owner may not push branches there"
        except CcmError as error:
            yield place, False, str(error)


def waits_for_approval(config: Config, environ: Mapping[str, str]) -> bool:
    """Are pull requests opened with a workflow's own token, so that their checks must be approved.

    Source: https://docs.github.com/actions/concepts/security/github_token
    """
    return environ.get("GITHUB_ACTIONS") == "true" and any(
        task.enabled
        and task.publish.mode == "pull_request"
        and (task.publish.token or "${GITHUB_TOKEN}") == "${GITHUB_TOKEN}"
        for task in config.tasks
    )


def _wanted(config: Config, machine: str) -> Iterator[tuple[Project, Publish]]:
    """Each repository by URL that some task makes pull requests for, once."""
    by_url = replace(
        config, projects=tuple(s for s in config.projects if isinstance(s, RepoSource))
    )
    projects = find_projects(by_url, machine, home=Path.home(), environ=os.environ).projects
    seen: set[str] = set()
    for task in config.tasks:
        if task.enabled and task.publish.mode == "pull_request":
            for project in select(projects, task.projects):
                if project.id not in seen:
                    seen.add(project.id)
                    yield project, task.publish
