"""What tells an agent nothing is removed, and nothing else."""

from __future__ import annotations

import pytest

from ccm_gitops.context.restoring import read_archives, restore
from tests.support.contexts import history, optimized
from tests.support.trees import DictTree

BADGE = "[![CI](https://github.com/a/b/actions/workflows/ci.yml/badge.svg)](https://github.com/a/b)"
LOG = f"## Completed Work\n\n{history(30)}"
REMOVED = ".claude/archives/CLAUDE-removed-2026-11.md"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(f"{BADGE}\n{BADGE}\n\nA tool.\n", "A tool.\n", id="badges"),
        pytest.param(
            '<p align="center">\n<img src="https://img.shields.io/npm/v/x">\n</p>\n\nA tool.\n',
            "A tool.\n",
            id="badges in HTML",
        ),
        pytest.param("---\n\n***\n\n---\n\n___\n\nA tool.\n", "---\n\nA tool.\n", id="rules"),
        pytest.param(f"A.\n{20 * chr(10)}B.\n", "A.\n\nB.\n", id="a gap"),
        pytest.param(f"A.\n\n{8 * '- '.ljust(3)}\n", None, id="not what only looks empty"),
        pytest.param(f"A.\n\n{8 * ('-' + chr(10))}\nB.\n", "A.\n\nB.\n", id="an empty list"),
        pytest.param("![How it fits together](docs/architecture.png)\n", None, id="a picture"),
        pytest.param(
            f"{BADGE} must be green before you merge.\n", None, id="a badge in a sentence"
        ),
        pytest.param(f"```\n{BADGE}\n```\n", None, id="a badge in a fence"),
    ],
)
def test_removes_what_tells_nothing_together_with_what_else_changes(old, new):
    text = f"# App\n\n{old}\n{LOG}\n## Rules\n\nNever push.\n"
    result = optimized(text)
    after = result.files["CLAUDE.md"].decode()
    assert after.startswith(f"# App\n\n{old if new is None else new}\n## Completed Work\n")
    assert (REMOVED in result.files) is (new is not None)
    entries = read_archives(DictTree(result.files), "CLAUDE.md")
    assert restore(after, entries) == text


def test_it_is_counted_and_no_line_leads_there():
    text = f"# App\n\n{BADGE}\n\nA tool.\n\n{LOG}\n## Rules\n\nNever push.\n"
    result = optimized(text)
    assert [action.type for action in result.plan] == ["remove", "archive"]
    assert result.proof.to_json()["removed"] == 1
    assert "removed" not in result.files["CLAUDE.md"].decode()
    assert "removed" not in optimized(text, strategy="conservative").proof.to_json()


def test_badges_that_are_marked_stay():
    text = f"# App\n\nA tool.\n\n## CI\n\n<!-- ccm: keep -->\n\n{BADGE}\n\n{LOG}\n"
    assert [action.type for action in optimized(text).plan] == ["archive"]


def test_badges_alone_are_no_reason_for_a_commit():
    assert not optimized(f"# App\n\n{BADGE}\n\nA tool.\n").files
