"""Where pointers stand, and what archives and documents say above what they hold."""

from __future__ import annotations

import pytest

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import parse, split_lines
from ccm_gitops.context.links import targets
from ccm_gitops.context.optimize.apply import cut
from ccm_gitops.context.optimize.model import Action
from ccm_gitops.context.restoring import read_archives, restore
from tests.support.contexts import history, optimized
from tests.support.trees import DictTree

ARCHIVE = ".claude/archives/CLAUDE-log-2026-11.md"
TIGHT = f"# App\n\nA tool.\n\n## Log\n{history(20)}\n## Notes\nThe log is old.\n"


def with_line_ends(text: str, end: str) -> str:
    return text.replace("\n", end)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_blank_line_stands_between_a_heading_and_its_pointer(end):
    text = with_line_ends(TIGHT, end)
    result = optimized(text)
    new = result.files["CLAUDE.md"].decode()
    lines = split_lines(new)
    at = next(number for number, line in enumerate(lines) if is_pointer(line))
    assert lines[at - 2 : at + 3] == [
        *(f"## Log{end}", end),
        *(lines[at], end),
        f"## Notes{end}",
    ]
    assert restore(new, read_archives(DictTree(result.files), "CLAUDE.md")) == text


def test_the_blank_line_goes_with_the_pointer_after_edits_elsewhere_too():
    result = optimized(TIGHT)
    entries = read_archives(DictTree(result.files), "CLAUDE.md")
    new = result.files["CLAUDE.md"].decode()
    edited = new.replace("A tool.", "A good tool.")
    assert restore(edited, entries) == TIGHT.replace("A tool.", "A good tool.")
    closed_up = edited.replace("## Log\n\n", "## Log\n")
    assert restore(closed_up, entries) == TIGHT.replace("A tool.", "A good tool.")


def test_an_archive_from_before_there_were_such_lines_is_restored():
    result = optimized(TIGHT)
    archive = result.files[ARCHIVE].decode()
    older = {ARCHIVE: archive.replace("  kept: ['']\n", "")}
    assert older[ARCHIVE] != archive
    entries = read_archives(DictTree(older), "CLAUDE.md")
    below = result.files["CLAUDE.md"].decode().replace("## Log\n\n", "## Log\n")
    assert restore(below, entries) == TIGHT


def test_where_the_pointer_was_deleted_the_blank_line_says_nothing():
    result = optimized(TIGHT)
    entries = read_archives(DictTree(result.files), "CLAUDE.md")
    lines = split_lines(result.files["CLAUDE.md"].decode())
    deleted = "".join(line for line in lines if not is_pointer(line))
    assert restore(deleted, entries) == TIGHT.replace("## Log\n", "## Log\n\n")


def test_pointers_next_to_each_other_stand_apart():
    def gone(start: int, end: int) -> Action:
        pointer = f"> Moved to `docs/{start}.md`: it; read it."
        return Action("move", (), start, end, "a test", 1, 1.0, "x.md", pointer)

    document = parse("# A\r\n\r\none\r\n## B\r\ntwo\r\n\r\nthree")
    left = cut(document, (gone(3, 3), gone(4, 5), gone(7, 7)))
    assert "".join(left.lines) == (
        "# A\r\n\r\n> Moved to `docs/3.md`: it; read it.\r\n"
        "\r\n> Moved to `docs/4.md`: it; read it.\r\n"
        "\r\n> Moved to `docs/7.md`: it; read it."
    )
    assert [place.kept for place in left.places] == [(), ("",), ()]


def test_a_link_in_a_title_leads_on_from_where_the_text_went():
    table = "| Endpoint | Answer |\n| --- | --- |\n" + "| `/a` | what this endpoint gives |\n" * 60
    log = f"## [Log](docs/log.md)\n\n{history(20)}"
    api = f"## [API](docs/api.md) Endpoints\n\n{table}"
    parts = "A part does what it has to.\n\n" * 150
    result = optimized(f"# App\n\n{log}\n{api}\n## Parts\n\n{parts}")
    links = {path: targets(data.decode()) for path, data in result.files.items()}
    archive = next(path for path in links if "log" in path)
    document = next(path for path in links if path.startswith("docs/agents/"))
    assert links[archive] == ("../../docs/log.md",)
    assert set(links[document]) == {"../api.md"}
