"""What must hold once nothing is lost: each fault is told from a text that has none."""

from __future__ import annotations

import pytest

from ccm_gitops.context.document import parse
from ccm_gitops.context.optimize.guards import is_open_fence
from ccm_gitops.context.optimize.integrity import faults

LOG = "docs/log.md"
POINTER = f"> Moved to `{LOG}`: the log; read it.\n"
STEPS = "1. Read it.\n2. Sort it.\n3. Send it.\n"
OLD = f"# App\n\nOne.\n\nTwo.\n\n## Steps\n\n{STEPS}\n## Log\n\nIt is old.\n"
NEW = OLD.replace("It is old.\n", POINTER)
CODE = "```python\nx = 1\n```\n"


def found(new: str, log: str = "# Log\n\nIt is old.\n", old: str = OLD) -> list[str]:
    files = {"CLAUDE.md": new, LOG: log}
    return list(faults(old, files, target="CLAUDE.md", originals={}))


def test_a_change_without_fault_has_none():
    assert found(NEW) == []


@pytest.mark.parametrize(
    ("home", "name", "is_right"),
    [
        ("app/docs/agents/log.md", "`docs/agents/log.md`", True),
        ("docs/agents/log.md", "`docs/agents/log.md` (from the repository root)", True),
        ("app/docs/agents/log.md", "`docs/agents/log.md` (from the repository root)", False),
        ("app/docs/agents/log.md", "`app/docs/agents/log.md`", False),
        ("docs/agents/log.md", "`docs/agents/log.md`", False),
    ],
)
def test_a_pointer_leads_where_its_file_would_look(home, name, is_right):
    new = NEW.replace(f"`{LOG}`", name)
    files = {"app/CLAUDE.md": new, home: "# Log\n\nIt is old.\n"}
    assert (not list(faults(OLD, files, target="app/CLAUDE.md", originals={}))) is is_right


def test_what_stays_keeps_its_order_though_it_stands_elsewhere_too():
    swapped = NEW.replace("One.", "0").replace("Two.", "One.").replace("0", "Two.")
    assert found(swapped, "# Log\n\nIt is old.\n\nOne.\n\nTwo.\n") == [
        "text that stays would not stand in its old order"
    ]


def test_a_line_that_leads_to_the_same_file_as_another_changes_no_order():
    old = NEW.replace("Two.", "Two.\n\nThree.")
    new = old.replace("Two.\n", POINTER)
    assert found(new, "# Log\n\nIt is old.\n\nTwo.\n", old) == []


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(f"1. Read it.\n\n{POINTER}\n2. Sort it.\n3. Send it.\n", id="a line within"),
        pytest.param("1. Read it.\n\n2. Sort it.\n3. Send it.\n", id="a gap within"),
        pytest.param("1. Read it.\n2. Sort it.\n", id="the end gone"),
    ],
)
def test_a_list_stays_in_one_piece(steps):
    found_ones = found(NEW.replace(STEPS, steps), "# Log\n\nIt is old.\n\n3. Send it.\n")
    assert found_ones == ["the list at line 9 would be cut apart"]


def test_no_file_ends_in_a_fence_that_was_closed():
    old, moved = OLD.replace("It is old.\n", CODE), f"# Log\n\n{CODE}"
    assert found(NEW, moved, old) == []
    assert found(NEW, f"{moved}\n```\n", old) == [f"{LOG} would have a fence that nothing closes"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\nx\n```\n", False),
        ("~~~~\nx\n~~~~~\n", False),
        ("```\nx\n  ```  \n", False),
        ("```\nx\n", True),
        ("```\n", True),
        ("````\nx\n```\n", True),
        ("```\nx\n~~~\n", True),
        ("    x\n", False),
    ],
)
def test_a_fence_is_open_until_a_line_closes_it(text, expected):
    assert is_open_fence(parse(text).blocks[0]) is expected
