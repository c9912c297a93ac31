"""The analysis of a file: the contract's shape, for every input."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.context.analysis import analyze
from ccm_gitops.context.loading import ContextFile
from tests.context.test_document import TEXTS
from tests.support.analysing import NOW, analysis
from tests.support.trees import DictTree

KEYS = {
    *("file", "bytes", "lines", "tokens", "tokenizer", "score", "potential_savings"),
    *("sections", "issues", "loaded", "start_tokens", "tokens_by"),
}
SECTION_KEYS = {
    *("title", "level", "type", "start_line", "end_line", "tokens", "actionability"),
    *("staleness", "recommendation"),
}
ISSUE_KEYS = {
    *("rule", "severity", "line", "end_line", "column", "section", "subject", "message"),
    *("suggestion", "estimated_savings", "confidence", "fixable"),
}


def test_the_shape_is_that_of_the_contract():
    data = json.loads(json.dumps(analysis("intro\n\n# A\n\n## B\n").to_json()))
    assert set(data) == KEYS
    assert [set(section) for section in data["sections"]] == [SECTION_KEYS] * 3
    assert [set(issue) for issue in data["issues"]] == [ISSUE_KEYS]
    assert [(s["title"], s["start_line"], s["end_line"]) for s in data["sections"]] == [
        ("", 1, 2),
        ("A", 3, 5),
        ("B", 5, 5),
    ]


@given(TEXTS)
def test_every_text_is_analysed(text):
    result = analysis(text.encode("utf-8", "replace"))
    assert 0 <= result.score <= 100
    assert 0 <= result.potential_savings <= max(result.tokens, 0)
    for issue in result.issues:
        assert 1 <= issue.line <= issue.end_line <= max(result.lines, 1)


@given(st.binary())
def test_every_run_of_bytes_is_analysed(data):
    assert analysis(data).bytes == len(data)


def test_a_code_span_that_holds_only_a_space_is_no_reference():
    assert analysis("Write ` ` between words.\n").issues == ()


def test_rules_are_disabled_and_severities_overridden():
    file = ContextFile("CLAUDE.md", (), b"# A\n\n## B\n\nTBD\n\n## C\n")
    result = analyze(
        file,
        DictTree({}),
        now=NOW,
        disabled={"placeholder_text"},
        severities={"empty_section": "high"},
    )
    assert [(issue.rule, issue.severity) for issue in result.issues] == [("empty_section", "high")]


def test_the_same_clock_gives_the_same_analysis():
    text = "# A\n\n## Completed 2026-01-01\n\n- Wrote it\n"
    assert analysis(text) == analysis(text)


@pytest.mark.parametrize(
    "text", ["# T\n\n- `a/b.py` x\n" * 8_000, "`" * 100_000, "` `` " * 20_000, "![" * 50_000]
)
def test_large_and_odd_files_end(text):
    assert analysis(text, {"a/c.py": ""}).lines


def test_a_file_that_cannot_be_read_safely_is_a_finding_and_no_perfect_score():
    file = ContextFile("CLAUDE.md", (), b"", note="links to a place outside the repository")
    result = analyze(file, DictTree({}), now=NOW)
    assert result.score == 0
    assert "outside the repository" in result.issues[0].message
