"""Archives hold text exactly, and give it back."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_gitops.context.archive import (
    Entry,
    Place,
    digest,
    is_pointer,
    place_at,
    read_entries,
    render,
    without,
)
from ccm_gitops.context.document import split_lines
from ccm_gitops.context.line_ends import with_crlf, with_lf
from ccm_gitops.context.restoring import all_entries, put_back, read_archives, restore
from ccm_gitops.errors import ContextError
from tests.support.contexts import history, optimized
from tests.support.trees import DictTree

LOGS = ".claude/archives/CLAUDE-log-2026-11.md"
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
MOVED = "> Moved to `docs/agents/a.md`."
LONG = "The exporter reads every report of a week, sorts them by day, and writes one file.\n" * 6
POINTER = "> Archived: earlier work is in `.claude/archives/CLAUDE-log-2026-11.md`; read it."


def entry(text: str, *, name: str = "log-1", **changes: object) -> Entry:
    values: dict[str, object] = {
        "id": name,
        "source": "CLAUDE.md",
        "section": ("App", "Log"),
        "reason": "finished work",
        "date": NOW,
        "lines": (5, 4 + len(split_lines(text))),
        "tokens": 12,
        "digest": digest(text),
        "place": Place(5, POINTER, (), ()),
        "result": digest("elsewhere"),
        "text": text,
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- one\n- two\n", id="plain"),
        pytest.param("- one\r\n- two\r\n", id="CRLF"),
        pytest.param("- one\r- two\r", id="CR alone"),
        pytest.param("- one", id="no line end at the end"),
        pytest.param("\n\n- one\n\n\n", id="blank lines around it"),
        pytest.param("---\na: b\n---\n", id="what looks like front matter"),
        pytest.param("<!-- ccm:begin log-1 -->\n\nx\n\n<!-- ccm:end -->\n", id="like our markers"),
        pytest.param("```\nopen fence\n", id="an open fence"),
        pytest.param("näive — 日本 \u2028 \x85 🎉\n", id="beyond ASCII"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_archive_gives_its_text_back_exactly(text):
    written = render(LOGS, [entry(text)])
    assert read_entries(written) == (entry(text),)


def test_a_second_archive_is_appended_and_the_first_stays_as_it_was():
    first = render(LOGS, [entry("- one\n")]) + "\nA note by hand.\n"
    both = render(LOGS, [entry("- two\n", name="log-2")], first)
    assert [found.text for found in read_entries(both)] == ["- one\n", "- two\n"]
    assert "\nA note by hand.\n" in both


def test_restored_entries_leave_the_archive_and_the_last_takes_the_file_along():
    both = render(LOGS, [entry("- one\n"), entry("- two\n", name="log-2")])
    left = without(LOGS, both, {"log-1"})
    assert left is not None
    assert [found.id for found in read_entries(left)] == ["log-2"]
    assert without(LOGS, left, {"log-2"}) is None


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text.replace("\n---\n", "\n", 1), id="no front matter"),
        pytest.param(lambda text: text.replace("archive: 1", "archive: 2"), id="a newer version"),
        pytest.param(lambda text: text.replace("lines: [5, 6]", "lines: 5"), id="a wrong field"),
        pytest.param(lambda text: text.replace("digest:", "digset:"), id="a missing field"),
        pytest.param(lambda text: text.replace("entries:", "entries: ["), id="broken YAML"),
    ],
)
def test_a_damaged_archive_is_refused(damage):
    with pytest.raises(ContextError):
        read_entries(damage(render(LOGS, [entry("- one\n- two\n")])))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text.replace("- one", "* one"), id="a formatter's mark"),
        pytest.param(lambda text: text[: text.index("- two")], id="truncated"),
        pytest.param(lambda text: text.replace("<!-- ccm:begin log-1 -->", ""), id="no begin"),
    ],
)
def test_a_text_that_was_edited_in_its_archive_is_refused_and_hinders_nothing_else(damage):
    edited = damage(render(LOGS, [entry("- one\n- two\n")]))
    more = render(LOGS, [replace(LOG, id="log-2")], edited)
    other = LOGS.replace("11.md", "12.md")
    files = {LOGS: more, other: render(other, [LOG]), "CLAUDE.md": NEW}
    tree = DictTree({**files, f"{LOGS[:-3]}-mine.md": "# Notes\n"})
    assert more.startswith(edited[edited.index("# Taken") :], more.index("# Taken"))
    assert [(path, found.id) for path, found in all_entries(tree)] == [
        *((LOGS, "log-1"), (LOGS, "log-2"), (other, "log-1"))
    ]
    with pytest.raises(ContextError, match=rf"^{LOGS}: the text of log-1 was edited"):
        read_archives(tree, "CLAUDE.md", {"log-1"})
    assert [found.text for found in read_archives(tree, "CLAUDE.md", {"log-2"})] == [LOG.text]
    with pytest.raises(ContextError, match=rf"{LOGS}: the text of log-1 was edited"):
        put_back(tree, read_archives(tree, "CLAUDE.md", {"log-2"}))


def test_text_that_another_file_holds_is_found_there():
    moved = replace(entry("| a |\n| - |\n", held_in="docs/agents/a.md"), text="")
    tree = DictTree(
        {
            ".claude/archives/CLAUDE-moved-2026-11.md": render(LOGS, [moved]),
            "docs/agents/a.md": "# A\n\nAn introduction.\n\n| a |\n| - |\n\nMore.\n",
        }
    )
    assert [found.text for found in read_archives(tree, "CLAUDE.md")] == ["| a |\n| - |\n"]
    assert read_archives(tree, "AGENTS.md") == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_without_a_line_end_is_found_in_a_document_that_gave_it_one(end):
    moved = entry(f"| a |{end}| - |", held_in="docs/agents/a.md")
    path = ".claude/archives/CLAUDE-moved-2026-11.md"
    tree = DictTree(
        {path: render(LOGS, [moved]), "docs/agents/a.md": f"# A{end}{end}{moved.text}{end}"}
    )
    assert [found.text for found in read_archives(tree, "CLAUDE.md")] == [moved.text]


@pytest.mark.parametrize(
    ("made", "given"), [(with_lf, with_crlf), (with_crlf, with_lf)], ids=["to CRLF", "to LF"]
)
def test_archives_are_read_and_put_back_whatever_line_ends_git_gave_all_files(made, given):
    before = made(OLD + "\n## Table\n\n| a |\n| - |")
    cut, moved = made("- one\n- two\n"), made("| a |\n| - |")
    after = before.replace(cut, made(f"{POINTER}\n")).replace(
        moved, "> Moved to `docs/agents/a.md`."
    )
    lines, result = split_lines(after), digest(after)
    entries = [
        entry(cut, result=result, place=place_at(lines, 4, POINTER)),
        entry(moved, name="table-1", held_in="docs/agents/a.md", lines=(14, 15), result=result,
              place=place_at(lines, 12, MOVED)),
    ]  # fmt: skip
    files = {
        "CLAUDE.md": after,
        LOGS: render(LOGS, entries),
        "docs/agents/a.md": made(f"# A\n\n{moved}\n"),
    }
    tree = DictTree({path: given(text) for path, text in files.items()})
    restored = put_back(tree, [entry for _, entry in all_entries(tree)])
    assert restored == {"CLAUDE.md": given(before).encode(), LOGS: None, "docs/agents/a.md": None}
    more = render(LOGS, [entry("- three\n", name="log-2")], given(render(LOGS, entries)))
    assert [item.id for item in read_entries(more)] == ["log-1", "table-1", "log-2"]


def test_a_document_that_was_deleted_is_told_with_the_way_to_get_it_from_git():
    moved = replace(entry("| a |\n", held_in="docs/agents/my a.md"), text="")
    tree = DictTree({LOGS: render(LOGS, [moved]), "CLAUDE.md": NEW})
    with pytest.raises(
        ContextError, match=r"my a\.md is missing.*move it back.*`git log -- 'docs/"
    ):
        put_back(tree, [moved])


def test_moved_text_that_was_edited_is_refused_by_name():
    path = ".claude/archives/CLAUDE-moved-2026-11.md"
    held = [
        replace(entry(f"| {name} |\n", name=name, held_in="docs/agents/a.md"), text="")
        for name in "abc"
    ]
    document = "# A\n\n| a |\n\n| b | more |\n\n| c | more |\n"
    tree = DictTree({path: render(path, held), "docs/agents/a.md": document})
    said = r"{}: .* {} in docs/agents/a.md was edited"
    every = "(?s)" + r"\n".join(said.format(re.escape(path), name) + "[^\n]*" for name in "bc")
    with pytest.raises(ContextError, match=every):
        read_archives(tree, "CLAUDE.md")
    assert [found.text for found in read_archives(tree, "CLAUDE.md", {"a"})] == ["| a |\n"]


OLD = "# App\n\n## Log\n\n- one\n- two\n\n## Rules\n\nNever.\n"
NEW = OLD.replace("- one\n- two\n", f"{POINTER}\n")
LOG = entry("- one\n- two\n", result=digest(NEW), place=place_at(split_lines(NEW), 4, POINTER))


def test_restore_on_an_unchanged_file_is_exact():
    assert restore(NEW, [LOG]) == OLD


@pytest.mark.parametrize("given", [with_lf, with_crlf])
@pytest.mark.parametrize("made", [with_lf, with_crlf])
def test_restore_finds_its_place_after_edits_elsewhere_and_writes_the_line_ends_of_the_file(
    made, given
):
    cut = replace(LOG, text=made(LOG.text))
    edited = NEW.replace("# App\n", "# App\n\nNew words.\n").replace("Never.", "Never, ever.")
    expected = OLD.replace("# App\n", "# App\n\nNew words.\n").replace("Never.", "Never, ever.")
    assert restore(given(edited), [cut]) == given(expected)
    deleted = edited.replace(f"{POINTER}\n\n", "")
    assert restore(given(deleted), [cut]) == given(expected)


def test_restore_refuses_when_the_pointer_became_another_line():
    with pytest.raises(ContextError, match=r"CLAUDE.md:5: this line stands where the pointer of l"):
        restore(NEW.replace(POINTER, "> Gone."), [LOG])


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda text: text.replace(f"{POINTER}\n", ""), id="the pointer deleted"),
        pytest.param(lambda text: text.replace(f"{POINTER}\n\n", ""), id="with its blank line"),
    ],
)
def test_restore_goes_by_what_stood_around_a_pointer_that_was_deleted(edit):
    assert restore(edit(NEW), [LOG]) == OLD


def test_restore_goes_by_the_heading_where_all_around_it_was_edited():
    text = "# App\n\n## Log\n\nWords.\n\n### Law\n\nNever.\n\n## Log\n"
    cut = replace(LOG, place=Place(5, POINTER, ("x", ""), ("", "y")), section=("App", "Log"))
    with pytest.raises(ContextError, match=r"nor one section 'App > Log' is there\. Put it in by"):
        restore(text, [cut])
    text = text.removesuffix("\n## Log\n")
    assert restore(text, [cut]) == text.replace("Words.\n", "Words.\n\n- one\n- two\n")


def test_restore_refuses_when_the_pointer_stands_twice():
    edited = f"{NEW}\n{POINTER}\n".replace("## Log", "## Journal").replace("## Rules", "## Law")
    with pytest.raises(ContextError, match="log-1 stands in the lines 5, 11; delete all of them"):
        restore(edited, [LOG])


def test_of_two_equal_pointers_the_one_with_its_neighbours_counts():
    assert restore(f"{NEW}\n{POINTER}\n", [LOG]) == f"{OLD}\n{POINTER}\n"


def test_restore_names_every_line_that_is_in_its_way():
    text = "# App\n\n- a\n- b\n- c\n\n> A.\n\n## Rules\n\n- d\n\n> B.\n\n> C.\n"
    lines, at = split_lines(text), {"a": (2, 4, "> A."), "d": (10, 2, "> B."), "e": (14, 0, "> C.")}
    cuts = [
        entry(f"- {name}\n", name=name, result=digest(text),
              place=place_at(lines, start, pointer, lines[start : start + size]))
        for name, (start, size, pointer) in at.items()
    ]  # fmt: skip
    edited = text.replace("- a", "- A").replace("- c", "- C").replace("- d", "- D")
    with pytest.raises(ContextError) as caught:
        restore(edited, cuts)
    assert [line.partition(";")[0] for line in str(caught.value).splitlines()] == [
        "CLAUDE.md:3: lines above the pointer of a, which its text has too, were edited: 3, 5",
        "CLAUDE.md:11: lines above the pointer of d, which its text has too, were edited: 11",
    ]
    assert restore(text, cuts).startswith("# App\n\n- a\n\n## Rules\n\n- d\n")


def cut_without_pointer() -> tuple[str, Entry]:
    lines = split_lines(OLD)
    left = lines[:4] + lines[6:]
    place = place_at(left, 4, "")
    return "".join(left), entry("- one\n- two\n", place=place, result=digest("".join(left)))


def test_a_cut_without_pointer_goes_back_between_its_neighbours():
    new, cut = cut_without_pointer()
    assert restore(new, [cut]) == OLD
    assert restore(f"Words above.\n\n{new}", [cut]) == f"Words above.\n\n{OLD}"


def test_a_cut_without_pointer_needs_one_neighbour_unchanged():
    new, cut = cut_without_pointer()
    above_changed = new.replace("## Log", "## Journal")
    assert restore(above_changed, [cut]) == OLD.replace("## Log", "## Journal")
    above_changed = above_changed.replace("# App", "# Tool")
    with pytest.raises(ContextError, match="the place of log-1 is gone"):
        restore(above_changed.replace("## Rules", "## Law"), [cut])


def test_restore_newest_first_goes_back_through_two_optimisations():
    grown = NEW.replace(POINTER, f"{POINTER}\n- three")
    again = grown.replace(f"{POINTER}\n- three\n", f"{POINTER}\n")
    second = entry(
        f"{POINTER}\n- three\n", name="log-2", date=NOW + timedelta(days=7), result=digest(again)
    )
    assert restore(again, [LOG, second]) == grown.replace(POINTER, "- one\n- two")


def test_restored_text_never_runs_into_what_follows():
    new = f"# App\n\n{POINTER}"
    last = entry("- end", result=digest(new), place=Place(3, POINTER, (), ()))
    assert restore(new, [last]) == "# App\n\n- end"
    assert restore(f"{new}\n\nMore.\n", [last]) == "# App\n\n- end\n\nMore.\n"


EDITED = (
    f"# App\n\nA tool.\n\n## Done\n\n{history(20)}\n## Export\n\nFor people.\n\n{LONG}\n"
    f"## Rules\n\nNever.\n\nAlways.\n\n## Import\n\nFor machines.\n\n{LONG}\nIt ends.\n"
)


@given(st.sets(st.integers(0, 60), min_size=1, max_size=12), st.booleans())
@settings(derandomize=True, max_examples=60, deadline=None)
def test_edits_elsewhere_stay_when_text_is_put_back(numbers, is_deleted):
    """As a merge of three texts: a line is changed after the optimisation, or before it."""
    result = optimized(EDITED)
    entries = read_archives(DictTree(result.files), "CLAUDE.md")
    assert len(entries) == 2
    lines = split_lines(result.files["CLAUDE.md"].decode())
    marks = {
        line: "" if is_deleted else f"{line.strip()}!\n"
        for index, line in enumerate(lines)
        if index in numbers and line.strip() and lines.count(line) == 1 and not is_pointer(line)
    }
    edited = "".join(marks.get(line, line) for line in lines)
    expected = "".join(marks.get(line, line) for line in split_lines(EDITED))
    try:
        restored = restore(edited, entries)
    except ContextError as error:
        assert "the place of import" in str(error)  # all that told it is gone
        return
    assert re.sub(r"\n{3,}", "\n\n", restored) == re.sub(r"\n{3,}", "\n\n", expected)


def test_a_byte_order_mark_does_not_change_a_place():
    assert restore(f"\ufeff{NEW}", [LOG]) == f"\ufeff{OLD}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (POINTER, True),
        ("> Moved to `docs/agents/api.md`: the table of API; read it when you need it.", True),
        ("> Moved to Berlin, which `docs/agents/api.md` says.", False),
        ("> Archived mail is deleted after a year.", False),
        ("> Moved: the team sits in Berlin now.", False),
    ],
)
def test_pointers_are_told_from_other_quotes(line, expected):
    assert is_pointer(line) is expected


def test_equal_pointers_are_told_by_their_order():
    text = f"# App\n\n{POINTER}\n\nOne.\n\n{POINTER}\n\nTwo.\n"
    lines = split_lines(text)
    first, second = (
        entry(f"- {name}\n", name=name, place=place_at(lines, at, POINTER), result=digest(text))
        for name, at in (("a", 2), ("b", 6))
    )
    edited = text.replace("One.", "Only.").replace("# App", "# Tool").replace("Two.", "Too.")
    expected = "# Tool\n\n- a\n\nOnly.\n\n- b\n\nToo.\n"
    assert restore(edited, [second, first]) == expected


def test_a_long_document_is_not_held_many_times_over():
    lines = [f"{number} {LONG.splitlines()[0]}\n" for number in range(800)]
    text = "".join(lines[400:])
    held = entry(text, held_in="docs/agents/a.md", lines=(1, 400))
    tree = DictTree({LOGS: render(LOGS, [held]), "docs/agents/a.md": "".join(lines)})
    tracemalloc.start()
    assert [found.text for found in read_archives(tree, "CLAUDE.md")] == [text]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
