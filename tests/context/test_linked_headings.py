"""A heading that another file links to stays, whatever moves from below it."""

from __future__ import annotations

import pytest

from ccm_gitops.context.document import parse
from ccm_gitops.context.links import anchors
from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.optimize import optimize
from tests.support.contexts import NOW, history, optimized
from tests.support.trees import DictTree

TEAS = "".join(f"| `/teas/{n}` | GET | the tea {n} as the shelf has it |\n" for n in range(120))
CUPS = "".join(f"| `/cups/{n}` | GET | the cup {n} as the shelf has it |\n" for n in range(120))
TEXT = f"""\
# Shop

A shop for tea.

## API Reference

### Tea Endpoints (v1.2)

| Endpoint | Method | Answer |
| --- | --- | --- |
{TEAS}
### Cup Endpoints

| Endpoint | Method | Answer |
| --- | --- | --- |
{CUPS}
## Changes

### Phase 1 (Complete)

{history(20)}
### Phase 2 (Complete)

{history(20, start=100)}
"""
GONE = "tea-endpoints-v12"


def left(path: str, link: str, *, at: str = "CLAUDE.md", text: str = TEXT) -> frozenset[str]:
    """The anchors that stay in the file `at` while the file at `path` has the link."""
    made = optimized(text, path=at, others={path: f"# Guide\n\nSee [the teas]({link}).\n"})
    assert made.files
    return anchors(parse(made.files[at].decode()))


def test_without_a_link_the_sections_go_with_their_headings():
    assert GONE not in left("README.md", "CLAUDE.md")
    assert "phase-1-complete" not in left("README.md", "CLAUDE.md")


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("README.md", f"CLAUDE.md#{GONE}"),
        ("README.md", f"./CLAUDE.md#{GONE.upper()}"),
        ("README.md", f"/CLAUDE.md#{GONE}"),
        ("docs/guide/start.md", f"../../CLAUDE.md#{GONE}"),
        ("docs/start.mdx", f"https://github.com/acme/shop/blob/main/CLAUDE.md#{GONE}"),
        ("docs/agents/old.md", f"../../CLAUDE.md#{GONE}"),
    ],
)
def test_a_heading_stays_while_another_file_links_to_it(path, link):
    assert GONE in left(path, link)


def test_what_stands_below_a_linked_heading_moves_all_the_same():
    made = optimized(TEXT, others={"README.md": f"[teas](CLAUDE.md#{GONE})\n"})
    text = made.files["CLAUDE.md"].decode()
    assert "/teas/7`" not in text
    assert "### Tea Endpoints (v1.2)\n\n> Moved to" in text


def test_finished_work_leaves_its_linked_heading():
    kept = left("README.md", "CLAUDE.md#phase-2-complete")
    assert "phase-2-complete" in kept


def test_a_numbered_heading_keeps_those_before_it():
    text = TEXT.replace("### Cup Endpoints", "### Tea Endpoints (v1.2)")
    assert f"{GONE}-1" in left("README.md", f"CLAUDE.md#{GONE}-1", text=text)


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("README.md", f"AGENTS.md#{GONE}"),
        ("docs/guide.md", f"CLAUDE.md#{GONE}"),
        ("docs/list.txt", f"../CLAUDE.md#{GONE}"),
        ("README.md", f"`x`) or `[teas](CLAUDE.md#{GONE})` (y"),
    ],
)
def test_a_link_elsewhere_holds_nothing(path, link):
    assert GONE not in left(path, link)


def test_links_to_an_alias_count():
    tree = DictTree(
        {"AGENTS.md": TEXT, "README.md": f"[x](CLAUDE.md#{GONE})\n"}, {"CLAUDE.md": "AGENTS.md"}
    )
    file = ContextFile("AGENTS.md", ("CLAUDE.md",), TEXT.encode())
    made = optimize(file, tree, strategy="moderate", now=NOW)
    assert GONE in anchors(parse(made.files["AGENTS.md"].decode()))


class Counted(DictTree):
    """A tree that remembers what was read."""

    def read(self, path: str) -> bytes | None:
        reads.append(path)
        return super().read(path)


reads: list[str] = []


def test_other_files_are_read_only_where_a_heading_would_go():
    others = {f"notes/{n}.md": "# Note\n" for n in range(500)}
    bodies_only = TEXT.partition("## Changes")[0].replace("### Tea", "Tea").partition("### Cup")[0]
    for text, most in ((TEXT, 200), (bodies_only + history(200), 0)):
        reads.clear()
        file = ContextFile("CLAUDE.md", (), text.encode())
        tree = Counted({**others, "CLAUDE.md": text})
        made = optimize(file, tree, strategy="moderate", now=NOW)
        assert made.files
        assert len({path for path in reads if path.startswith("notes/")}) <= most
