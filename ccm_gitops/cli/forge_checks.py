"""May the tokens do what pull requests need: asked of the forges, for `doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ccm_gitops.cli.checks import Status
from ccm_gitops.config.model import Config, Publish
from ccm_gitops.config.sources import RepoSource
from ccm_gitops.errors import CcmError, ForgeError
from ccm_gitops.ordering import forge_of
from ccm_gitops.projects.discover import find_projects, select
from ccm_gitops.projects.model import Project

_MOST = 5  # repositories that are asked about: the same token serves the others


def forge_checks(config: Config, machine: str) -> Iterator[tuple[str, Status, str]]:
    """For a few declared repositories: its address, how it is, and what was found.

    A forge that gives no answer says nothing of the token, and is not asked again.
    """
    for project, publish in list(_wanted(config, machine))[:_MOST]:
        place = project.place
        try:
            forge = forge_of(project, publish, project.repo or "", os.environ)
            if forge.may_write():
                yield place, "ok", "the token's owner may push branches"
            else:
                yield place, "wrong", "the token's owner may not push branches there"
        except ForgeError as error:
            yield place, "warning" if error.temporary else "wrong", str(error)
            if error.temporary:
                return
        except CcmError as error:
            yield place, "wrong", str(error)


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
