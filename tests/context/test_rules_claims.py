"""Statements that the tree or the file itself contradicts: what must not fire, then what must."""

from __future__ import annotations

import pytest

from ccm_gitops.context.rules import RULES
from tests.support.analysing import findings

FILES = {
    "src/cart.test.ts": "",
    "src/order.test.ts": "",
    "src/deep/item.spec.tsx": "",
    "web/src/a.ts": "",
    "api/test_a.py": "",
    ".github/workflows/ci.yml": "",
    "eslint.config.js": "",
    "Makefile": "",
    "drizzle.config.ts": "",
    **{f"db/migrations/2025010{n}000000_part.sql": "" for n in range(1, 7)},
}
PENDING = "Pending migrations:\n\n- `2025010{n}000000_part`\n"


def said(text, path="CLAUDE.md"):
    return [finding.subject for finding in findings("contradicted_claim", text, FILES, path)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("There are no tests for the mailer.", id="of one part"),
        pytest.param("If there are no tests, write some.", id="a condition"),
        pytest.param("- No tests exist: write some", id="a case"),
        pytest.param("| Case | Do |\n| --- | --- |\n| No tests exist | Write some |", id="a cell"),
        pytest.param("No tests for trivial code.", id="a rule"),
        pytest.param("No tests", id="two words"),
        pytest.param("Make sure that there are no test files left behind.", id="an aim"),
        pytest.param("```\nThere are no tests yet.\n```", id="in a fence"),
        pytest.param("## Examples\n\nThere are no tests yet.", id="an example"),
        pytest.param("Session stored in JWT (no database)", id="of a session"),
        pytest.param("There is no Dockerfile.", id="there is none"),
        pytest.param("There is no `src/lib/`.", id="such a folder is not there"),
        pytest.param("There is no `src/` in the image.", id="elsewhere"),
        pytest.param("If `src/` does not exist, stop.", id="a condition on a path"),
        pytest.param("Check that there is no `Makefile`", id="a check"),
        pytest.param(PENDING.format(n=5), id="one later migration"),
        pytest.param(PENDING.format(n=8), id="an unknown migration"),
        pytest.param("Applied:\n\n- `20250101000000_part`", id="an applied migration"),
        pytest.param("## Search (Planned)\n\nx\n\n## Search — DONE\n\nx", id="one word"),
        pytest.param("## Cart API (Planned)\n\nx\n\n## Cart UI — DONE\n\nx", id="other things"),
    ],
)
def test_no_finding(text):
    assert said(f"# T\n\n{text}\n") == []


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("- No existing tests in the codebase yet", "No existing tests in the codebase yet"),
        ("There are no tests, so look twice.", "There are no tests"),
        (
            "It is young. **There are currently no unit tests.**",
            "There are currently no unit tests",
        ),
        ("No test framework is configured.", "No test framework is configured"),
        ("This project has no CI yet.", "This project has no CI yet"),
        ("No linter configured", "No linter configured"),
        ("No linter is configured, so look twice.", "No linter is configured"),
        ("There is no database yet.", "There is no database yet"),
        ("There is no `Makefile`; use scripts.", "Makefile"),
        ("`src/deep/` does not exist yet.", "src/deep/"),
        (PENDING.format(n=2), "20250102000000_part"),
        (
            "## Cart import (Planned — v2)\n\nx\n\n## Phase 3: Cart Import — DONE\n\nx",
            "Cart import (Planned — v2)",
        ),
    ],
)
def test_a_finding(text, subject):
    assert said(f"# T\n\n{text}\n") == [subject]


def test_a_nested_file_speaks_of_its_folder():
    text = "There are no tests yet.\n"
    assert said(text, "src/CLAUDE.md") == ["There are no tests yet"]
    assert said(text, "web/CLAUDE.md") == said(text, "api/CLAUDE.md") == []
    assert said(text, ".claude/CLAUDE.md") == ["There are no tests yet"]


def test_the_proof_and_the_place_are_named():
    (found,) = findings("contradicted_claim", "# T\n\n- There are no tests yet\n", FILES)
    assert (found.line, found.column) == (3, 3)
    assert (
        found.message == "“There are no tests yet”, but the repository has api/test_a.py and 3 more"
    )
    assert RULES["contradicted_claim"].severity == "medium"
