"""Pointers: what they name, and when they say to read it."""

from __future__ import annotations

import re

import pytest

from ccm_gitops.context.document import parse
from ccm_gitops.context.optimize.kinds import kind_of
from ccm_gitops.context.optimize.names import label
from ccm_gitops.context.optimize.occasions import Topic, occasion
from tests.support.contexts import optimized

PADDING = "".join(f"Part {n} does what part {n} has to.\n\n" for n in range(160))
ROWS = "".join(f"| the tea number {n} | green | it is on the shelf {n} |\n" for n in range(30))
TABLE = f"| Tea | Colour | Place |\n| --- | --- | --- |\n{ROWS}"
CODE = "```python\nreport = first(report)\n" + "report = last(report, people=None)\n" * 30 + "```\n"


def pointers(section: str, **options: str) -> list[str]:
    """What the pointers of a file with the section say, from the first after the other."""
    text = f"# App\n\nA shop.\n\n{section}\n## Overview\n\n{PADDING}"
    result = optimized(text, **options)  # type: ignore[arg-type]
    new = result.files[options.get("path", "CLAUDE.md")].decode()
    return re.findall(r"^> Moved to `docs/agents/(.*)\.$", new, re.MULTILINE)


CUPS = "".join(f"- **Cup {n}**: holds a tea for all who come to it.\n" * 1 for n in "ABCDE")


@pytest.mark.parametrize(
    ("section", "what"),
    [
        pytest.param(f"## API\n\n{TABLE}", "api.md`: API; read it", id="all of it"),
        pytest.param(f"## API\n\nUse it.\n\n{TABLE}", "api.md`: API (table);", id="a part"),
        pytest.param(
            f"## API\n\nUse it.\n\n{TABLE}\n{CODE}", ": API (table and code example);", id="two"
        ),
        pytest.param(
            f"## Example Teas\n\nUse it.\n\n{CODE}",
            "example-teas.md`: Example Teas; read it",
            id="said already",
        ),
        pytest.param(
            f"## API\n\nIt is so.\n\n**Farm settings**:\n\n{TABLE}",
            ": API (Farm settings);",
            id="a caption",
        ),
        pytest.param(
            f"## API\n\nIt is so.\n\nThe exporter will write:\n\n{TABLE}",
            ": API (table);",
            id="a caption that is half a sentence",
        ),
        pytest.param(
            f"## API\n\nIt is so.\n\n{CUPS * 3}".replace(
                CUPS * 3, CUPS.replace("it.", "it. " * 30)
            ),
            ": API (Cup A, Cup B, Cup C, Cup D and Cup E);",
            id="the names of items",
        ),
        pytest.param(
            f"## API\n\nNever guess.\n\n### Users\n\n{TABLE}\n### Orders\n\n{TABLE}",
            "api.md`: Users and Orders;",
            id="sections",
        ),
        pytest.param(
            f"## API\n\nNever guess.\n\n### Format\n\n{TABLE}\n### Orders\n\n{TABLE}",
            "api.md`: API (Format and Orders);",
            id="a title that says nothing alone",
        ),
        pytest.param(
            "## API\n\nNever guess.\n\n### Users\n\nNever guess.\n\n#### Format\n\n"
            f"Never use it.\n\n{TABLE}\n{CODE}",
            ": Format (Users);",
            id="a title that says nothing alone, of one section",
        ),
        pytest.param(
            f"## API\n\nNever guess.\n\n### Cups: tier 1\n\n{TABLE}\n### Cups: tier 2\n\n{TABLE}",
            "api.md`: API (Cups: tier 1 and Cups: tier 2);",
            id="sections of one name",
        ),
        pytest.param(
            "## API\n\n"
            + "".join(
                f"### The {name} that there are of tea\n\n{TABLE}\n"
                for name in ("cups", "pots", "jugs")
            ),
            "(The cups that there are of tea, The pots that there are of tea and The jugs that",
            id="a chapter and its parts",
        ),
        pytest.param(
            "## API\n\n"
            + "".join(
                f"### The {name} that there are of all that there is for guests\n\n{TABLE}\n"
                for name in ("cups", "pots", "jugs")
            ),
            "api.md`: API; read it",
            id="so many that the chapter says it all",
        ),
    ],
)
def test_a_pointer_names_what_moved(section, what):
    assert [line for line in pointers(section) if what in f"{line}."]


def test_sections_called_like_one_that_stays_keep_their_headings():
    parts = "".join(f"### Cups: tier {n}\n\n{TABLE}\n" for n in "123")
    told = pointers(f"## API\n\nNever guess.\n\n{parts}### Cups: tier 4\n\nNever guess.\n")
    assert [re.split("[:;] ", line, maxsplit=1)[1] for line in told] == [
        f"Cups: tier {n}; read it when your task touches this" for n in "123"
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("🎨 Frontend (`front/`)", "Frontend"),
        ("3. Database (PostgreSQL)", "Database"),
        ("API Endpoints (v3.1)", "API Endpoints (v3.1)"),
        ("Design System (v0.dev Emerald)", "Design System"),
        ("Example 1: Web Search", "Example 1: Web Search"),
        ("Future Enhancements (Post 0.2.0)", "Future Enhancements (Post 0.2.0)"),
        ("Default: Server Components (Preferred)", "Default: Server Components"),
        ("CCM v3.0: Recommendations", "CCM v3.0"),
    ],
)
def test_a_name_is_short_and_tells_one_title_from_another(title, name):
    assert label(title) == name


@pytest.mark.parametrize(
    ("titles", "when"),
    [
        (["API Endpoints"], "before you add, change or call an endpoint"),
        (["API Structure"], "before you add, change or call an endpoint"),
        (["Adding a New API Endpoint"], "before you add, change or call an endpoint"),
        (["Key Technologies"], "before you add or replace a dependency"),
        (["Deployment"], "before you deploy"),
        (["3. Database (PostgreSQL)"], "before you change the database"),
        (["Troubleshooting"], "when something does not work"),
        (["Troubleshooting", "Ports"], "when something does not work"),
        (["Environment Variables"], "when you set or add an environment variable"),
        (["Components"], "when you look for which part does what"),
        (["Frontend Architecture"], ""),
        (["Success Metrics"], "when you want the background"),
        (["Theme"], "before you add or change UI"),
        (["Future Ideas"], "when you plan what comes next"),
        (["Security Best Practices"], "before you write code"),
        (["Pot", "Best Practices"], "before you write code"),
        (["Setup"], "when you set up the project"),
        (["Initial Setup & Installation"], "when you set up the project"),
        (["Example 2: a search"], "when you want an example"),
        (["Official Sources"], "when you need one of these links"),
        (["Redis Setup"], ""),
        (["Group Code System"], ""),
        (["Starting the Server", "Control Flow"], ""),
        (["Development & Extension"], ""),
    ],
)
def test_an_occasion_is_an_act_that_the_titles_name(titles, when):
    assert occasion([Topic(titles)]) == when


@pytest.mark.parametrize(
    ("topics", "chapter", "when"),
    [
        (
            [Topic(["Important Files"]), Topic(["Core Architecture"])],
            [],
            "when you look for where something is or which part does what",
        ),
        (
            [Topic(["Data Models"]), Topic(["API Endpoints"])],
            [],
            "before you query or change a data model or add, change or call an endpoint",
        ),
        ([Topic(["Vision"]), Topic(["Benefits"])], [], "when you want the background"),
        ([Topic(["Login"]), Topic(["Cup"])], [], ""),
        ([Topic(["Red"]), Topic(["Blue"])], ["Login"], "before you change authentication"),
        ([Topic(["Red"]), Topic(["Blue"])], ["Login & Cups"], ""),
        ([Topic(["Red"]), Topic(["Blue"])], ["Architecture"], ""),
        (
            [Topic(["Cup"], {"directory tree"})],
            [],
            "when you look for where something is or belongs",
        ),
    ],
)
def test_an_occasion_fits_all_that_moved(topics, chapter, when):
    assert occasion(topics, chapter) == when


@pytest.mark.parametrize(
    ("section", "pointer"),
    [
        (
            f"## Rooms\n\nNever guess.\n\n### Kitchen\n\n{TABLE}\n### Cellar\n\n{TABLE}",
            "rooms.md`: Kitchen and Cellar; read it when your task touches any of these",
        ),
        (
            f"## Cup Design\n\n{TABLE}",
            "cup-design.md`: Cup Design; read it when your task touches this",
        ),
    ],
)
def test_who_works_on_what_is_named_reads_it(section, pointer):
    assert pointers(section) == [pointer]


def fence(language: str, *lines: str) -> str:
    return "\n".join([f"```{language}", *lines, "```", ""])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CODE, "code example"),
        (TABLE, "table"),
        (fence("", "src/", "  app.py", "  store.py"), "directory tree"),
        (fence("", "app", "├── src/", "├── lib", "├── web/", "└── bin"), "directory tree"),
        (fence("", "Frame", "├── Stack", "├── Memory", "├── Gas", "└── Logs"), "diagram"),
        (fence("", "A --> B", "B --> C"), "diagram"),
        (fence("mermaid", "graph TD", "A-->B"), "diagram"),
        (fence("json", '{"a": 1}'), "sample data"),
        (fence("bash", "TEA=green", "CUP=2", "POT=big"), "environment variables"),
        (fence("bash", "# Serve", "TEA=green serve", "CUP=2 serve"), "commands"),
        ("- `TEA_KIND=green`\n- `TEA_CUPS` (two)\n", "environment variables"),
        (fence("bash", "make tea"), "commands"),
        (fence("yaml", "tea: green"), "sample configuration"),
        (fence("ts", "export interface Tea {", "  name: string", "}"), "type definitions"),
        (fence("sql", "CREATE TABLE teas (", "  id int", ");"), "type definitions"),
        ("1. Boil it.\n2. Pour it.\n", "steps"),
        ("- `src/app.py`: begins\n- `src/store.py`: keeps\n", "file list"),
        ("- `/teas`: all\n- `/cups`: all\n", "list"),
        ("Tea is good.\n", ""),
    ],
)
def test_a_block_is_named_by_its_kind(text, kind):
    assert kind_of(parse(text).blocks[0]) == kind


@pytest.mark.parametrize(
    ("title", "text", "when"),
    [
        ("Database Interface", "A table of functions.", ""),
        ("Database", "The table `teas`, and its columns.", "before you change the database"),
        ("Database", "A book on the shelf.", ""),
        ("Upgrades", "The sharper knife costs ten.", ""),
        ("Theme", "The colour of the button.", "before you add or change UI"),
        ("Theme", "What a party is about.", ""),
        ("Expected Performance", "Quality: good.", ""),
        ("Performance", "The cache saves time.", "when something is too slow"),
        ("Testing", "It is measured by hand.", ""),
        ("Testing", "Run `npm test`.", "when you write or run tests"),
    ],
)
def test_an_occasion_of_a_title_needs_a_text_that_agrees(title, text, when):
    assert occasion([Topic([title], frozenset(), text)]) == when


def test_which_part_does_what_is_not_told_by_code():
    topic = Topic(["Component Architecture"], frozenset({"code example"}), "x = 1")
    assert not occasion([topic])
