"""What a pointer to finished work names of what still holds."""

from __future__ import annotations

import pytest

from tests.support.contexts import history, optimized

DOCUMENTS = {"docs/guide.md": "# Guide\n", "plan/a.md": "# A\n", "plan/b.md": "# B\n"}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Encryption key: `APP_KEY` in `.env`", "`APP_KEY`"),
        ("Environment: `APP_KEY`, and see `docs/guide.md`", "`APP_KEY` and `docs/guide.md`"),
        ("Analysis (`plan/`): `a.md`", "`plan/`"),
        ("Added the constant `MAX_SIZE`", ""),
        ("Environment: `OTHER_KEY`", ""),
        ("Wrote `docs/gone.md` and `src/`", ""),
        (
            "Keys: " + ", ".join(f"`KEY_{n}`" for n in range(9)),
            "`KEY_0`, `KEY_1`, `KEY_2` and `KEY_3`",
        ),
    ],
)
def test_a_pointer_to_finished_work_names_what_nothing_else_does(line, named):
    text = f"# App\n\nIt reads `OTHER_KEY`.\n\n## Completed Work\n\n{history(20)}- {line}\n"
    new = optimized(text, others=DOCUMENTS | {"src/a.py": ""}).files["CLAUDE.md"].decode()
    about = f", and for {named}" if named else ""
    assert new.endswith(f"; read it for the history{about}.\n")


def test_a_document_that_a_pointer_names_is_not_written_to():
    line = "- Wrote `docs/guide.md`\n"
    text = f"# App\n\nA tool.\n\n## Completed Work\n\n{history(20)}{line}"
    first = optimized(text, others=DOCUMENTS)
    grown = first.files["CLAUDE.md"].decode() + f"\n## Completed Tasks\n\n{history(20)}"
    assert "docs/guide.md" not in optimized(grown, others={**DOCUMENTS, **first.files}).files
