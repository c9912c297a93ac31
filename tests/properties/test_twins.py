"""The guarantees for context files of the same bytes, over documents of every kind of block."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_gitops.context.loading import load
from ccm_gitops.context.optimize import optimize_all
from ccm_gitops.context.optimize.overlay import Overlay
from ccm_gitops.context.restoring import all_entries, put_back
from tests.properties.test_guarantees import STRATEGY, documents, run
from tests.support.contexts import NOW
from tests.support.trees import DictTree

NAMES = ("CLAUDE.md", "AGENTS.md")


@settings(run, max_examples=10)
@given(documents(), STRATEGY, st.permutations(NAMES))
def test_twins_stay_twins_and_each_comes_back_alone(text, strategy, order):
    tree = DictTree(dict.fromkeys(NAMES, text))
    made = list(optimize_all(load(tree, NAMES), tree, strategy=strategy, now=NOW))
    state = Overlay(tree, {path: data for item in made for path, data in item.files.items()})
    assert state.read("CLAUDE.md") == state.read("AGENTS.md")
    for name in order:
        own = [entry for _, entry in all_entries(state) if entry.source == name]
        state = Overlay(state, put_back(state, own))
        assert state.read(name) == text.encode()
    assert state.paths() == tree.paths()
