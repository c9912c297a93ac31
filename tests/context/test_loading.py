"""Context files are found behind links and pointers, once each."""

from __future__ import annotations

import pytest

from ccm_gitops.context.loading import load
from tests.support.trees import DictTree

NAMES = ("CLAUDE.md", ".claude/CLAUDE.md", "AGENTS.md")


def loaded(tree, names=NAMES):
    return [(file.path, file.aliases, file.note) for file in load(tree, names)]


@pytest.mark.parametrize(
    ("files", "links", "expected"),
    [
        pytest.param({}, {}, [], id="nothing there"),
        pytest.param(
            {"CLAUDE.md": "a", "AGENTS.md": "b"},
            {},
            [("CLAUDE.md", (), None), ("AGENTS.md", (), None)],
            id="two files of their own",
        ),
        pytest.param(
            {"AGENTS.md": "b"},
            {"CLAUDE.md": "AGENTS.md"},
            [("AGENTS.md", ("CLAUDE.md",), None)],
            id="a link is another name",
        ),
        pytest.param(
            {"AGENTS.md": "b"},
            {"CLAUDE.md": "docs/x.md", "docs/x.md": "../AGENTS.md"},
            [("AGENTS.md", ("CLAUDE.md",), None)],
            id="a chain of links",
        ),
        pytest.param(
            {"AGENTS.md": "b"},
            {".claude/CLAUDE.md": "../AGENTS.md"},
            [("AGENTS.md", (".claude/CLAUDE.md",), None)],
            id="a link is relative to its folder",
        ),
        pytest.param(
            {"conf/CLAUDE.md": "b"},
            {".claude": "conf"},
            [("conf/CLAUDE.md", (".claude/CLAUDE.md",), None)],
            id="through a linked folder",
        ),
        pytest.param(
            {"CLAUDE.md": "@AGENTS.md\n", "AGENTS.md": "b"},
            {},
            [("AGENTS.md", ("CLAUDE.md",), None)],
            id="a one-line pointer",
        ),
        pytest.param(
            {"CLAUDE.md": "<!-- see there -->\r\n@./AGENTS.md", "AGENTS.md": "b"},
            {},
            [("AGENTS.md", ("CLAUDE.md",), None)],
            id="a pointer below a comment",
        ),
        pytest.param(
            {"CLAUDE.md": "Read this.\n@AGENTS.md\n", "AGENTS.md": "b"},
            {},
            [("CLAUDE.md", (), None), ("AGENTS.md", (), None)],
            id="text beside the import makes it a file of its own",
        ),
        pytest.param(
            {"CLAUDE.md": "@AGENTS.md"}, {}, [("CLAUDE.md", (), None)], id="a pointer to nothing"
        ),
        pytest.param(
            {"CLAUDE.md": "@AGENTS.md", "AGENTS.md": "@CLAUDE.md"},
            {},
            [("CLAUDE.md", (), "leads to itself"), ("AGENTS.md", (), "leads to itself")],
            id="pointers in a circle",
        ),
        pytest.param(
            {},
            {"CLAUDE.md": "CLAUDE.md"},
            [("CLAUDE.md", (), "leads to itself")],
            id="a link to itself",
        ),
        pytest.param(
            {},
            {"CLAUDE.md": "../other/CLAUDE.md", "AGENTS.md": "/etc/passwd"},
            [
                ("CLAUDE.md", (), "leads out of the repository"),
                ("AGENTS.md", (), "leads out of the repository"),
            ],
            id="links that leave the repository",
        ),
        pytest.param(
            {},
            {"CLAUDE.md": "gone.md"},
            [("CLAUDE.md", (), "leads to gone.md, which the repository does not have")],
            id="a link to nothing",
        ),
        pytest.param(
            {"CLAUDE.md": ""}, {}, [("CLAUDE.md", (), None)], id="an empty file is a file"
        ),
    ],
)
def test_load(files, links, expected):
    assert loaded(DictTree(files, links)) == expected


def test_the_order_of_the_setting_is_kept():
    tree = DictTree({"AGENTS.md": "a", "CLAUDE.md": "b"})
    assert [path for path, _, _ in loaded(tree, ("AGENTS.md", "CLAUDE.md"))] == [
        "AGENTS.md",
        "CLAUDE.md",
    ]


def test_a_pattern_stands_for_the_files_that_fit_it():
    paths = ["packages/b/CLAUDE.md", "packages/a/CLAUDE.md", "packages/a/x/CLAUDE.md"]
    others = ["CLAUDE.md", "a/CLAUDE.md.orig", ".claude/archives/CLAUDE.md", "docs/a*.md"]
    tree = DictTree(dict.fromkeys([*paths, *others, "docs/ab.md"], "x"))

    def found(*names):
        return [path for path, _, _ in loaded(tree, names)]

    assert found("CLAUDE.md", "packages/*/CLAUDE.md") == ["CLAUDE.md", *sorted(paths[:2])]
    assert found("./packages/b/CLAUDE.md", "**/CLAUDE.md") == [
        *("packages/b/CLAUDE.md", "CLAUDE.md"),
        *("packages/a/CLAUDE.md", "packages/a/x/CLAUDE.md"),
    ]
    assert found("docs/a*.md") == ["docs/a*.md"]
    assert found("none/*.md") == []


def test_the_bytes_are_those_of_the_target():
    (file,) = load(DictTree({"AGENTS.md": b"\xff\r\n"}, {"CLAUDE.md": "AGENTS.md"}), NAMES)
    assert file.data == b"\xff\r\n"
