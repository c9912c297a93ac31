"""The proof accepts what moved, and nothing else."""

from __future__ import annotations

import time

import pytest

from ccm_gitops.context.proof import Proof, prove
from ccm_gitops.errors import ProofError

OLD = """\
# App

Keep it small.

## History

- 2025-01-01 first release
- 2025-02-02 second release

```text
one
two
```

## Rules

Never push to main.

Ask before you deploy.

Keep it small.
"""
HISTORY = """\
- 2025-01-01 first release
- 2025-02-02 second release

```text
one
two
```
"""
NEW = OLD.replace(HISTORY, "> Archived: earlier work is in `a.md`; read it.\n")
ARCHIVE = (
    f"---\narchive: 1\n---\n\n# Archived\n\n<!-- ccm:begin x -->\n\n{HISTORY}\n<!-- ccm:end x -->\n"
)


def proof_of(new: str, **others: str) -> Proof:
    return prove(OLD, {"CLAUDE.md": new, **others}, target="CLAUDE.md")


@pytest.mark.parametrize(
    ("new", "others", "counts"),
    [
        pytest.param(OLD, {}, (10, 0, 0), id="nothing changed"),
        pytest.param(NEW, {"a": ARCHIVE}, (7, 3, 0), id="a section moved to an archive"),
        pytest.param(OLD.replace("\n\n", "\n\n\n"), {}, (10, 0, 0), id="blank lines were added"),
        pytest.param(
            OLD.removesuffix("\nKeep it small.\n"), {}, (9, 0, 1), id="a copy of kept text went"
        ),
        pytest.param(OLD.rstrip(), {}, (10, 0, 0), id="the last line end went"),
        pytest.param("", {"a": OLD}, (0, 10, 0), id="all of it moved"),
        pytest.param(
            OLD.replace("- 2025-01-01 first release\n", ""),
            {"a": "- 2025-01-01 first release\n"},
            (9, 1, 0),
            id="one item of a list moved",
        ),
    ],
)
def test_accepts(new, others, counts):
    proof = proof_of(new, **others)
    proof.require()
    assert (proof.kept, proof.moved, proof.duplicates) == counts
    assert proof.to_json() == {
        "blocks": 10,
        "kept": counts[0],
        "moved": counts[1],
        "duplicates": counts[2],
        "lost": 0,
    }


@pytest.mark.parametrize(
    ("new", "others"),
    [
        pytest.param(NEW, {}, id="the archive was taken out of the commit"),
        pytest.param(
            NEW.replace("Never push to main.\n", ""), {"a": ARCHIVE}, id="a block dropped"
        ),
        pytest.param(NEW, {"a": ARCHIVE.replace("two\n", "")}, id="a line dropped inside a fence"),
        pytest.param(NEW.replace("Never", "Always"), {"a": ARCHIVE}, id="a word changed"),
        pytest.param(
            NEW.replace("Never push to main.", "X")
            .replace("Ask before you deploy.", "Never push to main.")
            .replace("X", "Ask before you deploy."),
            {"a": ARCHIVE},
            id="two kept blocks swapped",
        ),
        pytest.param(NEW, {"a": ARCHIVE[: ARCHIVE.index("```text")]}, id="a truncated archive"),
        pytest.param("", {"a": ARCHIVE}, id="an emptied target"),
        pytest.param(
            NEW.replace("main.\n\nAsk", "main.\nAsk"), {"a": ARCHIVE}, id="two blocks merged"
        ),
        pytest.param(
            NEW.replace("Never push to main.", "Never push to main!"),
            {"a": ARCHIVE + "\nNever push to main, or else.\n"},
            id="near copies taken for copies",
        ),
        pytest.param(
            OLD.replace("two\n```\n", "two\n"), {"a": "```\n"}, id="a cut inside an open fence"
        ),
        pytest.param(
            NEW, {"a": f"---\ntext: |\n{HISTORY}---\n"}, id="text only in an archive's front matter"
        ),
        pytest.param(
            NEW.replace("Keep it small.", "Keep it small. Or not."),
            {"a": ARCHIVE},
            id="text only as a part of a longer line",
        ),
        pytest.param(f"<!--\n{OLD}-->\n", {}, id="all of it hidden in a comment"),
        pytest.param(f"````\n{OLD}````\n", {}, id="all of it hidden in a fence"),
        pytest.param(OLD.replace("\n", "\r\n"), {}, id="line ends changed inside blocks"),
    ],
)
def test_refuses(new, others):
    proof = proof_of(new, **others)
    assert proof.lost
    with pytest.raises(ProofError, match="would lose"):
        proof.require()


def test_a_target_that_is_no_part_of_the_commit_counts_as_empty():
    assert len(prove(OLD, {}, target="CLAUDE.md").lost) == 10


def test_the_error_names_the_first_lost_line():
    with pytest.raises(ProofError, match=r"1 of 10 blocks, the first at line 17 \('Never push"):
        proof_of(OLD.replace("Never push to main.\n", "")).require()


def test_blocks_that_stay_are_found_in_order_whatever_repeats_between_them():
    """The longest common run of blocks may not be the right one."""
    old = "\n\n".join("aZbZcqabc")
    new = "\n\n".join("abcq")
    assert not prove(old, {"t": new, "other": "Z\n"}, target="t").lost


def test_a_block_that_changed_its_place_is_neither_kept_nor_a_duplicate():
    proof = prove("a\n\nb\n\nc\n", {"t": "c\n\na\n\nb\n"}, target="t")
    assert (proof.kept, proof.duplicates, len(proof.lost)) == (2, 0, 1)


def test_equal_blocks_take_linear_time():
    text = "# A\n\n- a\n\nText.\n\n" * 4000
    started = time.process_time()
    assert prove(text, {"t": text}, target="t").kept == 12_000
    assert time.process_time() - started < 5
