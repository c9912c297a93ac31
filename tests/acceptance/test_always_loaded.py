"""What a session pays at its start, through the installed command."""

from __future__ import annotations

import json

from tests.support.repos import commit_files, make_repo

FILES = {
    "CLAUDE.md": "# Shop\n\nSee @docs/rules.md and @package.json.\n",
    "docs/rules.md": "# Rules\n\n" + "- Sort the imports of each module by name\n" * 30,
    "package.json": json.dumps({"name": "shop", "scripts": {"test": "vitest"}}),
    ".claude/rules/go.md": "---\npaths: ['**/*.go']\n---\n\nUse gofmt.\n",
    "web/CLAUDE.md": "# Web\n\nRun the linter first.\n",
}
LOADED = {
    "CLAUDE.md": "always",
    "docs/rules.md": "imported",
    "package.json": "imported",
    ".claude/rules/go.md": "on_demand",
    "web/CLAUDE.md": "on_demand",
}


def test_analyze_lists_each_file_with_how_it_is_loaded_and_the_sum(sandbox):
    make_repo(sandbox.root / "shop", FILES)
    report = sandbox.ccm("analyze", "shop", "--json").json
    assert {item["file"]: item["loaded"] for item in report} == LOADED
    paid = sum(item["tokens"] for item in report if item["loaded"] != "on_demand")
    starts = {item["file"]: item["start_tokens"] for item in report}
    assert starts == {**dict.fromkeys(LOADED, None), "CLAUDE.md": paid, "docs/rules.md": paid,
                      "package.json": paid}  # fmt: skip
    for style in ("table", "markdown"):
        printed = sandbox.ccm("analyze", "shop", "--format", style).out
        assert f"pays {paid:,} tokens at its start" in printed
        assert printed.count("on demand") == 2


def test_a_single_file_is_reported_alone_with_its_start(sandbox):
    make_repo(sandbox.root / "shop", FILES)
    whole = {item["file"]: item for item in sandbox.ccm("analyze", "shop", "--json").json}
    report = sandbox.ccm("analyze", "shop/CLAUDE.md", "shop/docs/rules.md", "--json").json
    assert [item["file"] for item in report] == ["CLAUDE.md", "docs/rules.md"]
    assert report[0] == whole["CLAUDE.md"]


def test_thresholds_count_what_is_imported(sandbox):
    repo = sandbox.demo_repo("report-cli")
    commit_files(repo, FILES)
    guard = {
        "id": "guard",
        "name": "Guard",
        "type": "analyze",
        "schedule": {"threshold": {"metric": "token_count", "operator": "gt", "value": 10**9}},
    }
    sandbox.configure(projects=[{"path": "report-cli"}], tasks=[guard])
    sandbox.ccm("run")
    figures = sandbox.state["projects"]["report-cli"]["figures"]
    report = sandbox.ccm("analyze", "report-cli", "--json").json
    start = [item for item in report if item["loaded"] != "on_demand"]
    assert figures["token_count"] == sum(item["tokens"] for item in start)
    assert figures["file_size"] == sum(item["bytes"] for item in start)
    assert figures["issue_count"] == sum(len(item["issues"]) for item in start)
