"""A year of a project's growth, looked at every week."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.growth import simulate
from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import split_lines
from ccm_gitops.context.restoring import read_archives, restore
from ccm_gitops.context.tokens import count_tokens
from tests.support.contexts import NOW, history, optimized
from tests.support.trees import DictTree

HEAD = "| Endpoint | Method | Answer |\n| --- | --- | --- |\n"
RULES = "## Rules\n\nNever push to main.\n\nRun `make test` before each commit.\n\n"
RULES += "".join(f"- Never sell the tea number {n}.\n" for n in range(250))
TEAS = "".join(f"| `/teas/{n}` | GET | the tea {n} as the shelf has it |\n" for n in range(40))
COLUMNS = "".join(
    f"The column {n} of a shelf holds what came {n} days ago, oldest first.\n\n" for n in range(20)
)
START = f"""\
# Shop

A shop for tea.

{RULES}
## API Endpoints

All of them speak JSON.

{HEAD}{TEAS}
## Data Model

A tea has a name and a place.

### Shelf

{COLUMNS}## Roadmap

### Phase 0 (Complete)

{history(5, start=900)}
## Completed Work

{history(5, start=1000)}
## Notes

The shop is open every day.
"""


def grown(text: str, week: int) -> str:
    """What a week adds: log entries; rows of a table each second, paragraphs each third week."""
    log = history(4, start=2000 + 4 * week)
    text = text.replace("\n## Notes", f"{log}\n## Notes")
    if week % 2 == 0:
        row = f"| `/cups/{week}` | PUT | the cup of week {week} with all that is written on it |\n"
        text = text.replace("\n## Data Model", f"\n{HEAD}{row}\n## Data Model")
    if week % 3 == 0:
        text = text.replace(
            "\n## Roadmap",
            f"\nIn week {week} the shelf grew: its lowest row holds the cups.\n\n## Roadmap",
        )
    if week % 8 == 0:
        phase = f"### Phase {week} (Complete)\n\n{history(5, start=3000 + 5 * week)}\n"
        text = text.replace("\n## Completed Work", f"\n{phase}\n## Completed Work")
    return text


def whole_of(text: str) -> str:
    """What the file would be after the year if nothing were taken out of it."""
    for week in range(52):
        text = grown(text, week)
    return text


def test_a_year_of_weeks_stays_in_its_budget_and_loses_nothing():
    text, seen = START, set(split_lines(START))
    files: dict[str, bytes | str] = {}
    sizes: list[int] = []
    changes: list[int] = []
    for week in range(52):
        text = grown(text, week)
        seen.update(split_lines(text))
        result = optimized(text, others=files, now=NOW + timedelta(weeks=week))
        if result.files:
            changes.append(week)
            assert result.tokens_saved >= max(100, 0.03 * result.before.tokens)
            text = result.files["CLAUDE.md"].decode()
            files |= result.files
        sizes.append(count_tokens(text))
        assert RULES in text
    assert max(sizes) < 1.25 * sizes[0] < 0.4 * count_tokens(whole_of(START))
    assert len(changes) <= 20
    held = "".join(d.decode() if isinstance(d, bytes) else d for d in files.values())
    entries = read_archives(DictTree(files), "CLAUDE.md")
    whole = restore(text, entries)
    for left in (held + text, whole):
        assert {line for line in seen - set(split_lines(left)) if not is_pointer(line)} == set()
    assert [path for path in files if path.endswith("-2.md")] == []


def test_a_session_log_has_one_archive_and_one_line_a_month_and_not_a_commit_each_week():
    year = simulate("sessions", "moderate", weeks=14)
    assert len(year.savings) <= 7
    assert (year.churn, year.failed, year.differ, year.too_small) == ([], [], [], 0)
    assert [path for path in year.files if path.startswith(".claude/archives/")] == [
        f".claude/archives/CLAUDE-session-log-2026-0{month}.md" for month in (1, 2, 3)
    ]
    assert sum(map(is_pointer, split_lines(year.files["CLAUDE.md"]))) == 3


def test_of_a_log_that_pauses_no_pointer_leaves_with_the_rest():
    year = simulate("sessions", "moderate", weeks=6)
    text = year.files["CLAUDE.md"] + "\n".join(f"- Read the report {n}." for n in range(60)) + "\n"
    later = NOW + timedelta(weeks=60)
    result = optimized(text, others=year.files, now=later)
    pointers = [line for line in split_lines(text) if is_pointer(line)]
    left = result.files["CLAUDE.md"].decode()
    assert [line for line in pointers if line not in split_lines(left)] == []
    assert "Read the report 7." not in left
