"""docs/configuration.md has every key of the schema, with its default."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ccm_gitops.config.schema import load_schema

ROOT = Path(__file__).parents[2]
SCHEMA: Any = load_schema()
DEFS = SCHEMA["$defs"]
SECTIONS = {
    "Top level": [SCHEMA],
    "settings": [DEFS["settings"]],
    "settings.state": DEFS["state"]["oneOf"],
    "projects": DEFS["project"]["oneOf"],
    "webhooks": [DEFS["webhook"]],
    "tasks": [DEFS["task"]],
    "tasks.schedule": DEFS["timing"]["oneOf"],
    **{
        f"tasks.config for {kind}": [DEFS[kind]]
        for kind in DEFS["task"]["properties"]["type"]["enum"]
    },
}


def resolved(node: Any) -> Any:
    reference = node.get("$ref", "").removeprefix("#/$defs/")
    return {**resolved(DEFS[reference]), **node} if reference else node


def expected(node: Any, prefix: str = "") -> Any:
    """(key, default) of a mapping and the mappings in it; the top level's stand in sections."""
    for key, value in node.get("properties", {}).items():
        part = resolved(value)
        is_nested = part.get("type") == "object" and "properties" in part
        default = part.get("default") if "default" in part and not is_nested else ""
        shown = default if isinstance(default, str) else json.dumps(default)
        yield f"{prefix}{key}", "required" if key in node.get("required", ()) else shown
        if is_nested and key != "settings":
            yield from expected(part, f"{prefix}{key}.")


def documented() -> dict[str, list[tuple[str, str]]]:
    """By heading: the keys and defaults of its tables."""
    text = (ROOT / "docs/configuration.md").read_text()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    row = re.compile(r"^\| `([^`]+)` \| [^|]+ \| `?([^`|]*?)`? \| [^|]+ \|$", re.MULTILINE)
    found = {section.partition("\n")[0]: row.findall(section) for section in sections}
    return {heading: rows for heading, rows in found.items() if rows}


def test_every_key_is_documented_with_its_default_and_no_other():
    keys = {
        name: [pair for node in nodes for pair in expected(node)]
        for name, nodes in SECTIONS.items()
    }
    assert documented() == keys


def test_every_event_is_named():
    text = (ROOT / "docs/configuration.md").read_text()
    assert [event for event in DEFS["event"]["enum"] if f"`{event}`" not in text] == []
