"""Instructions that contradict each other: same subject, same code, two values."""

from __future__ import annotations

import pytest

from tests.support.analysing import findings


def conflicts(text):
    return [(f.line, f.subject) for f in findings("conflicting_instructions", text)]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (
            "- Use 2 spaces\n- Sort imports\n- Use 4 spaces for indentation",
            "Use 4 spaces for indentation",
        ),
        (
            "## Style\n- Indent with tabs\n\n## Code style\n- Use two-space indentation",
            "Use two-space indentation",
        ),
        ("- Single quotes, no semicolons\n\nAlways use double quotes.", "Always use double quotes"),
        (
            "- Use single quotes and omit semicolons\n- Always use semicolons",
            "Always use semicolons",
        ),
        (
            "- Line length: 88\n\n## Conventions\n- Max line length: 120 characters",
            "Max line length: 120 characters",
        ),
        ("- Use trailing commas\n- No trailing commas", "No trailing commas"),
        ("- Python: use 4 spaces\n- Use 2 spaces in Python", None),
        ("## Python\n- 4 spaces\n\n## Python style\n- Use tabs", "Use tabs"),
        ("Never run `npm test`; use the script.\n\n```bash\nnpm test\n```", "npm test"),
        ("- Do not use `pip install` directly\n\n```bash\npip install x\n```", "pip install"),
        ("Do not run `git add .`.\n\n```bash\n$ git add . && git commit\n```", "git add ."),
    ],
)
def test_two_that_cannot_both_be_followed(text, subject):
    found = conflicts(f"# Shop\n\n{text}\n")
    assert [said for _, said in found] == ([subject] if subject else [])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- Use 2 spaces\n- Use 2 spaces for indentation", id="the same"),
        pytest.param("- Use 2 spaces\n- Use two-space indentation", id="the same in words"),
        pytest.param("- TypeScript: 2 spaces\n- Python: 4 spaces", id="two languages"),
        pytest.param("## Python\n- 4 spaces\n\n## JavaScript\n- 2 spaces", id="by their headings"),
        pytest.param("- Use 4 spaces\n- Use 2 spaces in YAML files", id="an exception"),
        pytest.param("- Use 4 spaces\n- Use tabs in `Makefile`", id="of a file"),
        pytest.param("- Use spaces, 4 of them\n- Indent with tabs", id="not as plain"),
        pytest.param("- Double quotes\n- Single quotes in JSX", id="of a place"),
        pytest.param("## Web app\n- 2 spaces\n\n## Desktop app\n- 4 spaces", id="two programs"),
        pytest.param(
            "- Max line length: 100 characters\n- Docstrings: 72 characters", id="of text"
        ),
        pytest.param("- Line length: 100\n- At most 80 files", id="another number"),
        pytest.param("- Use 2 spaces\n\n```\nUse 4 spaces\n```", id="in a fence"),
        pytest.param("- Use single quotes\n\nSome prefer double quotes.", id="of others"),
        pytest.param("Never run `npm test`.\n\n```bash\nnpm test -- --run\n```", id="with options"),
        pytest.param(
            "Do NOT run `bun test` from the repo root.\n\n```bash\nbun test\n```", id="of a place"
        ),
        pytest.param("Never run `npm publish` unless asked.\n\n```sh\nnpm publish\n```", id="if"),
        pytest.param(
            "Never run `npm test`.\n\n```bash\n# ❌ wrong\nnpm test\n```", id="shown as bad"
        ),
        pytest.param("Never run `npm test`.\n\nUse `npm test` for one file.", id="no fence"),
        pytest.param("Don't use `vite`.\n\n```bash\nvite\n```", id="a name, no command"),
        pytest.param(
            "Never run `npm test`.\n\n## Old commands (removed)\n\n```bash\nnpm test\n```",
            id="told to be gone",
        ),
    ],
)
def test_no_finding(text):
    assert conflicts(f"# Shop\n\n{text}\n") == []


def test_the_later_one_names_the_earlier():
    (found,) = findings("conflicting_instructions", "# A\n\n- Use tabs\n- Use 4 spaces\n")
    assert (found.line, found.message) == (4, "line 3 says “Use tabs”")
