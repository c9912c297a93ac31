"""The OpenAPI description, docs/api.md and the original's names agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def documented():
    """Parameters by route; a body `as above` has the keys of the route above, but for `id`."""
    found: dict[tuple[str, str], set[str]] = {}
    above: set[str] = set()
    rows = re.findall(r"^\| `(\w+) (/\S+)` \|(.*?)\|", DOCS, re.MULTILINE)
    for method, path, parameters in rows:
        names = set(re.findall(r"`(\w+)`", parameters.replace("`manual` or `api`", "")))
        above = above - {"id"} if "as above" in parameters else names
        found[method, path] = above
    return found


NAMES = {
    row.split()[0]: set(re.findall(r"`(\w+)`", row))
    for row in re.findall(r"^\| ((?:ScheduledTask|TaskExecution|WebhookConfig) .*?) \|", DOCS, re.M)
}


@pytest.fixture(scope="module")
def described(server):
    return server.get("/openapi.json")


def test_every_route_and_parameter_is_documented(described):
    found = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
            found[method.upper(), path] = names | _body(described, operation)
    assert found == documented()


def _body(described, operation):
    content = operation.get("requestBody", {}).get("content", {})
    names = re.findall(r"#/components/schemas/(\w+)", str(content))
    return {key for name in names for key in described["components"]["schemas"][name]["properties"]}


@pytest.mark.parametrize(
    ("original", "ours"),
    [("ScheduledTask", "Task"), ("TaskExecution", "Execution"), ("WebhookConfig", "Webhook")],
)
def test_the_original_names_are_there(described, original, ours):
    assert len(NAMES[original]) > 10
    assert NAMES[original] <= described["components"]["schemas"][ours]["properties"].keys()


def test_every_route_says_how_it_may_refuse(described):
    for methods in described["paths"].values():
        for operation in methods.values():
            refusals = operation["responses"]
            assert {"401", "403", "404", "413", "422", "429"} <= refusals.keys()
            assert "application/problem+json" in refusals["422"]["content"]
