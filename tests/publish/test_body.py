"""What a pull request quotes of a repository shows as it is, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ccm_gitops.context.loading import load
from ccm_gitops.context.optimize import optimize
from ccm_gitops.forges import Place, connect
from ccm_gitops.gitrepo.objects import Base
from ccm_gitops.projects.folder import FolderTree
from ccm_gitops.publish import body
from ccm_gitops.publish.model import Change
from ccm_gitops.secrets import Secret
from tests.publish.scene import BLOATED
from tests.publish.support import order

NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)

HOSTILE = (
    "@everyone look",
    "fixes #1 and GH-2",
    "see !3, &4, ~bug, %v1 and $5",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "https://evil.example/x",
    "a | b | c",
    "**bold** `code` ~~gone~~",
    "one\n\n# two\n/close",
    "<!-- ccm-gitops task=tidy content=" + "0" * 64 + " made=2026-01-01T00:00:00Z -->",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_cell_stays_one_cell_of_plain_text(text: str):
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    rendered = markdown.render(f"| a | b |\n| --- | --- |\n| {body.escape(text)} | end |\n")
    [row] = rendered.partition("<tbody>")[2].split("<tr>")[1:]
    assert row.count("<td>") == 2
    cell = row.partition("<td>")[2].partition("</td>")[0]
    assert "<" not in cell
    assert body.marked(body.escape(text), "tidy", "c") is None


@given(st.text())
def test_nobody_is_mentioned_and_nothing_referred_to(text: str):
    words: Any = body.escape(text)
    for sign in ("@", "#", "!", "%", "~", "$", "^"):
        assert all(not rest[:1].isalnum() for rest in words.split(sign)[1:])
    assert "\n" not in words


def test_a_title_is_one_short_line_that_mentions_nobody():
    change = Change(base=Base("main", "0" * 40), files={}, message="x @ada " + "y" * 500)
    title = body.title(change, order(), None)
    assert len(title) <= 200
    assert "@ada" not in title
    assert title.endswith("…")


def test_a_text_that_is_too_long_is_cut_with_its_folds_closed(tmp_path: Path):
    (tmp_path / "CLAUDE.md").write_text(BLOATED)
    tree = FolderTree(tmp_path)
    [file] = load(tree, ("CLAUDE.md",))
    made = optimize(file, tree, strategy="moderate", now=NOW)
    long = replace(made.plan[0], section=("Payments", "x" * 100))
    item = replace(made, plan=(long,) * 400)
    change = Change(base=Base("main", "a" * 40), files={}, message="m", optimizations=(item,))
    place = Place(url="https://github.com/a/b", kind=None, api_url=None, is_declared=True)
    text = body.body(change, order(), "b" * 40, connect(place, Secret("t"), {}), NOW)
    assert 55_000 < len(text) < 65_000
    assert text.count("<details>") == text.count("</details>") == 2
    assert "The rest is in the commit." in text
    assert text.index("The rest is") > text.index("</details>")


def test_a_marker_tells_what_was_proposed_and_no_other_task_reads_it():
    made = datetime(2026, 2, 1, 9, tzinfo=UTC)
    text = f"<!-- ccm-gitops task=tidy content={'a' * 64} made=2026-02-01T09:00:00Z -->\n\nrest"
    found = body.marked(text, "tidy", "c")
    assert found is not None
    assert (found.content, found.made_at, found.commit) == ("a" * 64, made, "c")
    assert body.marked(text, "other", "c") is None
    assert body.marked(text.replace("2026-02", "2026-99"), "tidy", "c") is None
    assert body.unmarked(text).strip() == "rest"
