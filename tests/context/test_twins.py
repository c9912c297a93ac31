"""Two context files of the same bytes: they stay so, and share what moved out of them."""

from __future__ import annotations

import pytest

from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.optimize import Optimization, optimize_all
from ccm_gitops.context.optimize.overlay import Overlay
from ccm_gitops.context.restoring import all_entries, put_back, read_archives
from tests.support.contexts import NOW, history
from tests.support.trees import DictTree

TEAS = "".join(f"| `/teas/{n}` | GET | the tea {n} as the shelf has it |\n" for n in range(300))
TEXT = f"""\
# Shop

A shop for tea. See [the teas](#api-endpoints), and [the guide](docs/guide.md).

## Rules

Never push to main.

## API Endpoints

All of them speak JSON.

| Endpoint | Method | Answer |
| --- | --- | --- |
{TEAS}| `/` | GET | as in [the guide](docs/guide.md), and for [the rules](#rules) of the shop |

## Completed Work

{history(30)}
"""
NAMES = ("CLAUDE.md", "AGENTS.md")


def both(text: str = TEXT, strategy: str = "moderate") -> tuple[DictTree, list[Optimization]]:
    files = {name: text.encode() for name in NAMES} | {"docs/guide.md": b"# Guide\n"}
    tree = DictTree(files)
    twins = [ContextFile(name, (), files[name]) for name in NAMES]
    return tree, list(optimize_all(twins, tree, strategy=strategy, now=NOW))


def after(tree: DictTree, made: list[Optimization]) -> Overlay:
    return Overlay(tree, {path: data for item in made for path, data in item.files.items()})


def test_they_stay_equal_and_point_to_the_same_files():
    _, (first, second) = both()
    assert {action.type for action in first.plan} == {"archive", "condense"}
    assert first.files["CLAUDE.md"] == second.files["AGENTS.md"]
    assert set(second.files) == {"AGENTS.md"}
    assert second.twin_of == "CLAUDE.md"
    assert not any("AGENTS" in path or "-2." in path for path in first.files)
    assert first.tokens_saved == second.tokens_saved > 0
    held = "".join(data.decode() for path, data in first.files.items() if path not in NAMES)
    assert held.count("/teas/7`") == 1
    assert held.count("the report number 7 ") == 1


@pytest.mark.parametrize("strategy", ["conservative", "moderate", "aggressive"])
@pytest.mark.parametrize("order", [("CLAUDE.md", "AGENTS.md"), ("AGENTS.md", "CLAUDE.md")])
def test_each_has_a_way_back_of_its_own(strategy, order):
    tree, made = both(strategy=strategy)
    state = after(tree, made)
    for name in order:
        own = [entry for _, entry in all_entries(state) if entry.source == name]
        assert own
        state = Overlay(state, put_back(state, own))
        assert state.read(name) == TEXT.encode()
    assert state.paths() == tree.paths()


def test_all_of_it_goes_back_at_once():
    tree, made = both()
    state = after(tree, made)
    files = put_back(state, [entry for _, entry in all_entries(state)])
    assert {files[name] for name in NAMES} == {TEXT.encode()}
    assert all(data is None for path, data in files.items() if path not in NAMES)


def test_what_one_still_points_to_stays_when_the_other_is_restored():
    tree, made = both()
    state = after(tree, made)
    own = read_archives(state, "CLAUDE.md")
    left = Overlay(state, put_back(state, own))
    for path, entry in all_entries(left):
        assert entry.source == "AGENTS.md"
        assert entry.id not in {other.id for other in own}
        assert path.encode() in (left.read("AGENTS.md") or b"") or entry.held_in
    documents = [path for path in made[0].files if path.startswith("docs/agents/")]
    assert documents
    assert all(left.read(path) == made[0].files[path] for path in documents)


def test_one_that_was_restored_and_is_optimised_again_in_the_month_joins_its_twin():
    tree, made = both()
    state = after(tree, made)
    left = Overlay(state, put_back(state, read_archives(state, "CLAUDE.md")))
    again = list(
        optimize_all(
            [ContextFile("CLAUDE.md", (), TEXT.encode())], left, strategy="moderate", now=NOW
        )
    )
    archive = next(path for path in again[0].files if "completed-work" in path)
    assert archive in made[0].files
    state = Overlay(left, again[0].files)
    files = put_back(state, [entry for _, entry in all_entries(state)])
    assert {files[name] for name in NAMES} == {TEXT.encode()}


NEAR = TEXT.replace("for [the rules](#rules)", "for the rules")
NEARLY = {"CLAUDE.md": NEAR, "AGENTS.md": NEAR.replace("A shop for", "For agents: a shop for")}


def nearly_the_same() -> tuple[DictTree, list[Optimization]]:
    tree = DictTree({**NEARLY, "docs/guide.md": "# Guide\n"})
    files = [ContextFile(name, (), text.encode()) for name, text in NEARLY.items()]
    return tree, list(optimize_all(files, tree, strategy="moderate", now=NOW))


def test_files_that_are_nearly_the_same_share_a_document_of_the_same_text():
    tree, made = nearly_the_same()
    documents = {path for item in made for path in item.files if path.startswith("docs/agents/")}
    assert documents == {"docs/agents/api-endpoints.md"}
    state = after(tree, made)
    for item in made:
        assert b"`docs/agents/api-endpoints.md`" in item.files[item.file.path]
    assert (state.read("docs/agents/api-endpoints.md") or b"").count(b"/teas/7`") == 1


@pytest.mark.parametrize("order", [("CLAUDE.md", "AGENTS.md"), ("AGENTS.md", "CLAUDE.md")])
def test_each_of_them_comes_back_alone(order):
    tree, made = nearly_the_same()
    state = after(tree, made)
    for name in order:
        state = Overlay(state, put_back(state, read_archives(state, name)))
        assert state.read(name) == NEARLY[name].encode()
    assert state.paths() == tree.paths()


def test_a_copy_that_is_optimised_later_joins_the_documents_that_are_there():
    tree = DictTree(dict.fromkeys(NAMES, NEAR))
    state: Overlay | DictTree = tree
    for name in NAMES:
        file = ContextFile(name, (), NEAR.encode())
        [made] = optimize_all([file], state, strategy="moderate", now=NOW)
        state = Overlay(state, made.files)
    documents = {path for path in state.paths() if path.startswith("docs/agents/")}
    assert documents == {"docs/agents/api-endpoints.md"}


def test_an_edit_of_one_makes_no_second_copy_of_what_moved():
    tree, made = both()
    state = after(tree, made)
    new = (state.read("CLAUDE.md") or b"").decode() + history(40, start=100)
    state = Overlay(state, {"CLAUDE.md": new.encode()})
    files = [ContextFile(name, (), state.read(name) or b"") for name in NAMES]
    first, second = optimize_all(files, state, strategy="moderate", now=NOW)
    assert first.tokens_saved > 0
    assert second.files == {}
    assert not any(path.endswith("-2.md") for path in first.files)
