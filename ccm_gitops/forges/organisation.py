"""The repositories of an owner (an organisation, a group, a person), page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges.rest import Rest

_PAGE = 100
_PAGES = 100  # ten thousand repositories: beyond it something is wrong


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One repository as the forge lists it; `name` is its path below the owner."""

    name: str
    url: str
    topics: frozenset[str]
    is_archived: bool
    is_fork: bool


def list_organisation(rest: Rest, owner: str) -> Iterator[Listed]:
    """Every repository of a GitHub organisation or user that has content and that the token sees.

    Raises ForgeError. Format: https://docs.github.com/rest/repos/repos
    """
    name = quote(owner, safe="")
    paths = (f"/orgs/{name}/repos?sort=full_name", f"/users/{name}/repos?sort=full_name")
    return _list(rest, paths, _from_github)


def list_group(rest: Rest, group: str, *, subgroups: bool) -> Iterator[Listed]:
    """Every project of a GitLab group or user that has content and that the token sees.

    Raises ForgeError. Format: https://docs.gitlab.com/api/groups/#list-projects
    """
    name, below = quote(group, safe=""), str(subgroups).lower()
    options = f"include_subgroups={below}&with_shared=false&order_by=path&sort=asc"
    paths = (f"/groups/{name}/projects?{options}", f"/users/{name}/projects?order_by=path&sort=asc")
    return _list(rest, paths, lambda raw: _from_gitlab(raw, group))


def _list(
    rest: Rest, paths: tuple[str, str], read: Callable[[Any], Listed | None]
) -> Iterator[Listed]:
    """Page by page; of two paths the second counts where the first is not found."""
    path, other = paths
    try:
        found = _page(rest, path, 1)
    except ForgeError as error:
        if " answered 404" not in str(error):
            raise
        path = other
        found = _page(rest, path, 1)
    for number in range(2, _PAGES + 2):
        try:
            yield from [item for item in map(read, found) if item]
        except (KeyError, TypeError, AttributeError) as error:
            raise ForgeError(f"{rest.api_url}: the answer is no list of repositories") from error
        if len(found) < _PAGE:
            return
        found = _page(rest, path, number)


def _page(rest: Rest, path: str, number: int) -> Any:
    return rest.call("GET", f"{path}&per_page={_PAGE}&page={number}")


def _from_github(raw: Any) -> Listed | None:
    # One that is empty has no branch to start from.
    if raw.get("disabled") or not raw["size"]:
        return None
    return Listed(
        name=raw["name"],
        url=raw["clone_url"],
        topics=frozenset(raw.get("topics") or ()),
        is_archived=raw["archived"],
        is_fork=raw["fork"],
    )


def _from_gitlab(raw: Any, group: str) -> Listed | None:
    if raw.get("empty_repo") or raw.get("repository_access_level") == "disabled":
        return None
    path: str = raw["path_with_namespace"]
    is_below = path.lower().startswith(f"{group.lower()}/")
    return Listed(
        name=path[len(group) + 1 :] if is_below else raw["path"],
        url=raw["http_url_to_repo"],
        topics=frozenset(raw.get("topics") or ()),
        is_archived=raw["archived"],
        is_fork="forked_from_project" in raw,
    )
