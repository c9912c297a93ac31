"""Which files a session loads, when, and what its start costs."""

from __future__ import annotations

import time

import pytest

from ccm_gitops.config.model import DEFAULT_CONTEXT_FILES
from ccm_gitops.context.document import parse
from ccm_gitops.context.imports import find_imports
from ccm_gitops.context.inventory import take_inventory
from tests.support.trees import DictTree


def inventory(files, links=None):
    return take_inventory(DictTree(files, links), DEFAULT_CONTEXT_FILES)


def loaded(files, links=None):
    return {file.path: file.loaded for file in inventory(files, links).files}


@pytest.mark.parametrize(
    ("files", "links", "expected"),
    [
        pytest.param({"README.md": "a"}, {}, {}, id="none"),
        pytest.param(
            {"CLAUDE.md": "See @docs/a.md.\n", "docs/a.md": "- @../b.md", "b.md": "x"},
            {},
            {"CLAUDE.md": "always", "docs/a.md": "imported", "b.md": "imported"},
            id="imports, each relative to its own file",
        ),
        pytest.param(
            {
                "CLAUDE.md": "@gone.md and @../out.md, @~/x.md\n\n`@a.md`\n\n```\n@a.md\n```\n"
                "\n<!-- @a.md -->\n",
                "a.md": "x",
            },
            {},
            {"CLAUDE.md": "always"},
            id="missing, outside, in code, in a comment",
        ),
        pytest.param(
            {"CLAUDE.md": "x @a.md", "a.md": "x @b.md", "b.md": "x @CLAUDE.md @a.md"},
            {},
            {"CLAUDE.md": "always", "a.md": "imported", "b.md": "imported"},
            id="a cycle",
        ),
        pytest.param(
            {"CLAUDE.md": "x @1.md", **{f"{n}.md": f"x @{n + 1}.md" for n in range(1, 7)}},
            {},
            {"CLAUDE.md": "always", **{f"{n}.md": "imported" for n in range(1, 5)}},
            id="four hops and no more",
        ),
        pytest.param(
            {"CLAUDE.md": "x @AGENTS.md", "AGENTS.md": "y"},
            {},
            {"CLAUDE.md": "always", "AGENTS.md": "imported"},
            id="a context file that another imports",
        ),
        pytest.param(
            {
                "CLAUDE.md": "x",
                ".claude/rules/all.md": "y",
                ".claude/rules/deep/go.md": "---\npaths:\n  - '**/*.go'\n---\ny",
                ".claude/rules/ts.md": "---\npaths: ['**/*.ts']\n---\ny",
                ".claude/rules/none.md": "---\npaths: []\n---\ny",
                ".claude/rules/notes.txt": "y",
            },
            {},
            {
                "CLAUDE.md": "always",
                ".claude/rules/all.md": "always",
                ".claude/rules/none.md": "always",
                ".claude/rules/deep/go.md": "on_demand",
                ".claude/rules/ts.md": "on_demand",
            },
            id="rules with and without paths",
        ),
        pytest.param(
            {"CLAUDE.md": "x", "shared/a.md": "y"},
            {".claude/rules/team": "../../shared"},
            {"CLAUDE.md": "always", "shared/a.md": "always"},
            id="rules behind a linked folder",
        ),
        pytest.param(
            {
                "CLAUDE.md": "x",
                "web/CLAUDE.md": "@AGENTS.md",
                "web/AGENTS.md": "y",
                ".claude/skills/pdf/SKILL.md": "z",
                "docs/NOTES.md": "z",
            },
            {"api/CLAUDE.md": "../CLAUDE.md"},
            {
                "CLAUDE.md": "always",
                "web/AGENTS.md": "on_demand",
                ".claude/skills/pdf/SKILL.md": "on_demand",
            },
            id="nested files and skills, links and pointers followed",
        ),
    ],
)
def test_how_each_file_is_loaded(files, links, expected):
    assert loaded(files, links) == expected


@pytest.mark.parametrize(
    ("files", "starts"),
    [
        pytest.param(
            {"CLAUDE.md": "x @a.md", "a.md": "y", ".claude/rules/r.md": "z", "AGENTS.md": "w"},
            [{"CLAUDE.md", "a.md", ".claude/rules/r.md"}, {"AGENTS.md"}],
            id="AGENTS.md is another agent's beside a CLAUDE.md",
        ),
        pytest.param(
            {"AGENTS.md": "x @a.md", "a.md": "y"},
            [{"AGENTS.md", "a.md"}],
            id="AGENTS.md alone",
        ),
        pytest.param({"web/CLAUDE.md": "x"}, [], id="nothing at the start"),
    ],
)
def test_what_one_start_loads(files, starts):
    assert list(map(set, inventory(files).starts)) == starts


def test_the_dearest_start_counts_and_what_none_loads_costs_no_start():
    found = inventory({"CLAUDE.md": "x @a.md", "a.md": "y", "AGENTS.md": "w", "w/CLAUDE.md": "n"})
    cost = {"CLAUDE.md": 5, "a.md": 7, "AGENTS.md": 3, "w/CLAUDE.md": 9}
    paths = [file.path for file in found.files]
    assert [found.start_cost(path, cost) for path in paths] == [12, 3, 12, None]


@pytest.mark.parametrize(
    "text",
    ["mail me@acme.dev", "![x](https://cdn.x/@acme/ui.md)", "`` @a.md ``", "```zig\n@import(x)\n"],
)
def test_no_import(text):
    assert list(find_imports(parse(text), "CLAUDE.md")) == []


def test_an_import_has_a_place():
    (found,) = find_imports(
        parse("# T\n\n- one\n- see\n  @./docs/a.md#part, then\n"), "x/CLAUDE.md"
    )
    assert (found.written, found.target) == ("./docs/a.md", "x/docs/a.md")
    assert (found.line, found.column) == (5, 3)


def test_a_paragraph_of_many_mentions_takes_linear_time():
    document = parse("see @docs/a.md now " * 100_000)
    started = time.process_time()
    assert sum(1 for _ in find_imports(document, "CLAUDE.md")) == 100_000
    assert time.process_time() - started < 10
