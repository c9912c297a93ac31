"""What we send to GitHub fits its published description, where that is at hand.

`CCM_GITHUB_OPENAPI` names the file: `generated/api.github.com.json` of the npm package
`@octokit/openapi`, which is too large to be kept here.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from ccm_gitops.forges import Place, connect
from ccm_gitops.forges.github import GITHUB
from ccm_gitops.forges.model import Draft
from ccm_gitops.forges.organisation import list_organisation
from ccm_gitops.forges.rest import Rest
from ccm_gitops.secrets import Secret
from tests.support.receiver import Answer, Received, Receiver

FILE = os.environ.get("CCM_GITHUB_OPENAPI")
PULL = {
    "number": 1,
    "html_url": "u",
    "state": "open",
    "head": {"sha": "s"},
    "base": {"ref": "main"},
}


def answer(request: Received) -> Answer:
    path = urlsplit(request.path).path
    if path.startswith("/orgs/"):
        return Answer(404, body=b'{"message": "Not Found"}')
    if path.endswith("/acme/web"):
        return Answer(body=b"{}")
    made = request.method != "GET" and path.endswith(("/pulls", "/pulls/1"))
    return Answer(body=json.dumps(PULL if made else []).encode())


def everything_we_send() -> list[Received]:
    """Every request that publishing and discovery can make."""
    with Receiver(answer) as server:
        place = Place(
            url="https://github.com/acme/web", kind="github", api_url=server.url, is_declared=True
        )
        forge = connect(place, Secret("t"), {})
        forge.may_write()
        forge.find("ccm/tidy")
        forge.list_open()
        forge.create(Draft(head="ccm/tidy", base="main", title="t", body="b", is_draft=True))
        forge.update(1, title="t", body="b", base="main")
        forge.close(1, body="b")
        forge.comments(1)
        forge.comment(1, "c")
        forge.label(1, ["docs"])
        forge.assign(1, ["ada"])
        forge.ask(1, ["ada", "acme/platform"])
        list(list_organisation(Rest(GITHUB, server.url, Secret("t")), "acme"))
        return list(server.received)


@pytest.mark.skipif(not FILE, reason="CCM_GITHUB_OPENAPI names no description")
def test_every_request_fits_the_published_description():
    document = json.loads(Path(FILE or "").read_text())
    registry = Registry().with_resource("", Resource.opaque(document))
    for request in everything_we_send():
        split = urlsplit(request.path)
        operation = operation_of(document, request.method.lower(), split.path)
        parameters = {
            item["name"]: item["schema"]
            for item in (resolved(document, part) for part in operation.get("parameters", ()))
            if item["in"] == "query"
        }
        for name, value in parse_qsl(split.query):
            schema = parameters[name]
            given: Any = int(value) if schema["type"] == "integer" else value
            Draft202012Validator(schema, registry=registry).validate(given)
        if request.body:
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            Draft202012Validator(body, registry=registry).validate(request.json())
            named = [body, *body.get("oneOf", ())]
            assert set(request.json()) <= {
                key for part in named for key in part.get("properties", {})
            }


def operation_of(document: Any, method: str, path: str) -> Any:
    """The operation whose template fits the path."""
    [found] = [
        operations[method]
        for template, operations in document["paths"].items()
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and method in operations
    ]
    return found


def resolved(document: Any, part: Any) -> Any:
    """A parameter, by its reference or as it stands."""
    name = part.get("$ref", "").rpartition("/")[2]
    return document["components"]["parameters"][name] if name else part
