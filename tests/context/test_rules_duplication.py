"""Duplicates: both places are named, and the first always stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_gitops.context.document import parse
from ccm_gitops.context.rules.duplicates import find_duplicates
from tests.support.analysing import findings

LIST = "".join(f"- Rule {n}: keep the {word} of the order stable\n" for n, word in
               enumerate(("number", "date", "name", "sum"), start=1))  # fmt: skip
LONG = " ".join(f"word{n}" for n in range(80))


def pairs(text):
    return [
        (p.removed_start, p.removed_end, p.kept_start, p.kept_end, p.exact)
        for p in find_duplicates(parse(text))
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# A\nRun the tests.\n# B\nRun the tests.\n", id="a short line"),
        pytest.param("# A\n```\nmake test\n```\n# B\n```\nmake test\n```\n", id="a short command"),
        pytest.param("---\n\na\n\n---\n\nb\n\n---\n", id="rules"),
        pytest.param("## Notes\n## Notes\n", id="headings alone"),
        pytest.param(f"{LONG}\n\n{LONG[::-1]}\n", id="other words"),
        pytest.param(
            f"{LIST}\n" + LIST.replace("keep", "never change").replace("order", "bill"),
            id="the same frame with other words",
        ),
    ],
)
def test_no_pair(text):
    assert pairs(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"# A\n{LIST}# B\n{LIST}", [(7, 10, 2, 5, True)], id="a list"),
        pytest.param(
            f"# A\n{LIST}\n# B\n\n# A\n{LIST}", [(9, 13, 1, 5, True)], id="a whole section"
        ),
        pytest.param(
            f"# A\n{LIST}more\n\n# A\n{LIST}", [], id="a section that goes on is not the same"
        ),
        pytest.param(
            f"# A\n## S\n{LIST}\n# A\n## S\n{LIST}", [(8, 13, 1, 6, True)], id="with its children"
        ),
        pytest.param(
            f"# A\n{LIST}\n# B\n{LIST.replace(chr(10), '  ' + chr(10))}",
            [(8, 11, 2, 5, True)],
            id="but for white space at line ends",
        ),
        pytest.param(f"{LONG}\n\nb\n\n{LONG} end\n", [(5, 5, 1, 1, False)], id="nearly the same"),
        pytest.param(
            f"# A\n{LIST}# B\n{LIST}# C\n{LIST}",
            [(7, 10, 2, 5, True), (12, 15, 2, 5, True)],
            id="three times",
        ),
    ],
)
def test_pairs(text, expected):
    assert pairs(text) == expected


@settings(deadline=None)
@given(st.lists(st.sampled_from(["# A\n", "## B\n", LIST, f"{LONG}\n\n", "\n", "x\n\n"])))
def test_every_exact_removal_leaves_its_text_standing(pieces):
    text = "".join(pieces)
    document = parse(text)
    removed: set[int] = set()
    for pair in find_duplicates(document):
        lines = set(range(pair.removed_start, pair.removed_end + 1))
        assert not lines & removed
        removed |= lines if pair.exact else set()
    kept = "".join(line for n, line in enumerate(document.lines, start=1) if n not in removed)
    for pair in find_duplicates(document):
        for block in document.blocks:
            if pair.removed_start <= block.start_line <= pair.removed_end:
                assert block.text.strip() in kept


def test_a_large_file_takes_linear_time():
    text = "".join(f"## Part {n}\n{LIST}\n{LONG} {n}\n\n" for n in range(3000))
    started = time.process_time()
    assert len(find_duplicates(parse(text))) >= 2999
    assert time.process_time() - started < 15


def test_the_finding_names_both_places():
    (found,) = findings("duplicate_content", f"# A\n{LIST}# B\n{LIST}")
    assert (found.line, found.end_line, found.section) == (7, 10, "B")
    assert found.message.endswith("lines 2-5")
    assert found.fixable and found.estimated_savings > 30


ITEM = "- Keep the order of the items stable in every page\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{ITEM}{ITEM}", [(2, 2, "line 1")], id="an item, twice running"),
        pytest.param(f"{ITEM}\n# B\n* **{ITEM[2:-1]}**.\n", [(4, 4, "line 1")], id="marks apart"),
        pytest.param(
            f"- a\n- b\n{ITEM}- c\n\n# B\n\n- x\n- b\n{ITEM}- c\n- y\n",
            [(9, 11, "lines 2-4")],
            id="with its neighbours",
        ),
        pytest.param(
            f"{ITEM}\ntext\n\n{ITEM}\ntext\n\n{ITEM}", [(5, 7, "lines 1-3"), (9, 9, "line 1")]
        ),
        pytest.param(
            f"Go. {ITEM[2:-1]}.\n\n# B\n\n{ITEM[2:-1]}. But no.\n",
            [(5, 5, "line 1")],
            id="a sentence",
        ),
        pytest.param("- Sort the items first\n" * 2, [], id="four words"),
        pytest.param("1. Run the tests of the whole shop\n" * 2, [], id="a step"),
        pytest.param("These are the parts of the shop:\n\n" * 2, [], id="an introduction"),
        pytest.param(f"### A\n\n{ITEM}\n### B\n\n{ITEM}", [], id="entries of a catalogue"),
        pytest.param("See the page on orders for more about it.\n\n" * 2, [], id="a pointer"),
        pytest.param(f"```\n{ITEM}{ITEM}```\n", [], id="in a fence"),
        pytest.param(f"# API reference\n\n{ITEM}{ITEM}", [], id="in a reference"),
    ],
)
def test_an_item_or_sentence_that_stands_here_twice(text, expected):
    found = findings("duplicate_content", text)
    said = [(f.line, f.end_line, f.message) for f in found]
    assert said == [(start, end, f"says what {kept} said") for start, end, kept in expected]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"AGENTS.md": LIST * 3 + "x"}, id="other text"),
        pytest.param({"docs/AGENTS.md": LIST * 3}, id="in another folder"),
        pytest.param({"NOTES.md": LIST * 3}, id="a name that no agent looks for"),
    ],
)
def test_no_twin(files):
    assert findings("duplicate_file", LIST * 3, files) == []


def test_a_twin_under_another_agents_name():
    (found,) = findings("duplicate_file", LIST * 3, {"AGENTS.md": LIST * 3 + "\n"})
    assert found.subject == "AGENTS.md"


def test_twins_are_told_once():
    text = LIST * 3 + "some words of text in a line\n" * 500
    files = {"CLAUDE.md": text, "AGENTS.md": text}
    assert findings("duplicate_file", text, files, "AGENTS.md") == []
    assert findings("file_too_large", text, files, "AGENTS.md") == []
    assert len(findings("file_too_large", text, files)) == 1


def test_a_link_is_no_twin():
    (found,) = findings("duplicate_file", LIST * 3, {"GEMINI.md": LIST * 3, "AGENTS.md": "@x"})
    assert found.subject == "GEMINI.md"
