"""What stays of a section that cannot go whole: what binds its reader, above the way to it all."""

from __future__ import annotations

import pytest

from ccm_gitops.context.restoring import put_back, read_archives, restore
from ccm_gitops.errors import ContextError
from tests.context.test_optimize import bloated
from tests.support.contexts import optimized
from tests.support.trees import DictTree

FACTS = "".join(f"- The exporter writes what it gets in week {n} to a table.\n" for n in range(30))
RULE = "- Never rename a column of it.\n"
LEAD = "Tables are written once a week.\n"
TARGET = "docs/agents/storage-layer.md"
SECTION = f"## Storage Layer\n\n{LEAD}\n{FACTS}{RULE}{FACTS}\n"
LEFT = f"## Storage Layer\n\n{LEAD}\n{RULE}\n> Moved to `{TARGET}`: Storage Layer, in full; "


def test_the_rules_of_a_list_stay_and_all_of_it_is_in_the_document():
    text = bloated(SECTION)
    result = optimized(text)
    assert [action.type for action in result.plan] == ["condense"]
    assert LEFT in result.files["CLAUDE.md"].decode()
    assert result.files[TARGET].decode() == f"# Storage Layer\n\n{LEAD}\n{FACTS}{RULE}{FACTS}"
    assert result.proof.lost == ()


def test_it_comes_back_byte_for_byte_and_a_second_pass_changes_nothing():
    text = bloated(SECTION)
    files = optimized(text).files
    new = files["CLAUDE.md"].decode()
    entries = read_archives(DictTree(files), "CLAUDE.md")
    assert restore(new, entries) == text
    assert restore(f"{new}\n## More\n", entries) == f"{text}\n## More\n"
    assert put_back(DictTree(files), entries)[TARGET] is None
    assert not optimized(new, others=files).files


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (RULE, "- Never rename anything.\n", "lines above the pointer .* were edited"),
        ("> Moved to", "Moved to", "the pointer of .* is gone"),
    ],
)
def test_restoring_refuses_where_lines_would_stand_twice(old, new, message):
    files = optimized(bloated(SECTION)).files
    edited = files["CLAUDE.md"].decode().replace(old, new)
    with pytest.raises(ContextError, match=message):
        restore(edited, read_archives(DictTree(files), "CLAUDE.md"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(f"{RULE}\n>", f"{RULE}\n\n>", id="one blank line more"),
        pytest.param(f"{RULE}\n>", f"{RULE}>", id="one less"),
        pytest.param(RULE, RULE.replace("\n", "  \n"), id="blanks at the end of a line"),
        pytest.param(
            RULE, "*   Never rename a\n    column of it.\n", id="wrapped, with another mark"
        ),
        pytest.param(
            "> Moved to ", "  > Moved\n  > to\n  > ", id="the pointer wrapped and indented"
        ),
    ],
)
def test_what_a_formatter_does_to_the_lines_that_stayed_is_no_edit(old, new):
    text = bloated(SECTION)
    files = optimized(text).files
    edited = files["CLAUDE.md"].decode().replace(old, new)
    assert edited != files["CLAUDE.md"].decode()
    assert restore(edited, read_archives(DictTree(files), "CLAUDE.md")) == text


def test_marks_that_say_the_same_are_no_edit_and_others_are():
    rule = "- *Never* rename `__all__`, a_b or 3 * 4.\n"
    text = bloated(SECTION.replace(RULE, rule))
    files = optimized(text).files
    new, entries = files["CLAUDE.md"].decode(), read_archives(DictTree(files), "CLAUDE.md")
    assert rule in new
    assert restore(new.replace(rule, rule.replace("*Never*", "_Never_")), entries) == text
    for edited in (
        rule.replace("*N", "**N"),
        rule.replace("a_b", "ab"),
        rule.replace("3 *", "3 +"),
    ):
        with pytest.raises(ContextError, match="were edited"):
            restore(new.replace(rule, edited), entries)


def test_paragraphs_that_tell_facts_go_and_those_that_bind_stay():
    fact = "The exporter sorts what it gets, and tells how long it took. " * 30
    rule = "Do not call it twice in a minute.\n"
    text = bloated(
        f"## Purpose\n\nA.\n\n## Exporter\n\n{LEAD}\n{fact}\n\n{rule}\n{fact} That is all.\n"
    )
    result = optimized(text)
    left = f"## Exporter\n\n{LEAD}\n{rule}\n> Moved to `docs/agents/exporter.md`: "
    assert left in result.files["CLAUDE.md"].decode()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "".join(f"{n}. Then the week {n} is taken from the table.\n" for n in range(1, 40))
            + "40. Never take it twice.\n",
            id="steps",
        ),
        pytest.param(
            f"They must not share a file system, so look here:\n\n{FACTS}", id="a caption"
        ),
        pytest.param(f"Never add one of these.\n{FACTS}", id="what a rule stands right above"),
        pytest.param(RULE * 90 + FACTS, id="mostly rules"),
        pytest.param(f"<details>\n\n{FACTS}{RULE}\n</details>\n", id="markup"),
    ],
)
def test_stays_whole(text):
    assert not optimized(bloated(f"## Storage Layer\n\n{text}\n")).files


def test_an_item_keeps_the_one_that_it_leans_on():
    items = f"{FACTS}- The key is a week.\n- This must not change.\n{FACTS}"
    new = optimized(bloated(f"## Storage Layer\n\n{items}")).files["CLAUDE.md"].decode()
    assert "## Storage Layer\n\n- The key is a week.\n- This must not change.\n\n> Moved" in new


def test_aggressive_leaves_nothing_but_prohibitions():
    items = f"{FACTS}- Run `make table` first.\n- Prefer weeks.\n{RULE}"
    text = bloated(f"## Storage Layer\n\n{items}")
    commands = "- Run `make table` first.\n- Prefer weeks.\n"
    moderate = optimized(text).files["CLAUDE.md"].decode()
    assert f"{commands}{RULE}\n> Moved to" in moderate
    aggressive = optimized(text, strategy="aggressive").files["CLAUDE.md"].decode()
    assert f"## Storage Layer\n\n{RULE}\n> Moved to" in aggressive


@pytest.mark.parametrize(
    "rule",
    [
        "- When a table changes, update its exporter and its test.\n",
        "- All of the tables live in one folder.\n",
        "- The tables live in `store/` only.\n",
        "- Each table needs an exporter.\n",
        "- Read the schema before a table changes.\n",
        "- Weeks are numbers (not dates)\n",
        "- Exporters of weeks are not yet implemented.\n",
        "- A week stays closed unless somebody explicitly opens it.\n",
        "- `weeks.py` reads weeks. Route what is daily here rather than into `days.py`.\n",
    ],
)
def test_what_plainly_directs_stays_in_sight(rule):
    text = bloated(f"## Storage Layer\n\n{LEAD}\n{FACTS}{rule}{FACTS}\n")
    assert f"{LEAD}\n{rule}\n> Moved to" in optimized(text).files["CLAUDE.md"].decode()


NAMES = "".join(f"- `week{n}.py` - what the exporter needs in week {n}.\n" for n in range(30))


@pytest.mark.parametrize(
    ("item", "goes"),
    [("- `all.py` - runs `make all`.\n", False), ("- `all.py` - do not edit it.\n", True)],
)
def test_one_name_of_many_stays_alone_for_a_prohibition_only(item, goes):
    text = bloated(f"## Storage Layer\n\nKey files:\n\n{NAMES}{item}")
    assert bool(optimized(text).files) is goes


def test_words_without_a_stop_stay_above_the_commands_that_they_announce():
    shown = "Exporters start like\n\n```sh\nmake tables\n```\n"
    text = bloated(f"## Storage Layer\n\n{LEAD}\n{FACTS}\n{shown}")
    assert f"\n\n{shown}" in optimized(text).files["CLAUDE.md"].decode()


def test_a_value_is_no_rule():
    text = bloated(f"## Storage Layer\n\n{LEAD}\n{FACTS}- Truncation: Never\n{FACTS}\n")
    assert f"{LEAD}\n> Moved to" in optimized(text).files["CLAUDE.md"].decode()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("Clusters (NOT needed for local work)", FACTS, id="not needed"),
        pytest.param(
            "Testing", f"The tests are:\n\n{FACTS}\n**Note**: All are quick.\n", id="note"
        ),
        pytest.param("Rules\n\n### API Endpoints", FACTS, id="endpoints among rules"),
        pytest.param("Rule Models", FACTS, id="things that are called rules"),
        pytest.param("Pending Transfer Data", FACTS, id="things that are pending"),
        pytest.param("Workflow Engine Data", FACTS, id="workflows of a program"),
        pytest.param("Key Features", FACTS.replace("The", "Run the"), id="features"),
        pytest.param("Files\n\n### `output.py`", FACTS, id="the name of a file"),
        pytest.param("Files", FACTS.replace("week", ".md file"), id="endings of names"),
        pytest.param(
            "Storage Layers", FACTS.replace("a table", "its @acme/tables store"), id="packages"
        ),
        pytest.param("Build Troubleshooting", "Restart it, then look again.\n\n" * 40, id="advice"),
        pytest.param("Levels", "```\nLevel\n" + "├── Tall (stairs)\n" * 40 + "```\n", id="classes"),
    ],
)
def test_goes_below_a_title_that_seems_to_bind(title, text):
    new = optimized(bloated(f"## {title}\n\n{LEAD}\n{text}\n")).files["CLAUDE.md"].decode()
    assert f"## {title.splitlines()[0]}\n" in new
    assert "\n> Moved to" in new
    assert text not in new
    assert all(line in new for line in text.splitlines() if line.startswith("**"))


@pytest.mark.parametrize(
    "title",
    [
        "API Implementation Status - updated",
        "Progress Tracking",
        "Issues to Address",
        "UI Improvements [P1 - 30 tasks]",
        "Toolchain",
        "What this is",
        "What is out of scope",
    ],
)
def test_what_is_now_and_what_it_is_stay_in_sight(title):
    assert not optimized(bloated(f"## Use\n\nA tool.\n\n## {title}\n\n{FACTS}\n")).files


@pytest.mark.parametrize(
    "items",
    [
        pytest.param(
            "".join(f"- `src/part{n}.py`: part {n} of a week\n" for n in range(40))
            + "- `src/last.py`: run `make last` for it\n",
            id="a list of files",
        ),
        pytest.param(
            f"{FACTS}- **Full contract**: `docs/weeks.md`\n{RULE}", id="a summary of a document"
        ),
        pytest.param(f"{FACTS}{FACTS}- Avoid dates where one of these would do.\n", id="these"),
    ],
)
def test_a_list_that_would_mislead_in_part_stays_whole(items):
    text = f"## Use\n\nA tool.\n\n## Storage Layer\n\n{items}\n"
    assert not optimized(bloated(text)).files


def test_one_of_many_like_sections_does_not_go_alone():
    parts = [f"#### Issue {n}: Slow\n\n{FACTS if n > 1 else RULE}\n" for n in range(1, 4)]
    assert not optimized(bloated("## Storage\n\n### Issues\n\n" + "".join(parts))).files


def test_a_block_that_a_tool_writes_stays():
    block = f"# === WEEKS START ===\n\n## Storage Layer\n\n{FACTS}\n# === WEEKS END ===\n"
    assert not optimized(bloated(block)).files


def test_a_short_list_of_what_lies_where_stays_and_the_long_example_below_it_goes():
    shown = "- `src/` has the exporter.\n- `web/` has the page.\n"
    code = "```python\nreport = build(week=1)\n" + "report = first(report)\n" * 40 + "```\n"
    text = bloated(f"## Module Structure\n\n{LEAD}\n{shown}\nFor example:\n\n{code}")
    new = optimized(text).files["CLAUDE.md"].decode()
    assert f"## Module Structure\n\n{LEAD}\n{shown}\n> Moved to" in new


def test_facts_that_come_below_a_pointer_do_not_take_it_along():
    files = optimized(bloated(SECTION)).files
    more = FACTS.replace("exporter", "importer")
    new = files["CLAUDE.md"].decode()
    line = next(line for line in new.splitlines() if line.startswith("> Moved"))
    grown = optimized(new.replace(line, f"{line}\n\n{more}"), others=files).files
    assert line not in grown[TARGET].decode()
    assert grown["CLAUDE.md"].decode().count("> Moved to ") <= 2


def test_a_pointer_in_other_words_is_still_the_pointer():
    text = bloated(f"## Storage Layer\n\n{LEAD}\n{FACTS}")
    files = optimized(text).files
    new = files["CLAUDE.md"].decode()
    pointer = next(line for line in new.splitlines() if line.startswith("> Moved"))
    entries = read_archives(DictTree(files), "CLAUDE.md")
    told = f"> Moved to `{TARGET}`: the tables; read it before you write one."
    assert restore(new.replace(pointer, told), entries) == text
    lost = pointer.replace(TARGET, TARGET.replace(".md", "s.md"))
    with pytest.raises(ContextError, match=r":\d+: this looks like the pointer of .*, edited"):
        restore(new.replace(pointer, lost), entries)
