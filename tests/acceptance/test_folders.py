"""Single folders: analyse, optimise, and the way back, through the installed command."""

from __future__ import annotations

import json

import pytest

from tests.support.repos import write_files
from tests.support.sandbox import DEMO, Sandbox

ORIGINAL = (DEMO / "payments-api" / "CLAUDE.md").read_bytes()


@pytest.fixture
def folder(sandbox: Sandbox) -> Sandbox:
    """A plain folder, no repository, with a bloated file."""
    write_files(sandbox.root, {"CLAUDE.md": ORIGINAL})
    return sandbox


def found_in(sandbox: Sandbox) -> set[str]:
    return {path.relative_to(sandbox.root).as_posix() for path in sandbox.root.rglob("*")}


def test_analyze_reports_every_file_of_a_folder_in_the_shape_of_the_contract(folder):
    write_files(folder.root, {"AGENTS.md": "# Agents\n\nRun `make test`.\n"})
    ran = folder.ccm("analyze", ".", "--json")
    assert [(item["path"], item["file"]) for item in ran.json] == [
        (".", "CLAUDE.md"),
        (".", "AGENTS.md"),
    ]
    first = ran.json[0]
    assert first["bytes"] == len(ORIGINAL)
    assert first["lines"] == ORIGINAL.count(b"\n")
    assert first["tokens"] > first["potential_savings"] > 0
    assert first["tokenizer"]
    assert first["sections"][0].keys() >= {"title", "level", "type", "start_line", "end_line"}
    assert {issue["rule"] for issue in first["issues"]} >= {"completed_work_verbose"}


def test_fail_under_decides_the_exit_code(folder):
    assert folder.ccm("analyze", "CLAUDE.md", "--fail-under", "1").code == 0
    assert folder.ccm("analyze", "CLAUDE.md", "--fail-under", "100").code == 1


def test_a_folder_without_a_context_file_is_a_usage_error(sandbox):
    ran = sandbox.ccm("analyze", ".")
    assert ran.code == 2
    assert "there is none of CLAUDE.md" in ran.err


def test_a_binary_file_is_a_finding_and_a_failure_and_no_crash(sandbox):
    write_files(sandbox.root, {"CLAUDE.md": b"\xff\xfe\x00binary"})
    ran = sandbox.ccm("analyze", ".", "--json")
    assert (ran.code, ran.err) == (1, "")
    assert ran.json[0]["issues"][0]["rule"] == "unreadable_file"


def test_optimize_shows_and_writes_nothing_unless_asked(folder):
    ran = folder.ccm("optimize", ".", "--json")
    [item] = ran.json
    assert item["tokens_saved"] == item["tokens_before"] - item["tokens_after"] > 500
    assert item["proof"]["lost"] == 0
    assert item["diff"].startswith("diff --git a/")
    assert "proof: " in folder.ccm("optimize", ".").out
    assert found_in(folder) == {"CLAUDE.md"}


def test_what_is_written_is_put_back_byte_for_byte(folder):
    assert folder.ccm("optimize", ".", "--write").code == 0
    assert len(found_in(folder)) > 1
    listed = folder.ccm("archives", "list", "--json").json
    assert {entry["source"] for entry in listed} == {"CLAUDE.md"}
    text = folder.ccm("archives", "show", listed[0]["id"]).out
    assert text in ORIGINAL.decode()
    assert folder.ccm("archives", "restore", "--all", "--yes").code == 0
    assert (folder.root / "CLAUDE.md").read_bytes() == ORIGINAL
    assert found_in(folder) == {"CLAUDE.md"}


def test_one_piece_is_put_back_after_later_edits_elsewhere(folder):
    folder.ccm("optimize", ".", "--write")
    path = folder.root / "CLAUDE.md"
    path.write_text(path.read_text().replace("## Conventions", "## Conventions\n\n- New rule."))
    [entry, *_] = folder.ccm("archives", "list", "--json").json
    restored = folder.ccm("archives", "restore", entry["id"], "--yes")
    assert (restored.code, restored.out) == (0, "restored 1 piece\n")
    assert "<!-- ccm: keep -->" in restored.err
    assert "Set up the FastAPI project" in path.read_text()
    assert "- New rule." in path.read_text()


def test_a_place_that_was_edited_is_a_conflict_and_nothing_changes(folder):
    folder.ccm("optimize", ".", "--write")
    path = folder.root / "CLAUDE.md"
    path.write_text("# Written anew\n\nWith no word of what was here.\n")
    before = path.read_bytes()
    ran = folder.ccm("archives", "restore", "--all", "--yes")
    assert ran.code == 1
    assert "Put it in by hand" in ran.err
    assert path.read_bytes() == before


def test_restore_needs_to_be_told_what(folder):
    assert folder.ccm("archives", "restore").code == 2
    ran = folder.ccm("archives", "restore", "nothing-1", "--yes")
    assert ran.code == 2
    assert "there is no archived piece 'nothing-1'" in ran.err


def test_optimising_twice_changes_nothing(folder):
    folder.ccm("optimize", ".", "--write")
    before = (folder.root / "CLAUDE.md").read_bytes()
    [item] = folder.ccm("optimize", ".", "--write", "--json").json
    assert item["tokens_saved"] == 0
    assert (folder.root / "CLAUDE.md").read_bytes() == before


def test_an_unknown_strategy_is_a_usage_error(folder):
    ran = folder.ccm("optimize", ".", "--strategy", "wild")
    assert ran.code == 2
    assert "there is no strategy wild; there are conservative, moderate" in ran.err


def test_rules_are_listed_and_shown(sandbox):
    listed = sandbox.ccm("rules", "list", "--json").json
    assert {"oversized_section", "outdated_reference"} <= {rule["id"] for rule in listed}
    shown = sandbox.ccm("rules", "show", "oversized_section").out
    assert shown.startswith("## oversized_section\n")
    assert "**Why.**" in shown
    assert sandbox.ccm("rules", "show", "nothing").code == 2


def test_on_github_findings_are_annotations_that_nothing_in_the_file_can_break(sandbox):
    write_files(
        sandbox.root, {"CLAUDE.md": "# A\n\nSee `src/x%0A::error::y.py` and `gone/b.py`.\n"}
    )
    ran = sandbox.ccm("analyze", ".", GITHUB_ACTIONS="true")
    assert all(line.startswith("::") for line in ran.out.splitlines())
    assert "\n::error::" not in ran.out


def test_wrong_configurations_exit_with_2_and_run_nothing(sandbox):
    (sandbox.root / "schedules.yaml").write_text(
        "version: 1\ntasks:\n  - id: a\n    name: A\n    type: analyse\n"
        "    schedule: {cron: 0 0 30 2 *}\n    notify: {webhooks: [nobody]}\n"
    )
    for command in (("validate",), ("run",), ("plan",)):
        ran = sandbox.ccm(*command)
        assert ran.code == 2
        assert len([line for line in ran.err.splitlines() if "schedules.yaml:" in line]) == 3
        assert "schedules.yaml:5:11: tasks[0].type" in ran.err
        assert "(did you mean 'analyze'?)" in ran.err
    assert not (sandbox.root / ".ccm").exists()


def test_validate_speaks_json_and_github(sandbox):
    (sandbox.root / "schedules.yaml").write_text("version: 1\ntasks: [{id: A}]\n")
    found = json.loads(sandbox.ccm("validate", "--format", "json").out)
    assert found["valid"] is False
    assert found["errors"][0].keys() == {"file", "line", "column", "where", "message"}
    github = sandbox.ccm("validate", "--format", "github")
    assert github.out.startswith("::error file=schedules.yaml,line=2,col=")
    assert github.code == 2
