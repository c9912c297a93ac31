"""The repositories of a GitHub organisation, or of a person, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges.rest import Rest

_PAGE = 100
_PAGES = 100  # ten thousand repositories: beyond it something is wrong


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One repository as the forge lists it; `url` is for cloning."""

    name: str
    url: str
    topics: frozenset[str]
    is_archived: bool
    is_fork: bool


def list_repositories(rest: Rest, owner: str) -> Iterator[Listed]:
    """Every repository with content that the token may see; raises ForgeError.

    Format: https://docs.github.com/rest/repos/repos
    """
    kind = "orgs"
    try:
        found = _page(rest, kind, owner, 1)
    except ForgeError as error:
        if " answered 404" not in str(error):
            raise
        kind = "users"
        found = _page(rest, kind, owner, 1)
    for number in range(2, _PAGES + 2):
        try:
            # One that is empty has no branch to start from.
            yield from [_listed(raw) for raw in found if not raw.get("disabled") and raw["size"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise ForgeError(f"{rest.api_url}: the answer is no list of repositories") from error
        if len(found) < _PAGE:
            return
        found = _page(rest, kind, owner, number)


def _page(rest: Rest, kind: str, owner: str, number: int) -> Any:
    query = f"per_page={_PAGE}&page={number}&sort=full_name"
    return rest.call("GET", f"/{kind}/{quote(owner, safe='')}/repos?{query}")


def _listed(raw: Any) -> Listed:
    return Listed(
        name=raw["name"],
        url=raw["clone_url"],
        topics=frozenset(raw.get("topics") or ()),
        is_archived=raw["archived"],
        is_fork=raw["fork"],
    )
