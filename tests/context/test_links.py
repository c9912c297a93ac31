"""Links that lead on when their text moves, and come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.context.document import parse
from ccm_gitops.context.links import labels, moved, notes, relink, resolved, targets, with_targets
from ccm_gitops.context.proof import prove
from ccm_gitops.context.restoring import put_back, read_archives, restore
from tests.support.contexts import history, optimized
from tests.support.trees import DictTree

DOC = "docs/agents/api.md"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "See [a](docs/a.md), ![b](<b c.png>) and [c](x_(1).md).\n",
            ["docs/a.md", "b c.png", "x_(1).md"],
        ),
        ("[a]: docs/a.md 'Title'\n[b]: <docs/b.md>\n", ["docs/a.md", "docs/b.md"]),
        ("<img src=\"logo.png\"> <a href='x.md'>x</a>\n", ["logo.png", "x.md"]),
        ("| a |\n| - |\n| [k](z.md) |\n", ["z.md"]),
        ("- one [l](m.md)\n\n  > [n](o.md)\n", ["m.md", "o.md"]),
        ("`[a](b.md)` and ``[c](d.md)``\n", []),
        ("```\n[a](b.md)\n```\n\n    [c](d.md)\n\n- x\n  ~~~\n  [e](f.md)\n  ~~~\n", []),
        ("[^1]: a footnote\n[a] (no link)\n", []),
        ("A ` lone tick.\n\n[a](b.md) and a ` again\n", ["b.md"]),
    ],
)
def test_targets_are_those_of_links_images_and_definitions(text, expected):
    assert list(targets(text)) == expected


@pytest.mark.parametrize(
    ("target", "source", "expected"),
    [
        ("docs/a.md", "CLAUDE.md", "../a.md"),
        ("./docs/agents/b.md#x", "CLAUDE.md", "b.md#x"),
        ("src/", "CLAUDE.md", "../../src/"),
        (".", "CLAUDE.md", "../.."),
        ("../up.md", "CLAUDE.md", "../../../up.md"),
        ("x.md?raw=1#y", "web/CLAUDE.md", "../../web/x.md?raw=1#y"),
        ("#rules", "CLAUDE.md", "../../CLAUDE.md#rules"),
        ("#mine", "CLAUDE.md", "#mine"),
        ("https://example.com/a.md", "CLAUDE.md", "https://example.com/a.md"),
        ("mailto:a@example.com", "CLAUDE.md", "mailto:a@example.com"),
        ("/docs/a.md", "CLAUDE.md", "/docs/a.md"),
    ],
)
def test_a_moved_link_leads_to_the_same_place(target, source, expected):
    headings = frozenset({"mine"})
    new = moved(target, source, DOC, headings)
    assert new == expected
    assert resolved(new, DOC, source, headings) == resolved(target, source, source, frozenset())


PARTS = st.lists(st.sampled_from(["a", "b c", "..", ".", "docs", "agents", "é%20"]), min_size=1)


@given(PARTS.map("/".join), st.sampled_from(["CLAUDE.md", "a/CLAUDE.md", "docs/agents/x/C.md"]))
def test_every_relative_link_leads_to_the_same_place(target, source):
    new = moved(target, source, DOC, frozenset())
    assert resolved(new, DOC, source, frozenset()) == resolved(target, source, source, frozenset())


@given(st.text(alphabet="[]()<>`~ab.#/: \n\t-|!\"'=srchef", max_size=120))
def test_links_that_were_rewritten_come_back_as_they_were(text):
    rewritten = relink(text, lambda target: moved(target, "CLAUDE.md", DOC, frozenset()))
    if len(targets(rewritten)) == len(targets(text)):
        assert with_targets(rewritten, targets(text)) == text


def test_notes_are_definitions_and_footnotes():
    text = "[Spec]: a.md\n\n[^1]: A note\n  that goes on.\n[^2]: Another.\n\nNo [x]: y.\n"
    found = notes(parse(text))
    assert {name: note.text for name, note in found.items()} == {
        "spec": "[Spec]: a.md\n",
        "^1": "[^1]: A note\n  that goes on.\n",
        "^2": "[^2]: Another.\n",
    }
    assert labels("See [the spec][Spec], [x](y), `[z]` and this.[^1]\n") >= {"spec", "^1"}
    assert not {"z", "x"} & labels("[x](y) `[z]`\n")


LINKED = (
    "| Endpoint | Answer |\n| --- | --- |\n"
    + "".join(f"| `/reports/{n}` | [the report {n}](./src/report.py#L{n}) |\n" for n in range(30))
    + "\nEach has a [format][spec],[^1] and ![a picture](<docs/a b.png>); rights are in"
    " [users](#users), see also [below](#errors).\n\n### Errors\n\nThere are two of them.\n"
)
PADDING = "".join(f"Part {n} does what part {n} has to.\n\n" for n in range(160))
TEXT = (
    f"# App\n\n## API Endpoints\n\n{LINKED}\n## Users\n\nThey have roles.\n\n## About\n\n{PADDING}"
    "[spec]: docs/spec.md\n\n[^1]: As of [2026](docs/2026.md).\n"
)


def test_links_of_a_moved_section_lead_on_from_its_document():
    document = optimized(TEXT).files["docs/agents/api-endpoints.md"].decode()
    assert "[the report 7](../../src/report.py#L7)" in document
    assert "![a picture](<../a b.png>)" in document
    assert "[users](../../CLAUDE.md#users)" in document
    assert "[below](#errors)" in document
    assert document.endswith("\n[spec]: ../spec.md\n\n[^1]: As of [2026](../2026.md).\n")


def test_links_that_moved_come_back_as_they_were():
    result = optimized(TEXT)
    tree = DictTree(result.files)
    entries = read_archives(tree, "CLAUDE.md")
    assert restore(result.files["CLAUDE.md"].decode(), entries) == TEXT
    back = put_back(tree, entries)
    assert back.pop("CLAUDE.md") == TEXT.encode()
    assert set(back.values()) == {None}


def test_links_of_an_archive_lead_on_and_come_back():
    log = history(20).replace("Added", "[Added](./docs/added.md#x)", 2) + "- See [spec].\n"
    text = f"# App\n\n## Changelog\n\n{log}\n## Rules\n\nNever push.\n\n[spec]: docs/spec.md\n"
    result = optimized(text, path="web/CLAUDE.md")
    archive = result.files[".claude/archives/web-CLAUDE-changelog-2026-11.md"].decode()
    assert archive.count("[Added](../../web/docs/added.md#x)") == 2
    assert archive.endswith("\n[spec]: ../../web/docs/spec.md\n")
    entries = read_archives(DictTree(result.files), "web/CLAUDE.md")
    assert restore(result.files["web/CLAUDE.md"].decode(), entries) == text


def test_the_proof_knows_a_link_by_where_it_leads():
    old = "# A\n\nSee [x](docs/x.md).\n\nStays.\n"
    new = "# A\n\nStays.\n"
    for link, lost in (("../x.md", 0), ("docs/x.md", 1), ("../y.md", 1), ("../x.md#y", 1)):
        files = {"CLAUDE.md": new, DOC: f"See [x]({link}).\n"}
        assert len(prove(old, files, target="CLAUDE.md").lost) == lost


def test_a_link_that_stays_is_not_spelled_another_way():
    old, new = "See [x](./docs/x.md).\n", "See [x](docs/x.md).\n"
    assert prove(old, {"CLAUDE.md": new}, target="CLAUDE.md").lost
