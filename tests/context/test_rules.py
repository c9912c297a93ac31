"""The rules about size, history, weight, clarity and safety, and what holds for all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ccm_gitops.context.rules import RULES
from tests.support.analysing import analysis, findings

TREE = "".join(f"├── part{n}.py\n" for n in range(12))
REMARKED = "".join(f"├── part{n}.py  # what part {n} does\n" for n in range(12))
PARTS = {f"src/part{n}.py": "" for n in range(12)}
BADGE = "[![CI](https://img.shields.io/x.svg)](https://x.org)"
WORDY = "- The parts of the shop know nothing of each other, and none waits for one\n"
DONE = "- Added the login page of the shop\n" * 8


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        pytest.param("file_too_large", "a\n" * 220, id="a tenth over the target"),
        pytest.param("file_too_large", "two words\n" * 190, id="190 short lines"),
        pytest.param("file_too_large", "<!--\n" + "a\n" * 300 + "-->\n", id="a comment is free"),
        pytest.param("file_too_large", "\n" * 300, id="blank lines"),
        pytest.param("file_too_large", WORDY * 150, id="few lines, less than twice the cost"),
        pytest.param("oversized_section", "# A\n" + WORDY * 99, id="a hundred lines"),
        pytest.param("oversized_section", "# A\n" + "a\n" * 110, id="short lines"),
        pytest.param("oversized_section", f"# Style rules\n{WORDY * 110}", id="rules"),
        pytest.param("oversized_section", f"# Examples\n{WORDY * 150}", id="examples"),
        pytest.param("oversized_section", f"# Completed\n{WORDY * 150}", id="history"),
        pytest.param("oversized_section", f"# A\n{WORDY * 230}", id="nearly all of a large file"),
        pytest.param(
            "oversized_section", "# A\n" + "## B\n\na\n\n" * 60, id="long by its children alone"
        ),
        pytest.param("completed_work_verbose", "# Completed\n- One\n- Two\n", id="two lines"),
        pytest.param("completed_work_verbose", f"# Open\n{DONE}", id="an open list"),
        pytest.param("changelog_in_context", f"# Completed\n{DONE}", id="finished work"),
        pytest.param("badges", "![Diagram](docs/flow.png)\n", id="a picture"),
        pytest.param("badges", f"{BADGE} says more\n", id="a badge in a sentence"),
        pytest.param("directory_tree", f"```\n{REMARKED}```\n", id="a tree with explanations"),
        pytest.param("directory_tree", f"## Example\n```\n{TREE}```\n", id="an example"),
        pytest.param(
            "directory_tree", f"```\n{TREE.replace('part', 'other')}```\n", id="of something else"
        ),
        pytest.param("directory_tree", f"```\n{TREE.replace('.py', '')}```\n", id="of types"),
        pytest.param("directory_tree", "```\n├── part1.py\n├── gone.py\n```\n", id="a small one"),
        pytest.param(
            "directory_tree", f"```\n{REMARKED}├── dist/  # built\n```\n", id="with a built folder"
        ),
        pytest.param("empty_section", "# A\n\n## B\ntext\n", id="a heading with a child"),
        pytest.param("empty_section", "# A\n```\n```\n", id="a fence"),
        pytest.param("placeholder_text", "# A\nTODO: drop the cache by May\n", id="a task"),
        pytest.param("placeholder_text", "# A\n- TODO\n- Write it\n", id="among other lines"),
        pytest.param("hidden_characters", "a\u200db é 👩‍🚀 ❤️\n", id="joiners of emoji"),
        pytest.param(
            "hidden_characters", "\U0001f3f4\U000e0067\U000e0062\U000e007f\n", id="a flag"
        ),
        pytest.param("private_path", "`/Users/<you>/x`, `~/x`\n", id="a placeholder"),
        pytest.param(
            "private_path", "`/home/runner/work`, `/home/deploy/x`\n", id="nobody's folder"
        ),
        pytest.param("empty_section", "a\n\n---\nb: c\nd: e\n---\n", id="a second front matter"),
        pytest.param("empty_section", "# Changelog\n\n## 1.1\n\n## 1.0\n\n- a\n", id="a version"),
        pytest.param("private_path", "https://x.org/home/mary/x\n", id="a URL"),
        pytest.param(
            "private_path", r"`D:\a\shop`, `C:\Windows\System32\x.dll`" + "\n", id="a system's"
        ),
        pytest.param("private_path", r"`C:\projects\my-app`, `C:\dev\foo`" + "\n", id="an example"),
        pytest.param("unreadable_file", "é\n", id="UTF-8"),
    ],
)
def test_no_finding(rule, text):
    assert findings(rule, text, PARTS) == []


@pytest.mark.parametrize(
    ("rule", "text", "message"),
    [
        (
            "file_too_large",
            "a line of some more words than one or two, and a few\n" * 221,
            "221 lines, about .* with Claude 4.7 and later; the target",
        ),
        ("file_too_large", "A line of some words. " * 1600, "tokens .* the documented target"),
        ("oversized_section", f"# A\n{WORDY * 101}", "102 lines"),
        ("oversized_section", f"# Rules\n{WORDY * 201}" + f"# B\n{WORDY * 98}" * 2, "202 lines"),
        ("oversized_section", "# A\n" + "Some words of it. " * 800, "1 heading|under one heading"),
        ("completed_work_verbose", f"# Completed\n{DONE}", "a record of what was done"),
        (
            "completed_work_verbose",
            f"# Completed\n{DONE * 3}- Never call it twice\n",
            "may still hold",
        ),
        ("changelog_in_context", f"# Changelog\n{DONE}", "a record of what was done"),
        ("badges", f"# A\n\n{BADGE}\n{BADGE}\n", "badges"),
        ("directory_tree", f"```\nsrc/\n{TREE}```\n", "a drawing of 12"),
        ("directory_tree", f"```\n{REMARKED}├── gone.py\n```\n", "does not have: gone.py"),
        ("directory_tree", f"```\n{TREE.replace('├──', '|--')}```\n", "a drawing of 12"),
        ("empty_section", "# A\ntext\n\n## B\n\n---\n\n## C\ntext\n", "nothing under it"),
        ("empty_section", "# A\ntext\n\n## B", "nothing under it"),
        ("placeholder_text", "# A\n**TBD**\n", "placeholder"),
        ("placeholder_text", "# A\n[Your rules here]\n", "placeholder"),
        ("hidden_characters", "a \u202e b\n", "1 invisible"),
        ("hidden_characters", "a\U000e0061\U000e0062\n", "2 invisible"),
        ("private_path", "Run `/Users/mary/shop/run`, `/Users/mary/x`\n", "one person's"),
        ("private_path", r"`C:\Users\Mary\shop`" + "\n", "one person's"),
        ("private_path", "Run `/home/mary/shop/run`\n", "one person's"),
        ("private_path", r"Root: `e:\workspace\code\shop`" + "\n", "one person's"),
        ("private_path", "cd D:/Projects/shop && make\n", "one person's"),
        ("unreadable_file", b"\xff\xfea\0", "UTF-16"),
        ("unreadable_file", b"a\0b", "binary"),
        ("unreadable_file", b"caf\xe9\n", "byte 4"),
    ],
)
def test_a_finding(rule, text, message):
    (found,) = findings(rule, text, PARTS)
    assert re.search(message, found.message)


@pytest.mark.parametrize(
    ("path", "size", "message"),
    [
        ("CLAUDE.md", 40_000, None),
        ("AGENTS.md", 40_000, "Codex"),
        ("CLAUDE.md", (4 << 20) + 1, "4 MiB"),
    ],
)
def test_hard_limits_of_agents(path, size, message):
    found = [f for f in findings("file_too_large", "x" * size, path=path) if f.severity == "high"]
    assert [bool(message and message in item.message) for item in found] == [True] * bool(message)


@pytest.mark.parametrize(
    ("lines", "count"), [(300, 0), (310, 1)], ids=["a half over the target", "more"]
)
def test_a_nested_file_is_judged_milder(lines, count):
    assert len(findings("file_too_large", WORDY * lines, path="web/CLAUDE.md")) == count
    assert findings("file_too_large", "- short\n" * lines, path="web/CLAUDE.md") == []


@pytest.mark.parametrize("quote", ["`", '"', "'"])
def test_a_private_path_goes_on_to_the_end_of_its_quotes(quote):
    path = "/Users/mary/Open Source/shop"
    (found,) = findings("private_path", f"Build {quote}{path}{quote} and `x`\n")
    assert found.subject == path


def test_an_unreadable_file_has_one_finding_and_no_score():
    result = analysis(b"\0\1\2" * 50)
    assert [issue.rule for issue in result.issues] == ["unreadable_file"]
    assert (result.score, result.tokens, result.bytes) == (0, 0, 150)


@pytest.mark.parametrize(
    ("comment", "text", "silent"),
    [
        pytest.param("disable=badges", "{c}\n\n# A\n\n{b}\n", True, id="on top, for the file"),
        pytest.param("disable=badges", "# A\n\n{c}\n\n{b}\n", True, id="in its section"),
        pytest.param("disable=all", "# A\n\n{c}\n\n{b}\n", True, id="all rules"),
        pytest.param("disable=empty_section, badges", "{c}\n\n{b}\n", True, id="two rules"),
        pytest.param("disable=empty_section", "{c}\n\n{b}\n", False, id="another rule"),
        pytest.param("disable=badges", "# A\n\n{c}\n\n# B\n\n{b}\n", False, id="elsewhere"),
        pytest.param("disable=badges", "# A\n\n`{c}`\n\n{b}\n", False, id="in a code span"),
        pytest.param("disable-file=badges", "{b}\n\n# A\n\n{c}\n", True, id="the whole file"),
        pytest.param("disable-next-block=badges", "# A\n\n{c}\n\n{b}\n", True, id="the next block"),
        pytest.param(
            "disable-next-block=all", "# A\n\n{c}\n\nx\n\n{b}\n", False, id="not the one after"
        ),
        pytest.param("disable-next-block=all", "# A\n\n{b}\n\n{c}", False, id="nothing follows"),
    ],
)
def test_a_comment_silences_a_rule(comment, text, silent):
    text = text.format(c=f"<!-- ccm: {comment} -->", b=BADGE)
    assert (findings("badges", text) == []) is silent


def test_every_rule_has_a_page_and_every_page_a_rule():
    pages = Path(__file__).parents[2].joinpath("docs", "rules.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\w+)$", pages, re.MULTILINE)
    assert sorted(headings) == sorted(RULES)


def test_ids_and_summaries_are_plain():
    for name, rule in RULES.items():
        assert name == rule.id and re.fullmatch(r"[a-z_]+", name)
        assert rule.summary and not rule.summary.endswith(".") and len(rule.summary) < 80
