"""The gate before every write: whatever the optimiser does wrong, no text is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccm_gitops.context import optimize as room
from ccm_gitops.context.optimize.apply import Applied, apply
from ccm_gitops.errors import ProofError
from tests.support.contexts import history, optimized

TEXT = f"# App\n\nA tool.\n\n## Changelog\n\n{history(30)}"


def without_archives(applied: Applied) -> Applied:
    return replace(applied, files={"CLAUDE.md": applied.text})


def with_a_line_less(applied: Applied) -> Applied:
    files = {path: text.replace("A tool.\n", "") for path, text in applied.files.items()}
    return replace(applied, files=files)


def without_the_way_back(applied: Applied) -> Applied:
    return replace(applied, entries=())


def test_the_text_is_one_that_is_optimised():
    assert optimized(TEXT).files


@pytest.mark.parametrize("spoil", [without_archives, with_a_line_less, without_the_way_back])
def test_an_optimiser_that_loses_something_is_stopped(spoil, monkeypatch):
    monkeypatch.setattr(room, "apply", lambda *args, **rest: spoil(apply(*args, **rest)))
    with pytest.raises(ProofError):
        optimized(TEXT)
