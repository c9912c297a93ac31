"""From an organisation or group on a forge to projects: listed anew in each run, and filtered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from ccm_gitops.config.ids import slug
from ccm_gitops.config.sources import GithubSource, GitlabSource, OwnerSource
from ccm_gitops.errors import CcmError
from ccm_gitops.forges import KINDS, token_of
from ccm_gitops.forges.organisation import Listed, list_group, list_organisation
from ccm_gitops.forges.rest import Rest
from ccm_gitops.projects.model import Project, SourceProblem
from ccm_gitops.secrets import resolve


def find_repositories(
    source: GithubSource | GitlabSource, taken: set[str], environ: Mapping[str, str]
) -> Iterator[Project | SourceProblem]:
    """The owner's projects, their ids put into `taken`; or why there are none.

    A forge that is down is a problem of this source alone, which its tasks tell.
    """
    try:
        listed = list(_listed(source, environ))
    except CcmError as error:
        yield SourceProblem(str(source), str(error))
        return
    wanted = sorted((item for item in listed if _fits(item, source)), key=lambda item: item.name)
    if not wanted:
        yield SourceProblem(str(source), "no repository matches", is_named=False)
    token = source.token or _variable(source, environ)
    for item in wanted:
        id = _free_id(item.name, source.owner, taken)
        taken.add(id)
        yield Project(
            id=id,
            repo=item.url,
            token=token,
            machine=source.machine,
            forge=source.forge,
            api_url=source.api_url,
        )


def _listed(source: GithubSource | GitlabSource, environ: Mapping[str, str]) -> Iterator[Listed]:
    match source:
        case GithubSource():
            return list_organisation(_rest(source, environ), source.org)
        case GitlabSource():
            return list_group(_rest(source, environ), source.group, subgroups=source.subgroups)


def _rest(source: OwnerSource, environ: Mapping[str, str]) -> Rest:
    kind = KINDS[source.forge]
    token = resolve(source.token, environ) if source.token else token_of(kind, environ)
    api_url = source.api_url or environ.get(kind.api_variable) or kind.dialect.public
    return Rest(kind.dialect, api_url, token)


def _variable(source: OwnerSource, environ: Mapping[str, str]) -> str | None:
    """The token that the list was asked for with, for the repositories in it."""
    name = KINDS[source.forge].token_variable
    return f"${{{name}}}" if environ.get(name) else None


def _fits(item: Listed, source: OwnerSource) -> bool:
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
