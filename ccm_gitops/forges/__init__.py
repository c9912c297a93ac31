"""Forges: pull requests through the REST interface of the place that hosts a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges.address import host_and_path
from ccm_gitops.forges.github import GITHUB, GitHub
from ccm_gitops.forges.gitlab import GITLAB, GitLab
from ccm_gitops.forges.model import Forge
from ccm_gitops.forges.rest import Dialect, Rest
from ccm_gitops.secrets import Secret, variables

__all__ = ["KINDS", "Forge", "Place", "connect", "pushing_token", "token_of"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of forge.

    `own` is the path of the interface on a server of one's own. The variables are those in which
    jobs of the forge's own CI find its address and that of its interface, and ours for a token.
    """

    open: Callable[[Rest, str], Forge]
    dialect: Dialect
    host: str
    own: str
    server_variable: str
    api_variable: str
    token_variable: str


KINDS: Mapping[str, Kind] = {
    "github": Kind(
        open=GitHub,
        dialect=GITHUB,
        host="github.com",
        own="/api/v3",
        server_variable="GITHUB_SERVER_URL",
        api_variable="GITHUB_API_URL",
        token_variable="GITHUB_TOKEN",
    ),
    "gitlab": Kind(
        open=GitLab,
        dialect=GITLAB,
        host="gitlab.com",
        own="/api/v4",
        server_variable="CI_SERVER_URL",
        api_variable="CI_API_V4_URL",
        token_variable="GITLAB_TOKEN",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which repository is meant: its URL, and what the configuration says of its forge.

    `is_declared`: the URL is the configuration's own word, so its host may be trusted with a token.
    """

    url: str
    kind: str | None
    api_url: str | None
    is_declared: bool


def connect(place: Place, token: Secret | None, environ: Mapping[str, str]) -> Forge:
    """The forge of a place.

    Without a token that of `GITHUB_TOKEN` or `GITLAB_TOKEN` is taken. Raises ForgeError when there
    is none, or when nothing says which forge it is or where its interface is.
    """
    host, path = host_and_path(place.url)
    kind = KINDS[_kind(place, host, environ)]
    api = place.api_url or _api(kind, place, host, environ)
    token = token or token_of(kind, environ)
    if token is None:
        raise ForgeError(
            f"a pull request needs a token: set publish.token or ${kind.token_variable}"
        )
    return kind.open(Rest(kind.dialect, api, token), path)


def pushing_token(place: Place, template: str | None, environ: Mapping[str, str]) -> str | None:
    """The template of the token that may go to the host of a declared repository by HTTPS.

    It is `template`, that of its pull requests, or the variable that is meant for that forge; None
    where it is not set.
    """
    if not place.is_declared or not place.url.startswith("https://"):
        return None
    host = urlsplit(place.url).hostname or ""
    for kind in KINDS.values():
        is_known = host == kind.host or _is_ci_of(kind, host, environ)
        if is_known and not template and environ.get(kind.token_variable):
            return f"${{{kind.token_variable}}}"
    is_set = template and all(environ.get(name) for name in variables(template))
    return template if is_set else None


def token_of(kind: Kind, environ: Mapping[str, str]) -> Secret | None:
    """The token that the environment holds for forges of a kind."""
    value = environ.get(kind.token_variable)
    return Secret(value) if value else None


def _kind(place: Place, host: str, environ: Mapping[str, str]) -> str:
    if place.kind:
        return place.kind
    api_url = (place.api_url or "").rstrip("/")
    for name, kind in KINDS.items():
        if host == kind.host or _is_ci_of(kind, host, environ) or api_url.endswith(kind.own):
            return name
    if api_url:
        return "github"
    raise ForgeError(
        f"{host or 'a folder'} is no forge that is known; set publish.forge and publish.api_url"
    )


def _api(kind: Kind, place: Place, host: str, environ: Mapping[str, str]) -> str:
    if host == kind.host:
        return kind.dialect.public
    if _is_ci_of(kind, host, environ):
        return environ.get(kind.api_variable, f"https://{host}{kind.own}")
    if host and place.is_declared:
        return f"https://{host}{kind.own}"
    raise ForgeError(
        f"{host or 'a folder'} is no forge that may be sent a token; set publish.api_url"
    )


def _is_ci_of(kind: Kind, host: str, environ: Mapping[str, str]) -> bool:
    """A job on a server of one's own is told its address."""
    return bool(host) and environ.get(kind.server_variable) == f"https://{host}"
