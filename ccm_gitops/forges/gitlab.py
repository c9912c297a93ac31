"""GitLab, on gitlab.com and on a server of one's own, by its REST interface."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges.model import Draft, PullRequest, State
from ccm_gitops.forges.rest import Dialect, Rest

GITLAB = Dialect(
    public="https://gitlab.com/api/v4",
    headers={"Accept": "application/json"},
    token_header="PRIVATE-TOKEN",
)
_STATES: Mapping[str, State] = {"opened": "open", "merged": "merged"}
_DEVELOPER = 30  # https://docs.gitlab.com/api/members/#roles
_DRAFT = "Draft: "  # in front of a title: GitLab has no other way to set it


class GitLab:
    """One project, named by its path with all its groups.

    A pull request is a merge request here, its number the one that people see (`iid`).
    Format: https://docs.gitlab.com/api/merge_requests/
    """

    def __init__(self, rest: Rest, path: str) -> None:
        self._rest = rest
        # A server may live below a path, which its repositories' URLs begin with.
        root = urlsplit(rest.api_url).path.removesuffix("/api/v4").strip("/")
        self._path = path.removeprefix(f"{root}/") if root else path

    def may_write(self) -> bool:
        """Whether the token's owner is at least a Developer here, or in one of the groups above."""
        found = self._rest.call("GET", f"/projects/{quote(self._path, safe='')}")
        given = (found.get("permissions") or {}).values()
        return any(access and access["access_level"] >= _DEVELOPER for access in given)

    def find(self, head: str) -> Sequence[PullRequest]:
        """The merge requests from a branch of this project, in any state, newest first."""
        query = {"source_branch": head, "state": "all", "per_page": 30}
        return self._list({**query, "order_by": "created_at", "sort": "desc"})

    def list_open(self) -> Sequence[PullRequest]:
        """The open merge requests, at most the newest hundred."""
        return self._list({"state": "opened", "per_page": 100})

    def create(self, draft: Draft) -> PullRequest:
        """Open a merge request."""
        wanted = {
            "source_branch": draft.head,
            "target_branch": draft.base,
            "title": _DRAFT + draft.title if draft.is_draft else draft.title,
            "description": draft.body,
        }
        return _read(self._call("POST", "merge_requests", wanted))

    def update(self, number: int, *, title: str, body: str, base: str) -> None:
        """Give a merge request another title, text and target; whether it is a draft stays."""
        now = self._call("GET", f"merge_requests/{number}")
        title = _DRAFT + title if now.get("draft") else title
        self._change(number, {"title": title, "description": body, "target_branch": base})

    def close(self, number: int, *, body: str) -> None:
        """Close a merge request without merging it, with another text."""
        self._change(number, {"state_event": "close", "description": body})

    def comments(self, number: int) -> Sequence[str]:
        """What people and programs said, at most the first hundred; GitLab's own notes are none."""
        found = self._call("GET", f"merge_requests/{number}/notes?sort=asc&per_page=100")
        return [item.get("body") or "" for item in found if not item.get("system")]

    def comment(self, number: int, text: str) -> None:
        """Add a note."""
        self._call("POST", f"merge_requests/{number}/notes", {"body": text})

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Add labels; those that do not exist are made."""
        self._change(number, {"add_labels": ",".join(labels)})

    def assign(self, number: int, people: Sequence[str]) -> None:
        """Set the assignees."""
        self._change(number, {"assignee_ids": [self._id_of(name) for name in people]})

    def ask(self, number: int, reviewers: Sequence[str]) -> None:
        """Ask people for reviews; GitLab takes no groups."""
        self._change(number, {"reviewer_ids": [self._id_of(name) for name in reviewers]})

    def link(self, commit: str, path: str, lines: tuple[int, int] | None = None) -> str:
        """The address where people read a file of a commit; of Markdown the source."""
        site = self._rest.api_url.removesuffix("/api/v4")
        anchor = f"?plain=1#L{lines[0]}-{lines[1]}" if lines else ""
        return f"{site}/{self._path}/-/blob/{commit}/{quote(path)}{anchor}"

    def _id_of(self, name: str) -> int:
        if not re.fullmatch(r"[\w.-]+", name):
            raise ForgeError(f"GitLab asks people, by their user names; {name} is none")
        found = self._rest.call("GET", f"/users?{urlencode({'username': name})}")
        if not found:
            raise ForgeError(f"GitLab knows no user {name}")
        return int(found[0]["id"])

    def _change(self, number: int, fields: Mapping[str, Any]) -> None:
        self._call("PUT", f"merge_requests/{number}", fields)

    def _list(self, query: Mapping[str, Any]) -> Sequence[PullRequest]:
        found = self._call("GET", f"merge_requests?{urlencode(query)}")
        try:
            # A fork has branches of the same names.
            return [
                _read(item)
                for item in found
                if item["source_project_id"] == item["target_project_id"]
            ]
        except (KeyError, TypeError) as error:
            message = f"{self._rest.api_url}: the answer is no list of merge requests"
            raise ForgeError(message) from error

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        project = quote(self._path, safe="")
        return self._rest.call(method, f"/projects/{project}/{path}", body)


def _read(raw: Mapping[str, Any]) -> PullRequest:
    return PullRequest(
        number=raw["iid"],
        url=raw["web_url"],
        state=_STATES.get(raw["state"], "closed"),
        tip=raw.get("sha") or "",
        base=raw["target_branch"],
        body=raw.get("description") or "",
    )
