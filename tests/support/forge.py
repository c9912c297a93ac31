"""A forge for tests: an HTTP server that knows GitHub's pull requests and checks what is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.receiver import Answer, Received, Receiver
from tests.support.repos import refs

SLUG = "acme/payments-api"
TOKEN = "ghp_secret"
_FIELDS = {
    "POST pulls": ({"title", "head", "base", "body", "draft"}, {"title", "head", "base"}),
    "PATCH pulls/N": ({"title", "body", "state", "base"}, set()),
    "POST issues/N/comments": ({"body"}, {"body"}),
    "POST issues/N/labels": ({"labels"}, {"labels"}),
    "POST issues/N/assignees": ({"assignees"}, {"assignees"}),
    "POST pulls/N/requested_reviewers": ({"reviewers", "team_reviewers"}, set()),
}


class Forge(Receiver):
    """One repository, whose branches are those of the bare repository `server`.

    `pulls` are its pull requests by number. What does not fit the published form is answered as
    GitHub does: 401, 404 or 422. `answers` are given first, in order; `refused` has the answer to
    what it names, such as `POST pulls`.
    """

    def __init__(self, server: Any) -> None:
        super().__init__(self._reply)
        self.server = server
        self.pulls: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, list[str]] = {}
        self.extras: dict[str, Any] = {}
        self.answers: list[Answer] = []
        self.may_push = True
        self.refused: dict[str, Answer | Callable[[], Answer]] = {}

    def __enter__(self) -> Forge:
        super().__enter__()
        return self

    @property
    def api_url(self) -> str:
        """Its REST interface."""
        return self.url

    def writes(self) -> list[str]:
        """Method and path of each request that changes something."""
        return [f"{r.method} {r.path}" for r in self.received if r.method != "GET"]

    def end(self, number: int, *, merged: bool = False) -> None:
        """A person closes, or merges, a pull request."""
        self.pulls[number]["state"] = "closed"
        self.pulls[number]["merged_at"] = "2026-02-01T12:00:00Z" if merged else None

    def _reply(self, request: Received) -> Answer:
        if self.answers:
            return self.answers.pop(0)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _json(401, {"message": "Bad credentials"})
        if "user-agent" not in request.headers:
            return _json(403, {"message": "Request forbidden by administrative rules"})
        split = urlsplit(request.path)
        if split.path == f"/repos/{SLUG}":
            return _json(200, {"full_name": SLUG, "permissions": {"push": self.may_push}})
        path = split.path.removeprefix(f"/repos/{SLUG}/")
        if path == split.path:
            return _json(404, {"message": "Not Found"})
        if request.method == "GET":
            return self._read(path, parse_qs(split.query))
        return self._change(request.method, path, json.loads(request.body))

    def _read(self, path: str, query: dict[str, list[str]]) -> Answer:
        if match := re.fullmatch(r"issues/(\d+)/comments", path):
            return _json(200, [{"body": text} for text in self.comments.get(int(match[1]), [])])
        state, head = query.get("state", ["open"])[0], query.get("head", [None])[0]
        found = [
            self._shown(number)
            for number, pull in sorted(self.pulls.items(), reverse=True)
            if state in ("all", pull["state"]) and head in (None, f"acme:{pull['head']}")
        ]
        return _json(200, found)

    def _change(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        known, required = _FIELDS.get(f"{method} {re.sub(r'[0-9]+', 'N', path)}", (set(), {"none"}))
        if not required <= set(body) <= known or len(body.get("body", "")) > 65_536:
            return _json(422, {"message": "Validation Failed"})
        kind = f"{method} {path} draft" if body.get("draft") else f"{method} {path}"
        if refused := self.refused.get(kind):
            return refused() if callable(refused) else refused
        number = int(match[1]) if (match := re.search(r"/(\d+)", path)) else 0
        if method == "PATCH":
            self.pulls[number].update(body)
            return _json(200, self._shown(number))
        if path == "pulls":
            return self._create(body)
        if path.endswith("/comments"):
            self.comments.setdefault(number, []).append(body["body"])
            return _json(201, {"id": 1})
        if body.get("reviewers") == ["stranger"]:
            reason = "Reviews may only be requested from collaborators."
            return _json(422, {"message": reason})
        self.extras[path.rpartition("/")[2]] = body
        return _json(201, {})

    def _create(self, body: dict[str, Any]) -> Answer:
        heads = {name.removeprefix("refs/heads/") for name in refs(self.server)}
        twin = any(p["state"] == "open" and p["head"] == body["head"] for p in self.pulls.values())
        if twin or not {body["head"], body["base"]} <= heads:
            why = "A pull request already exists" if twin else "head is invalid"
            return _json(422, {"message": "Validation Failed", "errors": [{"message": why}]})
        number = len(self.pulls) + 1
        self.pulls[number] = {**body, "state": "open", "merged_at": None}
        return _json(201, self._shown(number))

    def _shown(self, number: int) -> dict[str, Any]:
        pull = self.pulls[number]
        head = refs(self.server).get(f"refs/heads/{pull['head']}", "0" * 40)
        repo = {"full_name": SLUG}
        return {
            **pull,
            "number": number,
            "html_url": f"{self.url}/{SLUG}/pull/{number}",
            "head": {"ref": pull["head"], "sha": head, "repo": repo},
            "base": {"ref": pull["base"], "repo": repo},
        }


def _json(status: int, document: Any) -> Answer:
    headers = {"Content-Type": "application/json"}
    return Answer(status=status, headers=headers, body=json.dumps(document).encode())
