"""The guarantees of an optimisation, over documents of every kind of block."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, event, given, seed, settings
from hypothesis import strategies as st

from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import parse, split_lines
from ccm_gitops.context.links import resolved, targets
from ccm_gitops.context.optimize import Optimization
from ccm_gitops.context.proof import prove
from ccm_gitops.context.restoring import read_archives, restore
from tests.support.contexts import NOW, history, optimized
from tests.support.trees import DictTree

WORDS = st.lists(
    st.sampled_from(
        ["the", "report", "of", "a", "week", "is", "sent", "to", "people", "v1.2", "`x.py`", "日本"]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
LONG = st.integers(4, 9).map(lambda n: "The exporter sorts what it gets and writes it down.\n" * n)
TABLE = st.sampled_from([1, 3, 40, 60]).map(
    lambda n: (
        "| Endpoint | Answer |\n| --- | --- |\n"
        + "".join(f"| `/api/{i}` | what the endpoint {i} gives |\n" for i in range(n))
    )
)
BADGE = "[![CI](https://example.com/badge.svg)](https://example.com/ci)\n"
BLOCKS = st.one_of(
    WORDS.map(lambda text: f"{text}.\n"),
    LONG,
    TABLE,
    st.integers(2, 30).map(history),
    st.lists(WORDS, min_size=1, max_size=8).map(
        lambda items: "".join(f"- [x] {item}\n  - {item}\n" for item in items)
    ),
    st.lists(WORDS, min_size=1, max_size=4).map(
        lambda items: "\n".join(f"{n}. {item}\n" for n, item in enumerate(items, start=1))
    ),
    st.sampled_from(
        [
            "Never push to main.\n",
            "You must not skip the tests.\n",
            "IMPORTANT: don't touch `dist/`.\n",
            "```bash\nmake test\n```\n",
            "```python\n# Completed Work\n\nprint('x')\n```\n",
            "~~~\nopen fence\n",
            "    indented code\n",
            "> A quote\n> of two lines.\n",
            "> Archived: an older pointer is in `docs/agents/old.md`; read it.\n",
            "<!-- a comment -->\n",
            "<!-- BEGIN tool -->\n",
            "<!-- END tool -->\n",
            "<!-- ccm: keep -->\n",
            "<details>\n<summary>More</summary>\n\nHidden.\n\n</details>\n",
            "@docs/more.md\n",
            "See [the log](#completed-work) and [spec].\n",
            "[spec]: https://example.com/spec\n",
            "The [guide](./docs/guide.md#top) has ![a picture](<docs/a b.png>), as [spec] says.\n",
            "---\n",
            "Setext\n======\n",
            "\n\n   \n",
        ]
    ),
)
TITLES = st.sampled_from(
    ["Completed Work", "Changelog", "Session Log", "Phase 1 (Complete)", "Recent Changes"] * 2
    + ["API Endpoints", "Data Model", "Rules", "Testing", "Current Phase", "Future Ideas", "Notes"]
)
SECTIONS = st.builds(
    lambda level, title, blocks: "\n".join([f"{'#' * level} {title}\n", *blocks]),
    st.integers(1, 4),
    TITLES,
    st.lists(BLOCKS, max_size=5),
) | TABLE.map(lambda table: f"## API Endpoints\n\n{table}")


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A context file: any sections, line ends, a byte order mark, with or without a last end."""
    app = f"# App\n\n{BADGE}\nA tool.\n\n"
    head = draw(st.sampled_from(["", "---\nname: x\n---\n\n", app, app]))
    gap = draw(st.sampled_from(["\n", "\n\n\n", ""]))
    text = head + gap.join(draw(st.lists(SECTIONS, min_size=1, max_size=8)))
    if draw(st.booleans()):
        text += "\n## Parts\n\n" + "A part does what it has to.\n\n" * 150
    text = text if draw(st.booleans()) else text.rstrip("\n")
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))
    return draw(st.sampled_from(["", "\ufeff"])) + text


# Shrinking a document takes minutes; the failing one is small enough to read.
run = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
STRATEGY = st.sampled_from(["conservative", "moderate", "aggressive"])
HELD = re.compile(r"never|must not|do not|don't|IMPORTANT|^make ", re.IGNORECASE)


def promise(test: Callable[..., Any]) -> Callable[..., Any]:
    """A test of each document at a strategy; all of them see the same ones."""
    return seed(1)(run(given(documents(), STRATEGY)(test)))


@cache
def done(text: str, strategy: str) -> Optimization:
    """What becomes of a document, worked out once for all tests."""
    return optimized(text, strategy=strategy)


@promise
def test_nothing_is_lost_and_all_of_it_comes_back(text, strategy):
    result = done(text, strategy)
    event(f"changed: {bool(result.files)}")
    assert result.proof.lost == ()
    if result.files:
        new = result.files["CLAUDE.md"].decode()
        entries = read_archives(DictTree(result.files), "CLAUDE.md")
        assert restore(new, entries) == text


@promise
def test_optimising_the_result_changes_nothing(text, strategy):
    first = done(text, strategy)
    new = first.files.get("CLAUDE.md", text.encode())
    later = NOW + timedelta(days=(0, 1, 40, 400)[len(text) % 4])
    second = optimized(new, strategy=strategy, now=later, others=first.files)
    assert second.files == {}


@promise
def test_what_stays_is_the_old_text_in_the_old_order_and_pointers(text, strategy):
    new = done(text, strategy).files.get("CLAUDE.md", text.encode()).decode()
    old = iter(split_lines(text))
    for line in split_lines(new):
        assert (is_pointer(line) and line not in text) or any(line == known for known in old)


@promise
def test_prohibitions_and_commands_stay(text, strategy):
    new = split_lines(done(text, strategy).files.get("CLAUDE.md", text.encode()).decode())
    assert all(line in new for line in split_lines(text) if HELD.search(line))


@promise
def test_anchors_and_labels_that_stay_still_lead_somewhere(text, strategy):
    new = done(text, strategy).files.get("CLAUDE.md", text.encode()).decode()
    for link, target in (("(#completed-work)", "Completed Work"), ("[spec].", "[spec]: ")):
        if link in new and target in text:
            assert target in new


@promise
def test_links_lead_where_they_led_wherever_they_stand(text, strategy):
    files = done(text, strategy).files or {"CLAUDE.md": text.encode()}
    for path, data in files.items():
        links = targets(data.decode())
        led = {resolved(link, path, "CLAUDE.md", frozenset()) for link in links}
        assert led <= {
            *("docs/guide.md#top", "docs/a b.png", "CLAUDE.md#completed-work"),
            *("https://example.com/spec", "https://example.com/badge.svg"),
            "https://example.com/ci",
        }


@promise
def test_without_its_other_files_a_commit_loses_what_moved(text, strategy):
    result = done(text, strategy)
    if result.files:
        alone = {"CLAUDE.md": result.files["CLAUDE.md"].decode()}
        assert len(prove(text, alone, target="CLAUDE.md").lost) == result.proof.moved


def test_these_documents_have_what_is_optimised():
    """Else all of the above would hold for nothing."""
    seen: set[str] = set()

    @promise
    def collect(text, strategy):
        seen.update(action.type for action in done(text, strategy).plan)

    collect()
    assert seen == {"archive", "condense", "dedupe", "move", "remove"}


@given(st.text(alphabet="# -*`~>|<!\\[]()\t\r\n ab1.x@", max_size=300))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_no_text_is_too_odd_to_be_proved(text):
    log = f"## Changelog\n\n{history(20)}"
    source = f"{text}\n\n{log}\n{text}"
    result = optimized(source)
    assert result.proof.lost == ()
    assert "".join(block.text for block in parse(source).blocks) == source
