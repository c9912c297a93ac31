"""Documents: how many there are, how they are named, and what their headings say."""

from __future__ import annotations

import pytest

from ccm_gitops.context.optimize import Optimization
from ccm_gitops.context.optimize.names import doc_path
from ccm_gitops.context.restoring import put_back, read_archives
from tests.support.contexts import optimized
from tests.support.trees import DictTree

PADDING = "".join(f"Part {n} does what part {n} has to.\n\n" for n in range(160))


def table(rows: int) -> str:
    body = "".join(
        f"| the tea number {n} | green | it is on the shelf {n} |\n" for n in range(rows)
    )
    return f"| Tea | Colour | Place |\n| --- | --- | --- |\n{body}"


def documents(sections: str, **options: object) -> tuple[list[str], Optimization]:
    """The names of the new documents of a file with the sections, and the whole result."""
    text = f"# App\n\nA shop.\n\n{sections}\n## Overview\n\n{PADDING}"
    result = optimized(text, **options)  # type: ignore[arg-type]
    paths = [path for path in result.files if path.startswith("docs/agents/")]
    return [path.removeprefix("docs/agents/") for path in paths], result


def test_a_file_gets_no_more_than_three_documents():
    names, result = documents("".join(f"## Module {n}\n\n{table(60 + n)}\n" for n in range(9)))
    assert sorted(names) == ["module-7.md", "module-8.md", "reference.md"]
    shared = result.files["docs/agents/reference.md"].decode()
    assert shared.startswith("# Reference\n\n## Module 0\n\n| Tea")
    assert "## Module 1\n\n| Tea" in shared
    tree = DictTree(result.files)
    assert put_back(tree, read_archives(tree, "CLAUDE.md"))["docs/agents/reference.md"] is None


RULES = "".join(f"- Never put the pot number {n} on the table of a guest.\n" for n in range(90))
TREE = (
    "```\nsrc/\n├── app.py\n├── store.py\n├── cup.py\n├── tea.py\n" + "└── pot.py\n" * 60 + "```\n"
)
FILES = dict.fromkeys((f"src/{name}.py" for name in ("app", "store", "cup", "tea", "pot")), "")


@pytest.mark.parametrize(
    ("sections", "names"),
    [
        pytest.param(f"## Module A\n\n{table(30)}", ["module-a.md"], id="a small one alone"),
        pytest.param(
            f"## Module A\n\n{table(30)}\n## Module B\n\n{table(30)}",
            ["reference.md"],
            id="two small ones",
        ),
        pytest.param(
            "".join(f"## Module {n}\n\n{table(25)}\n" for n in "ABC"),
            ["reference.md"],
            id="three small ones",
        ),
        pytest.param(
            f"## API (v3.1)\n\n{table(60)}", ["api-v3-1.md"], id="a version tells one from another"
        ),
        pytest.param(f"## Current Status\n\n{TREE}", ["source-tree.md"], id="what it holds"),
        pytest.param(f"## Project Structure\n\n{TREE}", ["project-structure.md"], id="said so"),
    ],
)
def test_documents_are_few_and_named_by_what_they_hold(sections, names):
    assert documents(sections, others=FILES)[0] == names


@pytest.mark.parametrize(
    ("source", "titles", "name"),
    [
        ("CLAUDE.md", ("API Endpoints",), "api-endpoints"),
        (".claude/CLAUDE.md", ("API Endpoints",), "api-endpoints"),
        ("src/evm/CLAUDE.md", ("EVM Module Structure",), "evm-module-structure"),
        ("cli/daemon/CLAUDE.md", ("Daemon",), "cli-daemon-reference"),
        ("examples/agents-of-a-long-name/CLAUDE.md", ("API",), "agents-of-a-long-name-api"),
        ("src/CLAUDE.md", ("API",), "src-api"),
        ("CLAUDE.md", ("Variables of the Whole Environment with python-dotenv",) * 2, "variables"),
        ("CLAUDE.md", ("A" * 40, "B" * 40), "b" * 40),
        ("CLAUDE.md", ("word " * 20,), "reference"),
        ("CLAUDE.md", ("Important Implementation Notes",), "implementation-notes"),
        ("CLAUDE.md", ("Key Files",), "key-files"),
    ],
)
def test_a_name_is_whole_and_says_nothing_twice(source, titles, name):
    assert doc_path(source, titles, frozenset()) == f"docs/agents/{name}.md"


@pytest.mark.parametrize(
    ("source", "titles", "name"),
    [
        ("packages/cli/CLAUDE.md", ("API Endpoints",), "api-endpoints"),
        ("packages/cli/CLAUDE.md", ("CLI Commands",), "commands"),
        ("packages/cli/src/daemon/CLAUDE.md", ("Daemon of the CLI",), "daemon-of-the-cli"),
        ("packages/cli/src/daemon/CLAUDE.md", ("CLI Daemon",), "daemon-reference"),
    ],
)
def test_a_name_within_a_project_does_not_say_which(source, titles, name):
    path = doc_path(source, titles, frozenset(), "packages/cli")
    assert path == f"packages/cli/docs/agents/{name}.md"


def test_a_project_s_document_is_not_called_like_one_of_the_root():
    paths = {"docs/agents/api.md"}
    path = doc_path("packages/cli/CLAUDE.md", ("API",), paths, "packages/cli")
    assert path == "packages/cli/docs/agents/cli-api.md"


def test_the_headings_of_a_document_make_sense_alone():
    parts = "".join(
        f"### {name}\n\n#### Format\n\nNever guess.\n\n{table(30)}\n"
        for name in ("Users", "Orders")
    )
    _, result = documents(f"## API\n\n{parts}")
    document = result.files["docs/agents/api.md"].decode()
    headings = [line for line in document.splitlines() if line.startswith("#")]
    assert headings == ["# API", "### Format (Users)", "### Format (Orders)"]


def test_a_tiny_chapter_joins_another_one():
    text = f"## Module A\n\n{table(12)}\n## Module B\n\n{table(60)}\n## Module C\n\n{table(70)}"
    assert sorted(documents(text)[0]) == ["module-c.md", "reference.md"]


def test_the_numbers_of_chapters_stay_behind():
    parts = "".join(f"## {n}. Module {n}\n\nNever guess.\n\n{table(20)}\n" for n in range(1, 4))
    _, result = documents(parts)
    document = result.files["docs/agents/reference.md"].decode()
    assert "## Module 1\n" in document
    assert "## 1." not in document


def test_no_heading_of_a_document_stands_twice():
    groups = "".join(
        "".join(f"### {name} {n}\n\n{table(20 + n)}\n" for n in range(4))
        + f"### {name} C\n\nNever guess.\n\n{table(20)}\n".replace("tea", f"tea of the {name}")
        for name in ("Cup", "Pot")
    )
    _, result = documents(f"## Shop\n\nNever guess.\n\n{groups}## Yard\n\n{table(12)}")
    text = next(result.files[path] for path in result.files if path.startswith("docs/")).decode()
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert "## Shop (continued)" in headings
    assert len(headings) == len(set(headings))


def test_a_chapter_of_which_much_moves_has_its_own_document():
    parts = "".join(f"### Cup {n}\n\n{table(35)}\n### Pot {n}\n\n{RULES}\n" for n in range(3))
    others = "".join(f"## Module {n}\n\n{table(20)}\n" for n in "ABC")
    assert "shop.md" in documents(f"## Shop\n\nNever guess.\n\n{parts}{others}")[0]
