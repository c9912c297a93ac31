"""Files that a schedule watches: which fit, what is remembered of them, which projects changed."""

from __future__ import annotations

import pytest

from ccm_gitops.globs import matcher
from ccm_gitops.schedule.changed import changed, digest, is_of


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("CLAUDE.md", ["CLAUDE.md"], ["docs/CLAUDE.md", "CLAUDExmd", "CLAUDE.md/x"]),
        ("docs/**", ["docs/a.md", "docs/b/c.md"], ["docs", "docsx/a.md", "x/docs/a.md"]),
        ("**/AGENTS.md", ["AGENTS.md", "a/AGENTS.md", "a/b/AGENTS.md"], ["a/xAGENTS.md"]),
        ("docs/*.md", ["docs/a.md", "docs/.md"], ["docs/b/a.md", "docs/a.txt"]),
        ("docs/**/a?.md", ["docs/ab.md", "docs/x/y/a1.md"], ["docs/a.md", "docs/a/.md"]),
        ("a+(b)[c].md", ["a+(b)[c].md"], ["aab.md", "a+(b)c.md"]),
        ("line\nbreak*", ["line\nbreak.md"], ["line"]),
    ],
)
def test_which_paths_fit_a_pattern(pattern, fits, does_not):
    is_watched = matcher([pattern])
    assert [path for path in fits if not is_watched(path)] == []
    assert [path for path in does_not if is_watched(path)] == []


def test_a_path_that_fits_one_of_several_patterns_is_watched():
    assert matcher(["a.md", "b/**"])("b/c")


PATTERNS = ["CLAUDE.md", "docs/**"]
BEFORE = [("CLAUDE.md", "100644 aa"), ("docs/a.md", "100644 bb")]


@pytest.mark.parametrize(
    "after",
    [
        [("CLAUDE.md", "100644 ab"), ("docs/a.md", "100644 bb")],
        [("CLAUDE.md", "100755 aa"), ("docs/a.md", "100644 bb")],
        [("CLAUDE.md", "100644 aa")],
        [*BEFORE, ("docs/\udcff.md", "100644 aa")],
        [("CLAUDE.md", "100644 aa"), ("docs/b.md", "100644 bb")],
        [],
    ],
)
def test_a_file_that_is_other_new_gone_or_renamed_is_a_change(after):
    seen = {"api": digest(PATTERNS, BEFORE)}
    assert changed(seen, {"api": digest(PATTERNS, after)}) == ("api",)
    assert changed(seen, {"api": digest(PATTERNS, reversed(BEFORE))}) == ()


def test_a_project_that_is_new_and_other_patterns_wait_for_the_next_change():
    now = digest(PATTERNS, BEFORE)
    assert changed({}, {"api": now}) == ()
    assert changed({"api": digest(["CLAUDE.md"], BEFORE)}, {"api": now}) == ()


def test_what_was_read_from_the_same_refs_by_the_same_patterns_is_known():
    known = digest(PATTERNS, BEFORE, "stamp")
    assert is_of(known, PATTERNS, "stamp")
    assert not is_of(known, PATTERNS, "other")
    assert not is_of(known, ["CLAUDE.md"], "stamp")
    assert changed({"api": known}, {"api": digest(PATTERNS, BEFORE, "other")}) == ()
