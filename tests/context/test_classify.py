"""What a section is, and above all what is no history."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ccm_gitops.context.classify import classify_sections
from ccm_gitops.context.dates import find_dates
from ccm_gitops.context.document import parse
from tests.support.analysing import NOW


def classified(text, now=NOW):
    document = parse(text)
    found = classify_sections(document, now)
    return {
        section.title: found[section.start_line]
        for section in document.root.walk()
        if section.blocks
    }


DONE = "- Added the login page\n- Wrote the importer\n- Moved to Postgres\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"## Completion criteria\n{DONE}", id="says complete in passing"),
        pytest.param(f"## Definition of Done\n{DONE}", id="done is what work will be"),
        pytest.param(f"## Verification Before Done\n{DONE}", id="before it is done"),
        pytest.param(f"## Phase 4: Validation ✅\n{DONE}", id="a tick as decoration"),
        pytest.param(f"## Half-done work\n{DONE}", id="half done"),
        pytest.param(
            "## Features\n- ✅ Search\n- ✅ Login\n- ✅ Export\n", id="a list of features"
        ),
        pytest.param(
            "## Style\n- ✅ Use tabs\n- ✅ Sort imports\n- ❌ Spaces\n", id="dos and don'ts"
        ),
        pytest.param("## Tasks\n- [x] One\n- [x] Two\n- [ ] Three\n", id="an open task among them"),
        pytest.param("## API\nSince 2024-05-01 the old one is off.\n", id="mentions a date"),
        pytest.param("## Auth\n**Status:** Complete\n\nTokens live an hour.\n", id="has a status"),
        pytest.param(
            "## Completed\n\n### Conventions\n- Sort imports\n", id="rules below a done part"
        ),
    ],
)
def test_no_history(text):
    types = {title: found.type for title, found in classified(text).items() if title}
    types.pop("Completed", None)
    assert not {"completed_work", "changelog"} & set(types.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"## Completed\n{DONE}", "completed_work"),
        (f"## ✅ Completed Work\n{DONE}", "completed_work"),
        (f"### Completed Work Sessions\n{DONE}", "completed_work"),
        (f"## Session Log\n{DONE}", "completed_work"),
        (f"## Recent Changes (May 2026)\n{DONE}", "completed_work"),
        (f"## Phase 1: Design — DONE\n{DONE}", "completed_work"),
        (f"## v3.0 Implementation (Complete)\n{DONE}", "completed_work"),
        ("## Stack\n- [x] One\n- [x] Two\n- [x] Three\n", "completed_work"),
        ("## Imports (2026-01-11)\n**Status:** ✅ Complete\n\nWrote it.\n", "completed_work"),
        ("## Changelog\n- 1.0: first\n", "changelog"),
        ("## Release notes\n- 1.0: first\n", "changelog"),
        ("## Log\n- 2026-01-01: a\n- **2026-01-02** b\n- 2026-01-03 c\n", "changelog"),
    ],
)
def test_history(text, expected):
    (found,) = (found for title, found in classified(text).items() if title)
    assert (found.type, found.recommendation) == (expected, "archive")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("- Never edit the schema by hand\n", id="a prohibition"),
        pytest.param("- Callers must not retry\n", id="must not"),
        pytest.param("- IMPORTANT: keep the flag\n", id="a loud word"),
        pytest.param("\n```bash\nmake migrate\n```\n", id="a command"),
        pytest.param("- [ ] Write the tests\n", id="an open task"),
        pytest.param("\n<!-- BEGIN generated -->\n", id="a marker of another tool"),
        pytest.param("- see @docs/plan.md\n", id="an import"),
        pytest.param("- 2026-11-20: shipped\n", id="it was this week"),
    ],
)
def test_history_that_may_still_hold_is_not_archived(line):
    found = classified(f"## Completed\n{DONE}{line}")["Completed"]
    assert (found.type, found.recommendation) == ("completed_work", "review")


def test_a_parent_is_archived_only_with_all_its_children():
    text = f"## Completed\n### Import\n{DONE}\n### Export\n- Never call it twice\n"
    found = {title: item.recommendation for title, item in classified(text).items()}
    assert found == {"Completed": "review", "Import": "archive", "Export": "review"}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Project Overview", "project_overview"),
        ("🛠️ Tech Stack", "technology_stack"),
        ("Current Phase", "current_phase"),
        ("Build Commands", "commands"),
        ("3. Coding Conventions", "conventions"),
        ("Architecture", "architecture"),
        ("Database Schema", "data_model"),
        ("Testing", "testing"),
        ("API Reference", "reference"),
        ("Notes", "notes"),
        ("Зачем", "unknown"),
    ],
)
def test_types_by_title(title, expected):
    assert classified(f"## {title}\ntext\n")[title].type == expected


def test_a_section_of_commands_is_one_by_its_content():
    assert classified("## Zzz\n```bash\nmake all\n```\n")["Zzz"].type == "commands"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026/1/31", date(2026, 1, 31)),
        ("31.01.2026", date(2026, 1, 31)),
        ("January 31, 2026", date(2026, 1, 31)),
        ("31 Jan 2026", date(2026, 1, 31)),
        ("Sept. 3rd, 2026", date(2026, 9, 3)),
        ("Feb 2026", date(2026, 2, 1)),
        ("2026-02", date(2026, 2, 1)),
    ],
)
def test_dates(text, expected):
    assert list(find_dates(f"on {text}, early")) == [expected]


@pytest.mark.parametrize(
    "text", ["2026", "v2.2026.01", "1.2.2026-rc", "2026-13-01", "2026-02-31", "model-20250514"]
)
def test_no_dates(text):
    assert list(find_dates(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Notes\nAs of 2026-11-01.\n", 0.0),
        ("## Notes\nAs of 2025-11-01.\n", 1.0),
        ("## Notes\nAs of 2024-01-01, mended 2026-11-01.\n", 0.0),
        ("## Notes\nThe version `2024-11-05` is asked for.\n", 0.0),
        ("## Notes\nSee https://example.org/2024-11-05.\n", 0.0),
        ("## Completed\nAll of it.\n", 0.5),
    ],
)
def test_staleness_follows_the_newest_date(text, expected):
    (found,) = classified(text).values()
    assert found.staleness == expected


def test_staleness_follows_the_clock():
    text, later = "## Notes\nAs of 2026-11-01.\n", datetime(2028, 1, 1, tzinfo=NOW.tzinfo)
    assert classified(text, later)["Notes"].staleness == 1.0
