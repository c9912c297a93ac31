"""What the document model promises for every text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ccm_gitops.context.document import parse, split_lines

PIECES = st.sampled_from(
    [
        *["\n", "\r", "\r\n", "\ufeff", "\t", " ", "    ", "\0", "\f", "\v", "\x85", "\u2028"],
        *["# H", "## H ##", "a", "===", "---", "...", "- ", "1. ", "> ", "```", "~~~", "<!--"],
        *["-->", "<div>", "|a|b|", "|-|-|", "[a]: b", "key: v", "`", "***", "\\", "é"],
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(TEXTS)
@example("---\nkey: v\nunclosed")
@example("\ufeff---\nkey: v\n---\n# H")
@example("```\n# no heading\n\n")
@example("- a\n\n  b\n\n\n   ")
@example("a\n   ")
@example("[a]: b\n[c]: d\n\n[a]: e")
@example("\x85\u2028\n")
def test_joining_the_blocks_gives_the_text_back(text):
    document = parse(text)
    assert "".join(block.text for block in document.blocks) == text
    assert document.slice(1, len(document.lines)) == text


@given(TEXTS)
def test_blocks_cover_each_line_exactly_once(text):
    document = parse(text)
    covered = [
        line for block in document.blocks for line in range(block.start_line, block.end_line + 1)
    ]
    assert covered == list(range(1, len(split_lines(text)) + 1))


@given(TEXTS)
def test_sections_hold_every_block_once_and_nest(text):
    document = parse(text)
    assert [b for s in document.root.walk() for b in s.blocks] == list(document.blocks)
    for section in document.root.walk():
        for child in section.children:
            assert child.level > section.level
            assert section.start_line <= child.start_line <= child.end_line <= section.end_line
            assert child.path[:-1] == section.path


def outline(text):
    return [(s.level, s.title) for s in parse(text).root.walk() if s.level]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```\n# a\n```\n", id="inside a fence"),
        pytest.param("~~~ sh\n# a\n", id="inside a fence that is never closed"),
        pytest.param("> # a\n", id="inside a quote"),
        pytest.param("- # a\n", id="inside a list"),
        pytest.param("<!--\n# a\n-->\n", id="inside a comment"),
        pytest.param("<div>\n# a\n</div>\n", id="inside HTML"),
        pytest.param("    # a\n", id="indented code"),
        pytest.param("#a\n", id="no space after the mark"),
        pytest.param("---\n# a\nkey: v\n---\n", id="a comment of the front matter"),
    ],
)
def test_no_heading(text):
    assert outline(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# a\r\n\r\n## b\r\n", [(1, "a"), (2, "b")], id="CRLF"),
        pytest.param("# a\r## b\r", [(1, "a"), (2, "b")], id="CR alone"),
        pytest.param("\ufeff# a\n", [(1, "a")], id="after a byte order mark"),
        pytest.param("a\nb\n===\n", [(1, "a b")], id="setext over two lines"),
        pytest.param("a\n---\n", [(2, "a")], id="setext of level two"),
        pytest.param("## a ##", [(2, "a")], id="closed, at the end of the file"),
        pytest.param("---\n\n# a\n\n---\n", [(1, "a")], id="between two rules"),
        pytest.param("---\nkey: v\n---\n# a", [(1, "a")], id="after front matter"),
        pytest.param("- a\n# b", [(1, "b")], id="right after a list"),
        pytest.param("# a\n### b\n## c", [(1, "a"), (3, "b"), (2, "c")], id="levels left out"),
    ],
)
def test_headings(text, expected):
    assert outline(text) == expected


def kinds(text):
    return [block.kind for block in parse(text).blocks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n", ["blank"]),
        ("a\n\n- b\n  - c\n\n\nd", ["paragraph", "blank", "list", "blank", "paragraph"]),
        ("> a\n\n***\n", ["quote", "blank", "rule"]),
        ("|a|\n|-|\n|b|\n", ["table"]),
        ("[a]: b\n[c]: d\ne", ["definition", "definition", "paragraph"]),
        ("---\nk: v\n---\na", ["front_matter", "paragraph"]),
        ("---\nk: v\na", ["rule", "paragraph"]),
        ("a\n\n---\nk: v\n---\n", ["paragraph", "blank", "rule", "heading"]),
        ("\ufeff \t\n", ["blank"]),
        ("\f\n", ["paragraph"]),
        ("<!-- a\n\nb -->\nc", ["html", "paragraph"]),
    ],
)
def test_kinds_of_blocks(text, expected):
    assert kinds(text) == expected


def test_a_list_of_any_depth_leaves_the_rest_of_the_document_alone():
    text = "".join(f"{'  ' * depth}- a\n" for depth in range(60)) + "\n# After\n"
    assert outline(text) == [(1, "After")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# H\n\n- a\n" * 13_000, id="forty thousand lines"),
        pytest.param("- a\n" * 15_000, id="one long list"),
        pytest.param("a\n" * 100_000, id="one long paragraph"),
        pytest.param("x" * 5_000_000, id="one line of 5 MB"),
        pytest.param("> " * 5_000 + "a\n", id="quotes in quotes"),
        pytest.param("- " * 5_000 + "a\n", id="lists in lists"),
        pytest.param("[a\n" * 50_000, id="open brackets"),
    ],
)
def test_large_input_takes_linear_time(text):
    started = time.process_time()
    document = parse(text)
    assert "".join(block.text for block in document.blocks) == text
    assert time.process_time() - started < 10
