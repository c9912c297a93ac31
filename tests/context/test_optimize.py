"""What an optimisation changes, and what it leaves alone."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import click
import pytest

from ccm_gitops.cli.optimize import coloured
from ccm_gitops.context.document import split_lines
from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.optimize import optimize
from ccm_gitops.context.optimize.wording import forbids
from ccm_gitops.context.restoring import put_back, read_archives, restore
from ccm_gitops.errors import ContextError
from tests.support.contexts import NOW, history, optimized
from tests.support.trees import DictTree

ARCHIVE = ".claude/archives/CLAUDE-completed-work-2026-11.md"
LOG = f"## Completed Work\n\n{history(20)}"
APP = f"# App\n\nA tool.\n\n{LOG}\n## Rules\n\nNever push to main.\n"
TREE = """\
```
src/
├── app.py        # starts it all, reads the settings and keeps the loop alive
├── report.py     # builds the report for a week and hands it to the exporter
├── exporter.py   # writes a report as CSV, JSON or a table that people can read
├── settings.py   # the settings, their defaults, and where they are looked for
├── clock.py      # the one source of time, held still while the tests are running
├── server/
│   ├── routes.py     # what can be asked of the server, and who is allowed to ask
│   ├── session.py    # who is asking, and for how long that answer stays a good one
│   └── limits.py     # how often one may ask before the server begins to say no
└── store/
    ├── memory.py     # a store for tests and for people who only want to look
    └── sqlite.py     # a store for everyone else, in one file, with its own lock
```

```
web/
├── page.ts      # what a browser shows first, before anything was asked of a server
├── chart.ts     # how a week looks when it is drawn, with a line for each of its days
├── table.ts     # the same week for those who would rather read its numbers in rows
└── print.ts     # a page that a printer can take, without what can only be clicked on
```
"""
PATHS = (
    {
        f"src/{name}": ""
        for name in ("app.py", "report.py", "exporter.py", "settings.py", "clock.py")
    }
    | {f"web/{name}.ts": "" for name in ("page", "chart", "table", "print")}
    | {
        f"src/{name}.py": ""
        for name in (
            "server/routes",
            "server/session",
            "server/limits",
            "store/memory",
            "store/sqlite",
        )
    }
)
PADDING = "".join(f"Part {n} does what part {n} has to.\n\n" for n in range(160))


def archived(text: str, **options: object) -> bool:
    return bool(optimized(text, **options).files)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("# App\n\nA tool.\n", id="a small file"),
        pytest.param(APP.replace(history(20), history(4)), id="little would be saved"),
        pytest.param(APP + "Do this: " + "word " * 20000, id="a small share would be saved"),
        pytest.param(APP.replace("number 7", "number 7, never touch it"), id="a prohibition in it"),
        pytest.param(APP.replace("number 7", "IMPORTANT number 7"), id="a warning in it"),
        pytest.param(APP.replace(LOG, f"{LOG}\n```bash\nmake it\n```\n"), id="a command in it"),
        pytest.param(APP.replace(LOG, f"{LOG}- [ ] open\n"), id="an open task in it"),
        pytest.param(APP.replace(LOG, f"{LOG}\n<!-- note -->\n"), id="a comment in it"),
        pytest.param(APP.replace(LOG, f"{LOG}\n@docs/more.md\n"), id="an import in it"),
        pytest.param(
            APP.replace(LOG, f"<!-- BEGIN tool -->\n{LOG}\n<!-- END tool -->\n"),
            id="managed by a tool",
        ),
        pytest.param(APP.replace(LOG, f"<!-- ccm: keep -->\n{LOG}"), id="marked above to be kept"),
        pytest.param(
            APP.replace("Work\n", "Work\n\n<!-- ccm: keep -->\n"), id="marked within to be kept"
        ),
        pytest.param(
            APP.replace(LOG, f"{LOG}\n[spec]: https://example.com\n") + "\nSee [spec].\n",
            id="a link definition in it that other text uses",
        ),
        pytest.param(
            APP.replace(LOG, f"{LOG}\n### Sources\n\n{history(3)}") + "\nSee [it](#sources).\n",
            id="a heading in it that other text links to",
        ),
        pytest.param(
            "# App\n\n## Definition of Done\n\n"
            + "- The change has its tests and its page.\n" * 20,
            id="what done means",
        ),
        pytest.param(f"# App\n\n```md\n{LOG}```\n", id="a log shown in a fence"),
        pytest.param(f"# App\n\n{LOG}\n~~~\n{history(20)}", id="a fence in it that nothing closes"),
        pytest.param(f"# App\n\n{TREE}", id="a short file with a tree"),
        pytest.param(f"---\nlog: |\n{history(20)}---\n\n# App\n", id="front matter"),
    ],
)
def test_leaves_alone(text):
    result = optimized(text, others=PATHS)
    assert result.files == {}
    assert result.plan == ()
    assert result.archives == ()
    assert result.diff() == ""
    assert result.after == result.before
    assert result.proof.kept == result.proof.blocks


def test_finished_work_goes_to_an_archive_and_its_heading_stays():
    result = optimized(APP)
    new = result.files["CLAUDE.md"].decode()
    pointer = f"> Archived: earlier work is in `{ARCHIVE}`; read it for the history.\n"
    assert new == APP.replace(history(20), pointer)
    assert history(20) in result.files[ARCHIVE].decode()
    assert list(result.files) == ["CLAUDE.md", ARCHIVE]
    assert result.after.tokens < result.before.tokens
    assert result.proof.to_json() == {
        "blocks": 25,
        "kept": 5,
        "moved": 20,
        "duplicates": 0,
        "lost": 0,
    }


def test_neighbours_share_one_pointer():
    phases = "".join(f"### Phase {n} (Complete)\n\n{history(9)}\n" for n in (1, 2, 3, 4))
    text = f"# App\n\n## Roadmap\n\n{phases}### Phase 5\n\nStarts soon.\n"
    new = optimized(text).files["CLAUDE.md"].decode()
    assert new.count("> Archived:") == 1
    assert "Phase 1, Phase 2, Phase 3 and Phase 4 (finished) are in" in new
    assert "### Phase 5\n\nStarts soon.\n" in new


def test_rules_between_sections_stay():
    text = APP.replace("\n## Rules", "\n---\n\n## Rules")
    assert "history.\n\n---\n\n## Rules" in optimized(text).files["CLAUDE.md"].decode()


PARAGRAPH = (
    "The exporter reads every report of a week, sorts them by day, and writes one file.\n" * 6
)


OTHER = PARAGRAPH.replace("exporter", "importer")


def test_a_copy_goes_and_the_first_stays():
    text = f"# App\n\n{PARAGRAPH}\nMore.\n\n## Export\n\nFor people.\n\n{PARAGRAPH}\nLast.\n"
    result = optimized(text)
    new = result.files["CLAUDE.md"].decode()
    assert new == f"# App\n\n{PARAGRAPH}\nMore.\n\n## Export\n\nFor people.\n\nLast.\n"
    assert result.proof.duplicates == 1
    assert [action.type for action in result.plan] == ["dedupe"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"# App\n\n{PARAGRAPH}\n## Export\n\nIt works so:\n\n{PARAGRAPH}\nLast.\n",
            id="a line introduces the copy",
        ),
        pytest.param(f"# App\n\n{PARAGRAPH}\n## Export\n\n{PARAGRAPH}", id="a section is only it"),
        pytest.param(
            f"# App\n\n{PARAGRAPH}\n{OTHER}\nMore.\n\n## Export\n\n{PARAGRAPH}\n{OTHER}",
            id="a section is only copies",
        ),
        pytest.param(
            f"# App\n\n{PARAGRAPH}\n{OTHER}\n## A\n\n- a\n\n{PARAGRAPH}\n{OTHER}\n- b\n",
            id="lists would join once both copies are gone",
        ),
        pytest.param(
            f"# App\n\n{PARAGRAPH}\n## Export\n\nFor people.\n\n{PARAGRAPH.replace('one', 'a')}",
            id="a word differs",
        ),
        pytest.param(
            f"# App\n\n## A\n\n### Use\n\n{PARAGRAPH}\n## B\n\n### Use\n\n{PARAGRAPH}",
            id="two sections of two parents",
        ),
        pytest.param(
            f"# App\n\n{PARAGRAPH}\n## Export\n\n- a\n\n{PARAGRAPH}\n- b\n", id="lists would join"
        ),
    ],
)
def test_a_copy_that_others_lean_on_stays(text):
    assert not archived(text)


def test_copies_next_to_each_other_come_back_in_their_old_order():
    other = PARAGRAPH.replace("exporter", "importer")
    text = f"# App\n\n{PARAGRAPH}\n{other}\n## Export\n\nOne.\n\n{PARAGRAPH}\n{other}\nLast.\n"
    result = optimized(text)
    assert result.files["CLAUDE.md"].decode().endswith("\nOne.\n\nLast.\n")
    entries = read_archives(DictTree(result.files), "CLAUDE.md")
    assert restore(result.files["CLAUDE.md"].decode(), entries) == text


def test_a_copy_between_lines_that_would_run_together_stays():
    text = f"# App\n\n## A\n\n{PARAGRAPH}\n## B\n\n> A quote.\n## A\n\n{PARAGRAPH}\nEnd\n===\n"
    assert not archived(text)


def bloated(section: str) -> str:
    return f"# App\n\n{section}\n## Overview\n\n{PADDING}"


def test_a_large_tree_of_a_bloated_file_moves_to_a_document():
    text = bloated(f"## Project Structure\n\n{TREE}")
    result = optimized(text, others=PATHS)
    target = "docs/agents/project-structure.md"
    assert result.files[target].decode() == f"# Project Structure\n\n{TREE}"
    assert (
        f"## Project Structure\n\n> Moved to `{target}`: Project Structure; read it when you "
        "look for where something is or belongs.\n" in result.files["CLAUDE.md"].decode()
    )


def table(link: str = "", rows: int = 30) -> str:
    body = "".join(
        f"| `/reports/{n}` | GET | the report {n} of a week |{link}\n" for n in range(rows)
    )
    return f"| Endpoint | Method | Answer |\n| --- | --- | --- |\n{body}"


def test_a_large_table_of_a_bloated_file_moves_to_a_document():
    result = optimized(bloated(f"## API Endpoints\n\n{table()}"))
    assert result.files["docs/agents/api-endpoints.md"].decode() == f"# API Endpoints\n\n{table()}"
    pointer = "> Moved to `docs/agents/api-endpoints.md`: "
    pointer += "API Endpoints; read it before you add, change or call an endpoint.\n"
    assert pointer in result.files["CLAUDE.md"].decode()


@pytest.mark.parametrize(
    "section",
    [
        pytest.param(f"## Project Structure\n\n{TREE.replace('.py', '.rs')}", id="a planned tree"),
        pytest.param(f"## Output\n\n{TREE}", id="what output has to look like"),
        pytest.param(f"## API Conventions\n\n{table()}", id="conventions"),
        pytest.param(f"## Testing\n\n{table(rows=8)}", id="tests"),
        pytest.param(f"## API (enforced)\n\n{table()}", id="what is enforced"),
        pytest.param(f"## What is in scope\n\n{table()}", id="what is in scope"),
        pytest.param(f"## Tech Stack\n\n{table()}", id="what it is made of"),
        pytest.param(f"## API\n\n{table(' [x](docs/x.md) |')}", id="relative links"),
        pytest.param(f"## API\n\n{table(rows=5)}", id="a small table"),
        pytest.param(
            f"## Current Phase\n\nv3.2 is next.\n\n## v3.2\n\n### API\n\n{table()}",
            id="of the version that is worked on",
        ),
        pytest.param(
            "## Guide\n\n" + table().replace("the report", "docs/report.md"), id="an index"
        ),
    ],
)
def test_stays_in_a_bloated_file(section):
    assert not archived(bloated(section), others=PATHS)


EXAMPLE = "```python\nreport = build(week=1, days=[1, 2, 3], people=None)\n```\n".replace(
    "report =", "report = first(report) or report\nreport =" * 40
)


def test_long_examples_go_and_the_rules_around_them_stay():
    rules = "## Code Style\n\nNever build a report twice.\n\nFor example:\n\n"
    text = bloated(f"{rules}{EXAMPLE}\nUse one name for one thing.\n")
    result = optimized(text)
    target = "docs/agents/code-style.md"
    assert [action.type for action in result.plan] == ["condense"]
    assert result.files[target].decode() == f"# Code Style\n\nFor example:\n\n{EXAMPLE}"
    pointer = f"> Moved to `{target}`: Code Style (code example); "
    pointer += "read it before you write code.\n"
    assert result.files["CLAUDE.md"].decode() == text.replace(f"For example:\n\n{EXAMPLE}", pointer)


def test_two_cuts_of_a_section_share_a_document_and_both_come_back():
    text = bloated(f"## Forms\n\n{EXAMPLE}\nUse one name.\n\n{EXAMPLE}\nUse one more.\n")
    result = optimized(text)
    tree = DictTree(result.files)
    entries = read_archives(tree, "CLAUDE.md")
    assert len(result.files) == 3
    assert restore(result.files["CLAUDE.md"].decode(), entries) == text
    assert put_back(tree, entries)["docs/agents/forms.md"] is None


@pytest.mark.parametrize("words", ["Use these only.", "Run `make api` first."])
def test_what_tells_its_reader_to_do_something_stays_above_a_table_that_goes(words):
    result = optimized(bloated(f"## API\n\n{words}\n\n{table()}"))
    assert (
        f"## API\n\n{words}\n\n> Moved to `docs/agents/api.md`: API (table);"
        in result.files["CLAUDE.md"].decode()
    )
    assert result.files["docs/agents/api.md"].decode() == f"# API\n\n{table()}"


def test_aggressive_takes_how_things_are_done_and_leaves_rules_and_commands():
    steps = "".join(f"{n}. Add a field to the form, then write its label.\n" for n in range(1, 21))
    commands = "## Commands\n\n```bash\nmake test\n```\n\nNever push to main.\n"
    commands += "\n## Checks\n\nThere are many.\n\n" + "- `make test`: all of the tests.\n" * 20
    text = bloated(f"{commands}\n## Forms\n\nAll of them are alike.\n\n{steps}")
    assert not archived(text)
    new = optimized(text, strategy="aggressive").files["CLAUDE.md"].decode()
    assert commands in new
    assert "All of them are alike.\n\n> Moved to " in new
    assert steps not in new


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The cache never expires.", False),
        ("It does not follow links.", False),
        ("Tests don't need a database.", False),
        ("An important part of it is the parser.", False),
        ("Lists the keys (never returns values).", False),
        ("Caches files: Keeps some of them to avoid a second look.", False),
        ("Blocks destructive commands.", False),
        ("They currently do not store it.", False),
        ("The destructive-command classes", False),
        ("This is destructive.", True),
        ("A provider never defines a format.", True),
        ("Log the keys (never passwords).", True),
        ("Use one name to avoid doubts.", True),
        ("The store depends only on the clock.", True),
        ("Never expire the cache.", True),
        ("Files are never edited by hand.", True),
        ("We don't use mocks.", True),
        ("Do not edit it.", True),
        ("Ports must be free.", True),
        ("**Important**: read it first.", True),
        ("- No mocks.", True),
        ("You cannot change it.", True),
        ("Package manager: pnpm (not npm)", True),
    ],
)
def test_prohibitions_are_told_from_facts(line, expected):
    assert forbids(line) is expected


@pytest.mark.parametrize(
    "section",
    [
        pytest.param(f"## Naming Conventions\n\n{EXAMPLE}", id="a convention written as code"),
        pytest.param(
            "## Forms\n\n" + EXAMPLE.replace("report", "# Always build it first.\nreport", 1),
            id="advice in a comment",
        ),
        pytest.param(f"## Forms\n\nAlways build it so:\n\n{EXAMPLE}", id="what a rule announces"),
        pytest.param(
            f"## Forms\n\n**Fast**\n\n{EXAMPLE}\n**Slow**: never build it twice.\n",
            id="one of a row in which another stays",
        ),
    ],
)
def test_code_that_says_how_to_work_stays(section):
    assert not archived(bloated(section))


@pytest.mark.parametrize(
    "section",
    [
        pytest.param(
            f"## Forms\n\nAlways build it like this:\n\n{EXAMPLE}", id="what it announces"
        ),
        pytest.param(
            "## Anti-Patterns (NEVER DO)\n\n### Forms\n\n"
            + EXAMPLE.replace("report", "# WRONG: twice\nreport", 1),
            id="what it forbids",
        ),
    ],
)
def test_aggressive_leaves_a_rule_with_the_code_of_it(section):
    assert not optimized(bloated(section), strategy="aggressive").files


def test_chapters_with_numbers_leave_no_gap_in_them():
    part = "The exporter sorts what it gets.\n\n" + "- A part: what it is made of.\n" * 30
    text = bloated(f"## 1. Design\n\n{part}\n## 2. Data\n\n{part}\n## 3. Rules\n\nNever push.\n")
    new = optimized(text).files["CLAUDE.md"].decode()
    assert [line for line in new.splitlines() if line.startswith("## ")][:3] == [
        "## 1. Design",
        "## 2. Data",
        "## 3. Rules",
    ]


def test_plans_for_later_go_with_their_open_tasks_and_near_ones_stay():
    tasks = "".join(f"- [ ] Write the exporter of week {n}.\n" for n in range(30))
    text = bloated(f"## Near-term Improvements\n\n{tasks}\n## Future Ideas\n\n{tasks}")
    new = optimized(text).files["CLAUDE.md"].decode()
    assert f"## Near-term Improvements\n\n{tasks}" in new
    assert "## Future Ideas\n\n> Moved to `docs/agents/future-ideas.md`: Future Ideas; " in new


def test_a_section_has_one_pointer_and_all_its_cuts_come_back():
    text = bloated(f"## API\n\nA.\n\n{table()}\nNever do more.\n\n{EXAMPLE}\nMust be.\n")
    result = optimized(text)
    new = result.files["CLAUDE.md"].decode()
    assert new.count("> Moved to ") == 1
    assert (
        "A.\n\nNever do more.\n\nMust be.\n\n> Moved to `docs/agents/api.md`: API, in full;" in new
    )
    entries = read_archives(DictTree(result.files), "CLAUDE.md")
    assert restore(new, entries) == text


def test_neighbours_that_go_whole_take_their_headings_along():
    parts = f"### Users\n\n{table()}\n### Teas\n\nThere are few.\n\n### Orders\n\n{table()}\n"
    text = bloated(f"## API\n\nNever guess a code.\n\n{parts}### Errors\n\nNever hide one.\n")
    result = optimized(text)
    new = result.files["CLAUDE.md"].decode()
    pointer = (
        "> Moved to `docs/agents/api.md`: Users, Teas and Orders; read it when your task touches"
    )
    assert f"Never guess a code.\n\n{pointer}" in new
    assert result.files["docs/agents/api.md"].decode() == f"# API\n\n{parts.rstrip()}\n"


def test_only_aggressive_takes_commands_and_only_those_of_rare_days():
    deploy = "```bash\n" + "kubectl apply -f deploy/service.yaml --wait\n" * 60 + "```\n"
    text = bloated(f"## Deployment\n\n{deploy}\n## Commands\n\n{deploy.replace('-f', '-k')}")
    assert not archived(text)
    new = optimized(text, strategy="aggressive").files["CLAUDE.md"].decode()
    assert "## Deployment\n\n> Moved to " in new
    assert "read it before you deploy.\n" in new
    assert deploy.replace("-f", "-k") in new


def test_a_document_that_is_there_is_never_overwritten():
    taken = {"docs/agents/api-endpoints.md": "Mine.\n"}
    result = optimized(bloated(f"## API Endpoints\n\n{table()}"), others=taken)
    assert "docs/agents/api-endpoints.md" not in result.files
    assert "docs/agents/api-endpoints-2.md" in result.files


@pytest.mark.parametrize(("sign", "goes"), [("Archived", True), ("Moved", False)])
def test_a_log_is_told_by_what_is_left_unless_other_text_moved_out(sign, goes):
    """Else what moves would make a log of the rest, and a second look would change it again."""
    pointer = f"> {sign}: earlier work is in `docs/agents/a.md`; read it for the history."
    text = f"# App\n\nA tool.\n\n## Journal\n\n{pointer}\n\n{history(30)}\n## Rules\n\nNever.\n"
    assert archived(text) is goes


def test_what_grows_again_joins_the_document_that_has_the_rest():
    text = bloated(f"## API Endpoints\n\nAll of them speak JSON.\n\n{table()}")
    first = optimized(text)
    left = first.files["CLAUDE.md"].decode()
    target = "docs/agents/api-endpoints.md"
    more = table().replace("/reports/", "/people/")
    pointer = next(line for line in split_lines(left) if f"`{target}`" in line)
    grown = left.replace(pointer, f"{pointer}\n{more}") + f"\n## Words\n\n{OTHER * 40}"
    second = optimized(grown, others=first.files, now=NOW + timedelta(days=40))
    assert [path for path in second.files if path.startswith("docs/agents/api")] == [target]
    assert second.files[target].decode() == first.files[target].decode() + f"\n{more}\n"
    assert second.files["CLAUDE.md"].decode().count(f"`{target}`") == 1
    entries = read_archives(DictTree({**first.files, **second.files}), "CLAUDE.md")
    assert restore(second.files["CLAUDE.md"].decode(), entries) == grown.replace(pointer, table())


def test_parts_that_join_it_are_named_where_an_earlier_pointer_lists_others():
    def parts(*names: str) -> str:
        return "".join(f"### {name}\n\n{f'The {name} holds a week.' * 30}\n\n" for name in names)

    text = bloated(f"## Deployment\n\n{parts('Base Images', 'Clusters')}")
    first = optimized(text)
    more = parts("Mirrors", "Certificates")
    grown = first.files["CLAUDE.md"].decode().replace("## Overview", f"{more}## Overview")
    second = optimized(grown, others=first.files, now=NOW + timedelta(days=40))
    left = second.files["CLAUDE.md"].decode()
    told = [
        line.partition(": ")[2].partition(";")[0] for line in split_lines(left) if line[0] == ">"
    ]
    assert told == ["Base Images and Clusters", "Mirrors and Certificates"]
    files = {**first.files, **second.files}
    entries = read_archives(DictTree(files), "CLAUDE.md")
    assert restore(left, entries) == text.replace("## Overview", f"{more}## Overview")
    assert not optimized(left, others=files, now=NOW + timedelta(days=41)).files


def test_the_pointer_of_a_nested_file_says_where_its_paths_begin():
    result = optimized(bloated(f"## API Endpoints\n\n{table()}"), path="web/CLAUDE.md")
    pointer = (
        "> Moved to `docs/agents/web-api-endpoints.md` (from the repository root): API Endpoints; "
    )
    assert pointer in result.files["web/CLAUDE.md"].decode()


def test_a_first_paragraph_stays_above_what_goes():
    text = bloated(f"## API Endpoints\n\nAll of them speak JSON.\n\n{table()}")
    new = optimized(text).files["CLAUDE.md"].decode()
    assert "## API Endpoints\n\nAll of them speak JSON.\n\n> Moved to " in new


def test_conservative_archives_and_nothing_else():
    text = bloated(f"## API Endpoints\n\n{table()}\n{LOG}")
    types = [action.type for action in optimized(text, strategy="conservative").plan]
    assert types == ["archive"]


def test_an_unknown_strategy_is_refused_with_those_that_exist():
    with pytest.raises(ContextError, match="'wild'; use conservative or moderate or aggressive"):
        optimized(APP, strategy="wild")


def test_a_file_that_is_not_utf_8_is_refused():
    with pytest.raises(ContextError, match=r"CLAUDE\.md: this is no UTF-8 text"):
        optimized(APP.encode("utf-16"))


def test_an_archive_of_the_month_is_appended_to():
    first = optimized(APP)
    grown = (
        first.files["CLAUDE.md"]
        .decode()
        .replace("history.\n", f"history.\n{history(20, start=40)}")
    )
    second = optimized(grown, others=first.files)
    assert second.files["CLAUDE.md"] == first.files["CLAUDE.md"]
    both = second.files[ARCHIVE].decode()
    assert history(20) in both
    assert history(20, start=40) in both


def test_a_file_of_somebody_else_at_the_archive_s_place_is_refused():
    with pytest.raises(ContextError, match=f"{ARCHIVE}: .*no archive"):
        optimized(APP, others={ARCHIVE: "# Mine\n"})


def test_a_link_in_the_way_of_an_archive_is_refused():
    tree = DictTree({"CLAUDE.md": APP}, {".claude": "../elsewhere"})
    with pytest.raises(ContextError, match=r"\.claude is no folder of its own"):
        optimize(ContextFile("CLAUDE.md", (), APP.encode()), tree, strategy="moderate", now=NOW)


def test_nested_files_archive_at_the_root_under_their_own_name():
    result = optimized(APP, path="packages/api/CLAUDE.md")
    assert ".claude/archives/packages-api-CLAUDE-completed-work-2026-11.md" in result.files


def test_line_ends_and_byte_order_mark_stay():
    text = "\ufeff" + APP.replace("\n", "\r\n")
    result = optimized(text)
    new = result.files["CLAUDE.md"].decode()
    assert new.startswith("\ufeff# App\r\n")
    assert new.count("\n") == new.count("\r\n")
    entries = read_archives(DictTree({**result.files}), "CLAUDE.md")
    assert restore(new, entries) == text


def test_json_has_the_shape_of_the_contract():
    data = optimized(APP).to_json()
    assert data["file"] == "CLAUDE.md"
    assert data["strategy"] == "moderate"
    assert data["tokens_saved"] == data["tokens_before"] - data["tokens_after"] > 0
    assert data["lines_before"] - data["lines_after"] == 19
    (action,) = data["actions"]
    assert action["type"] == "archive"
    assert action["section"] == "App > Completed Work"
    assert (action["start_line"], action["end_line"]) == (7, 26)
    assert action["target"] == ARCHIVE
    (archive,) = data["archives"]
    assert archive["path"] == ARCHIVE
    assert archive["lines"] == 20
    assert data["proof"]["lost"] == 0
    assert data["diff"].startswith("diff --git a/CLAUDE.md b/CLAUDE.md\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_git_applies_the_diff(tmp_path, end):
    text = APP.rstrip("\n").replace("\n", end or "\n") + end
    result = optimized(text)
    (tmp_path / "CLAUDE.md").write_bytes(text.encode())
    subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=result.diff().encode(), check=True, timeout=30
    )
    assert {path: (tmp_path / path).read_bytes() for path in result.files} == dict(result.files)


def test_a_coloured_diff_is_the_diff_once_its_colours_are_off():
    diff = optimized(APP).diff()
    assert "\x1b[31m-- 2025" in coloured(diff)
    assert click.unstyle(coloured(diff)) == diff


POINTS = "".join(
    f"- The part {n} of it reads the report {n} and hands it on to the next.\n" for n in range(9)
)


def test_lists_with_numbers_stay_whole():
    steps = "".join(f"{n}. The part {n} reads the report and hands it on.\n" for n in range(1, 30))
    assert not archived(bloated(f"## Architecture\n\n{steps}30. Never add a part.\n"))


def test_conventions_stay_below_any_title():
    rules = "".join(
        f"- Prefer the report {n} over the one before it, for it is newer.\n" for n in range(20)
    )
    text = bloated(f"## Components\n\n{rules}")
    assert not archived(text)
    assert (
        rules
        in optimized(text, strategy="aggressive").files.get("CLAUDE.md", text.encode()).decode()
    )


def test_elements_stay_in_one_piece():
    element = f"<example>\n\n{PARAGRAPH * 4}\n</example>\n"
    text = bloated(f"## Architecture\n\nA.\n\n{element}\nNever add one.\n")
    assert not archived(text)
    assert (
        element.encode() not in optimized(text.replace("Never add one.\n", "")).files["CLAUDE.md"]
    )


def test_a_table_of_contents_stays_and_leads_to_headings_that_stay():
    names = [f"Module {n}" for n in range(8)]
    contents = "".join(f"- [{name}](#{name.lower().replace(' ', '-')})\n" for name in names)
    modules = "".join(f"### {name}\n\n{table()}\n" for name in names)
    text = bloated(f"## Table of Contents\n\n{contents}\n## API\n\n{modules}")
    new = optimized(text, strategy="aggressive").files["CLAUDE.md"].decode()
    assert contents in new
    assert all(f"### {name}\n" in new for name in names)


def test_a_first_paragraph_that_binds_keeps_its_section_out_of_a_group():
    parts = "".join(f"### {name}\n\n{table()}\n" for name in ("Users", "Orders"))
    legacy = f"### Legacy\n\nNew code should not use any of it.\n\n{table(rows=29)}\n"
    text = bloated(f"## API\n\n### Errors\n\nNever guess a code.\n\n{parts}{legacy}")
    new = optimized(text).files["CLAUDE.md"].decode()
    assert "### Legacy\n\nNew code should not use any of it.\n\n> Moved to " in new


@pytest.mark.parametrize("task", ["- [ ] Mend it.\n", "- **Planner**: Fix what it does not do\n"])
def test_what_guides_stays_and_an_open_task_holds_its_list(task):
    guide = "Follow the slice architecture, with tests next to the code that they test.\n"
    tasks = "".join(f"- The part {n} reads the report and hands it on.\n" for n in range(20))
    text = bloated(
        f"## Architecture\n\nParts.\n\n{guide}\n{TREE}\n## Plan\n\n{tasks}{task}"
        f"\n## API\n\n{table()}"
    )
    new = optimized(text, others=PATHS).files["CLAUDE.md"].decode()
    assert guide in new
    assert f"{tasks}{task}" in new


def test_the_steps_of_a_task_stay_at_moderate():
    steps = "".join(f"{n}. Add the part {n} to the form, then test it.\n" for n in range(1, 30))
    text = bloated(f"## Adding a Tool\n\n{steps}\n## API\n\n{table()}")
    assert steps in optimized(text).files["CLAUDE.md"].decode()
    assert steps not in optimized(text, strategy="aggressive").files["CLAUDE.md"].decode()


def test_a_gain_that_is_small_for_the_file_is_not_proposed():
    text = bloated(f"## API\n\n{table(rows=12)}")
    assert not archived(text)
    assert archived(bloated(f"## API\n\n{table(rows=30)}"))


@pytest.mark.parametrize("folder", ["docs/_static", "web/public", "app/templates/new"])
def test_a_file_that_is_given_to_others_is_left_alone(folder):
    text = bloated(f"## API\n\n{table()}\n{LOG}")
    assert not archived(text, path=f"{folder}/CLAUDE.md")
    assert archived(text, path="app/CLAUDE.md")
