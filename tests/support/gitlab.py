"""A GitLab for tests: an HTTP server that knows merge requests and checks what is sent."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.receiver import Answer, Received, Receiver
from tests.support.repos import refs

PROJECT = "acme%2Fpayments-api"
TOKEN = "glpat-secret"
PEOPLE = {"ada": 7, "grace": 8}
# https://docs.gitlab.com/api/merge_requests/ and https://docs.gitlab.com/api/notes/
_FIELDS = {
    "POST merge_requests": {
        *("source_branch", "target_branch", "title", "description", "labels", "assignee_id"),
        *("assignee_ids", "reviewer_ids", "milestone_id", "remove_source_branch", "squash"),
        *("target_project_id", "allow_collaboration"),
    },
    "PUT merge_requests/N": {
        *("title", "description", "state_event", "target_branch", "add_labels", "remove_labels"),
        *("labels", "assignee_id", "assignee_ids", "reviewer_ids", "milestone_id", "squash"),
        *("remove_source_branch", "discussion_locked", "allow_collaboration"),
    },
    "POST merge_requests/N/notes": {"body", "confidential", "internal", "created_at"},
}
_REQUIRED = {
    "POST merge_requests": ("source_branch", "target_branch", "title"),
    "POST merge_requests/N/notes": ("body",),
}


class GitLab(Receiver):
    """One project, whose branches are those of the bare repository `server`.

    `requests` are its merge requests by number. What does not fit the published form is answered
    as GitLab does. `answers` are given first, in order.
    """

    def __init__(self, server: Path) -> None:
        super().__init__(self._reply)
        self.server = server
        self.requests: dict[int, dict[str, Any]] = {}
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.answers: list[Answer] = []
        self.access = 30

    def __enter__(self) -> GitLab:
        super().__enter__()
        return self

    @property
    def api_url(self) -> str:
        """Its REST interface."""
        return f"{self.url}/api/v4"

    def writes(self) -> list[str]:
        """Method and path of each request that changes something."""
        return [f"{r.method} {r.path}" for r in self.received if r.method != "GET"]

    def _reply(self, request: Received) -> Answer:
        if self.answers:
            return self.answers.pop(0)
        if request.headers.get("private-token") != TOKEN or "authorization" in request.headers:
            return _json(401, {"message": "401 Unauthorized"})
        split = urlsplit(request.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        if split.path == "/api/v4/users":
            name = query.get("username", "")
            return _json(200, [{"id": PEOPLE[name], "username": name}] if name in PEOPLE else [])
        if split.path == f"/api/v4/projects/{PROJECT}":
            access = {"project_access": None, "group_access": {"access_level": self.access}}
            return _json(200, {"id": 1, "permissions": access})
        path = split.path.removeprefix(f"/api/v4/projects/{PROJECT}/")
        if path == split.path:
            return _json(404, {"message": "404 Project Not Found"})
        if request.method == "GET":
            return self._read(path, query)
        return self._change(request.method, path, json.loads(request.body))

    def _read(self, path: str, query: dict[str, str]) -> Answer:
        if match := re.fullmatch(r"merge_requests/(\d+)(/notes)?", path):
            number = int(match[1])
            return _json(200, self.notes.get(number, []) if match[2] else self._shown(number))
        assert path == "merge_requests", path
        state = query.get("state", "all")
        assert state in ("all", "opened", "closed", "merged", "locked"), state
        found = [
            self._shown(number)
            for number, item in sorted(self.requests.items(), reverse=True)
            if state in ("all", item["state"])
            and query.get("source_branch") in (None, item["source_branch"])
        ]
        return _json(200, found)

    def _change(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        kind = f"{method} {re.sub(r'[0-9]+', 'N', path)}"
        if kind not in _FIELDS:
            return _json(404, {"error": "404 Not Found"})
        if missing := [name for name in _REQUIRED.get(kind, ()) if not body.get(name)]:
            return _json(400, {"error": ", ".join(f"{name} is missing" for name in missing)})
        # GitLab itself would pass over an unknown field in silence.
        assert set(body) <= _FIELDS[kind], set(body) - _FIELDS[kind]
        if path == "merge_requests":
            return self._create(body)
        number = int(path.split("/")[1])
        if path.endswith("/notes"):
            self.notes.setdefault(number, []).append({"body": body["body"], "system": False})
            return _json(201, {"id": 1, **body})
        states = {"close": "closed", "reopen": "opened", "": self.requests[number]["state"]}
        state = states[body.pop("state_event", "")]
        self.requests[number].update(body, state=state)
        return _json(200, self._shown(number))

    def _create(self, body: dict[str, Any]) -> Answer:
        for number, item in self.requests.items():
            if (item["source_branch"], item["state"]) == (body["source_branch"], "opened"):
                why = f"Another open merge request already exists for this source branch: !{number}"
                return _json(409, {"message": [why]})
        heads = {name.removeprefix("refs/heads/") for name in refs(self.server)}
        if not {body["source_branch"], body["target_branch"]} <= heads:
            return _json(422, {"message": {"base": ["source branch does not exist"]}})
        number = len(self.requests) + 1
        self.requests[number] = {**body, "state": "opened"}
        return _json(201, self._shown(number))

    def _shown(self, number: int) -> dict[str, Any]:
        item = self.requests[number]
        head = refs(self.server).get(f"refs/heads/{item['source_branch']}")
        return {
            "source_project_id": 1,
            "target_project_id": 1,
            **item,
            "id": 1000 + number,
            "iid": number,
            "web_url": f"{self.url}/acme/payments-api/-/merge_requests/{number}",
            "sha": head,
            "draft": item["title"].startswith("Draft: "),
        }


def _json(status: int, document: Any) -> Answer:
    headers = {"Content-Type": "application/json"}
    return Answer(status=status, headers=headers, body=json.dumps(document).encode())
