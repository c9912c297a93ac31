"""Text that stands in another file too: in one that is paid for as well, or in a document."""

from __future__ import annotations

import time

import pytest

from tests.support.analysing import findings

RULES = "".join(
    f"- Rule {n}: keep the {word} of the order stable\n"
    for n, word in enumerate(("number", "date", "name", "sum"), start=1)
)
LONG = " ".join(f"word{n}" for n in range(80)) + ".\n"
CODE = "```bash\n" + "".join(f"make target-{n}-of-the-build\n" for n in range(8)) + "```\n"


def places(text, files, path="CLAUDE.md"):
    return [
        (hit.line, hit.end_line, hit.message.partition(" lines ")[2], hit.estimated_savings > 0)
        for hit in findings("duplicate_content", text, files, path)
    ]


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        pytest.param(
            f"See @docs/a.md.\n\n{RULES}",
            {"docs/a.md": f"# A\n\n{RULES}"},
            [(3, 6, "3-6 of docs/a.md, which is loaded with this file", True)],
            id="an import",
        ),
        pytest.param(
            f"# A\n\n{LONG}",
            {".claude/rules/a.md": LONG.replace("word79", "word80")},
            [(3, 3, "1-1 of .claude/rules/a.md, which is loaded with this file", False)],
            id="nearly, in a rule",
        ),
        pytest.param(
            f"# A\n\n{RULES}",
            {"README.md": RULES},
            [(3, 6, "1-4 of README.md", False)],
            id="the README",
        ),
        pytest.param(
            f"# A\n\n{RULES}\n## B\n\n{LONG}",
            {"docs/a.md": f"{RULES}\n{LONG}"},
            [(3, 10, "1-6 of docs/a.md", False)],
            id="neighbours are one finding",
        ),
        pytest.param(
            f"# A\n\n{RULES}",
            {"docs/a.md": RULES, "README.md": RULES},
            [(3, 6, "1-4 of README.md", False)],
            id="each line once, the nearest document first",
        ),
    ],
)
def test_both_places_are_named(text, files, expected):
    assert places(text, files) == expected


@pytest.mark.parametrize(
    ("text", "files"),
    [
        pytest.param(f"# A\n\n{CODE}", {"README.md": CODE}, id="commands, needed at hand"),
        pytest.param("Run it.\n", {"README.md": "Run it.\n"}, id="a short line"),
        pytest.param(f"# A\n\n{RULES}", {"CHANGELOG.md": RULES}, id="a change log"),
        pytest.param(f"# A\n\n{RULES}", {"src/a.md": RULES}, id="a file that nobody is sent to"),
        pytest.param(f"# A\n\n{RULES}", {"AGENTS.md": f"# B\n\n{RULES}"}, id="another agent's"),
        pytest.param(f"# A\n\n{RULES}", {"README.md": b"\0" + RULES.encode()}, id="binary"),
        pytest.param(
            f"# A\n\n{RULES}",
            {".claude/rules/a.md": f"---\npaths: ['*.go']\n---\n\n{RULES}"},
            id="a rule that loads elsewhere",
        ),
    ],
)
def test_no_copy(text, files):
    assert places(text, files) == []


def test_of_two_files_that_load_together_one_names_the_other():
    files = {"CLAUDE.md": f"See @docs/a.md.\n\n{RULES}", "docs/a.md": f"# A\n\n{RULES}"}
    assert places(files["docs/a.md"], files, "docs/a.md") == []


def test_a_nested_file_names_what_the_root_says_already():
    root = f"# A\n\n{RULES}"
    assert places(f"# Web\n\n{RULES}", {"CLAUDE.md": root}, "web/CLAUDE.md") == [
        (3, 6, "3-6 of CLAUDE.md, which is loaded with this file", True)
    ]


def test_of_two_agents_files_the_first_names_the_other_where_much_is_the_same():
    files = {"CLAUDE.md": f"# A\n\n{RULES}\n## B\n\n{CODE}", "AGENTS.md": f"{RULES}\n{CODE}"}
    first = places(files["CLAUDE.md"], files, "CLAUDE.md")
    assert first == [(3, 19, "1-15 of AGENTS.md", False)]
    assert places(files["AGENTS.md"], files, "AGENTS.md") == []
    assert places(RULES, {"AGENTS.md": f"# B\n\n{RULES}"}, "CLAUDE.md") == []


def test_files_for_different_folders_may_say_the_same():
    files = {"CLAUDE.md": f"# A\n\n{RULES}\n## B\n\n{CODE}", "b/CLAUDE.md": f"{RULES}\n{CODE}"}
    assert places(files["CLAUDE.md"], files, "CLAUDE.md") == []


def test_many_large_documents_take_little_time():
    page = "".join(f"{LONG.replace('word7', f'x{n}')}\n" for n in range(60))
    files = {f"docs/{n}.md": page + str(n) for n in range(60)}
    started = time.process_time()
    assert findings("duplicate_content", f"# A\n\n{page}", files)
    assert time.process_time() - started < 5
