"""GitHub, on github.com and on a server of one's own, by its REST interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges.model import Draft, PullRequest
from ccm_gitops.forges.rest import Dialect, Rest

GITHUB = Dialect(
    public="https://api.github.com",
    headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
    token_header="Authorization",
    token_prefix="Bearer ",
)


class GitHub:
    """One repository, named by the last two names of its path, `owner/name`.

    Format: https://docs.github.com/rest/pulls/pulls.
    """

    def __init__(self, rest: Rest, path: str) -> None:
        self._rest = rest
        self._slug = "/".join(path.split("/")[-2:])

    def may_write(self) -> bool:
        """Whether the token's owner may push branches; a finer token may still be narrower."""
        found = self._rest.call("GET", f"/repos/{self._slug}")
        return bool((found.get("permissions") or {}).get("push"))

    def find(self, head: str) -> Sequence[PullRequest]:
        """The pull requests from a branch of this repository, in any state, newest first."""
        owner = self._slug.partition("/")[0]
        query = {"state": "all", "head": f"{owner}:{head}", "per_page": 30}
        return self._list({**query, "sort": "created", "direction": "desc"}, head)

    def list_open(self) -> Sequence[PullRequest]:
        """The open pull requests, at most the newest hundred."""
        return self._list({"state": "open", "per_page": 100}, None)

    def create(self, draft: Draft) -> PullRequest:
        """Open a pull request."""
        wanted = {"title": draft.title, "head": draft.head, "base": draft.base, "body": draft.body}
        return _read(self._call("POST", "pulls", {**wanted, "draft": draft.is_draft}))

    def update(self, number: int, *, title: str, body: str, base: str) -> None:
        """Give a pull request another title, body and base branch."""
        self._call("PATCH", f"pulls/{number}", {"title": title, "body": body, "base": base})

    def close(self, number: int, *, body: str) -> None:
        """Close a pull request without merging it, with another body."""
        self._call("PATCH", f"pulls/{number}", {"state": "closed", "body": body})

    def comments(self, number: int) -> Sequence[str]:
        """The texts of its comments, at most the first hundred."""
        found = self._call("GET", f"issues/{number}/comments?per_page=100")
        return [item.get("body") or "" for item in found]

    def comment(self, number: int, text: str) -> None:
        """Add a comment."""
        self._call("POST", f"issues/{number}/comments", {"body": text})

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Add labels; those that do not exist are made."""
        self._call("POST", f"issues/{number}/labels", {"labels": list(labels)})

    def assign(self, number: int, people: Sequence[str]) -> None:
        """Add assignees."""
        self._call("POST", f"issues/{number}/assignees", {"assignees": list(people)})

    def ask(self, number: int, reviewers: Sequence[str]) -> None:
        """Ask for reviews; `owner/team` is a team."""
        people = [name for name in reviewers if "/" not in name]
        teams = [name.partition("/")[2] for name in reviewers if "/" in name]
        wanted = {"reviewers": people, "team_reviewers": teams}
        self._call("POST", f"pulls/{number}/requested_reviewers", wanted)

    def link(self, commit: str, path: str, lines: tuple[int, int] | None = None) -> str:
        """The address where people read a file of a commit; of Markdown the source."""
        api = self._rest.api_url
        site = api.removesuffix("/api/v3").replace("://api.github.com", "://github.com")
        anchor = f"?plain=1#L{lines[0]}-L{lines[1]}" if lines else ""
        return f"{site}/{self._slug}/blob/{commit}/{quote(path)}{anchor}"

    def _list(self, query: Mapping[str, Any], head: str | None) -> Sequence[PullRequest]:
        found = self._call("GET", f"pulls?{urlencode(query)}")
        try:
            # A fork of the same owner has branches of the same names.
            return [
                _read(item)
                for item in found
                if head is None
                or (
                    item["head"]["ref"] == head
                    and (item["head"]["repo"] or {}).get("full_name", "").lower()
                    == item["base"]["repo"]["full_name"].lower()
                )
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise ForgeError(f"{self._rest.api_url}: the answer is no list of pulls") from error

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return self._rest.call(method, f"/repos/{self._slug}/{path}", body)


def _read(raw: Mapping[str, Any]) -> PullRequest:
    return PullRequest(
        number=raw["number"],
        url=raw["html_url"],
        state="merged" if raw.get("merged_at") else "open" if raw["state"] == "open" else "closed",
        tip=raw["head"]["sha"],
        base=raw["base"]["ref"],
        body=raw.get("body") or "",
    )
