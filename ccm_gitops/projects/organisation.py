"""From an organisation on GitHub to projects: listed anew in each run, and filtered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from ccm_gitops.config.ids import slug
from ccm_gitops.config.model import GithubSource
from ccm_gitops.errors import CcmError
from ccm_gitops.forges.organisation import Listed, list_repositories
from ccm_gitops.forges.rest import PUBLIC_API, Rest
from ccm_gitops.projects.model import Project, SourceProblem
from ccm_gitops.secrets import Secret, resolve


def find_repositories(
    source: GithubSource, taken: set[str], environ: Mapping[str, str]
) -> Iterator[Project | SourceProblem]:
    """The organisation's projects, their ids put into `taken`; or why there are none.

    A forge that is down is a problem of this source alone, which its tasks tell.
    """
    name = f"github {source.org}"
    try:
        listed = list(list_repositories(_rest(source, environ), source.org))
    except CcmError as error:
        yield SourceProblem(name, str(error))
        return
    wanted = sorted((item for item in listed if _fits(item, source)), key=lambda item: item.name)
    if not wanted:
        yield SourceProblem(name, "no repository matches", is_named=False)
    for item in wanted:
        id = _free_id(item.name, source.org, taken)
        taken.add(id)
        yield Project(id=id, repo=item.url, token=source.token, machine=source.machine)


def _rest(source: GithubSource, environ: Mapping[str, str]) -> Rest:
    token = resolve(source.token, environ) if source.token else None
    if token is None and environ.get("GITHUB_TOKEN"):
        token = Secret(environ["GITHUB_TOKEN"])
    api_url = source.api_url or environ.get("GITHUB_API_URL") or PUBLIC_API
    return Rest(api_url, token)


def _fits(item: Listed, source: GithubSource) -> bool:
    return (
        (source.topic is None or source.topic in item.topics)
        and (source.archived or not item.is_archived)
        and (source.fork or not item.is_fork)
        and any(fnmatchcase(item.name, pattern) for pattern in source.names)
    )


def _free_id(name: str, owner: str, taken: set[str]) -> str:
    plain = slug(name) or "project"
    candidates = [plain, slug(f"{owner}-{name}") or plain]
    candidates += [f"{plain}-{number}" for number in range(2, len(taken) + 3)]
    return next(candidate for candidate in candidates if candidate not in taken)
