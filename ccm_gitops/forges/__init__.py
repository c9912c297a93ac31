"""Forges: pull requests through the REST interface of the place that hosts a repository."""

from __future__ import annotations

from collections.abc import Mapping

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges.address import host_and_slug
from ccm_gitops.forges.github import GitHub
from ccm_gitops.forges.model import Forge
from ccm_gitops.forges.rest import PUBLIC_API, Rest
from ccm_gitops.secrets import Secret

__all__ = ["Forge", "connect"]


def connect(
    url: str, *, api_url: str | None, token: Secret | None, environ: Mapping[str, str]
) -> Forge:
    """The forge of a repository's URL; `api_url` names that of a server of one's own.

    Without a token that of `GITHUB_TOKEN` is taken. Raises ForgeError when there is none, or when
    nothing says where the interface is.
    """
    host, slug = host_and_slug(url)
    api = api_url or _known_api(host, environ)
    if token is None and environ.get("GITHUB_TOKEN"):
        token = Secret(environ["GITHUB_TOKEN"])
    if token is None:
        raise ForgeError("a pull request needs a token: set publish.token or $GITHUB_TOKEN")
    return GitHub(Rest(api, token), slug)


def _known_api(host: str, environ: Mapping[str, str]) -> str:
    if host == "github.com":
        return PUBLIC_API
    # A workflow on a server of one's own is told its address.
    if host and environ.get("GITHUB_SERVER_URL") == f"https://{host}":
        return environ.get("GITHUB_API_URL", f"https://{host}/api/v3")
    raise ForgeError(f"{host or 'a folder'} is no forge that is known; set publish.api_url")
