"""The chain over the history: whatever is changed, removed or added is told, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.state.chain import link, pruned, trace
from ccm_gitops.state.file_store import FileStore
from ccm_gitops.state.model import Chain, State
from ccm_gitops.state.store import Update

KEEP = timedelta(days=60)
START = datetime(2026, 1, 20, tzinfo=UTC)


def lines(count: int) -> list[dict[str, object]]:
    return [
        {"kind": "lost", "at": "2026-01-19T09:00:00Z", "n": n, "ü": "\u2028"} for n in range(count)
    ]


def written(count: int) -> tuple[list[str], Chain]:
    return link(lines(count), Chain())


def record(store: FileStore, days: int, *names: str) -> None:
    at = f"{START + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    history = tuple({"kind": "lost", "at": at, "name": name} for name in names)
    store.update(lambda state: Update(state, None, history))


def found(store: FileStore):
    return trace(store.history_files(), store.load().chain or Chain())


@given(st.integers(1, 8), st.data())
def test_a_line_that_is_changed_removed_or_moved_breaks_the_chain(count, data):
    texts, chain = written(count)
    place = data.draw(st.integers(0, count - 1))
    how = data.draw(st.sampled_from(["change", "remove", "garble"]))
    others = list(texts)
    if how == "remove":
        del others[place]
    else:
        others[place] = texts[place].replace("lost", "kept") if how == "change" else "{"
    whole = trace({"history/2026-01.jsonl": "\n".join(texts)}, chain)
    broken = trace({"history/2026-01.jsonl": "\n".join(others)}, chain)
    assert (whole.breaks, whole.lines, whole.beside) == (False, count, 0)
    assert broken.breaks
    line = place + (1 if how == "remove" else 2)
    last = place == count - 1
    assert broken.after == (None if last else f"history/2026-01.jsonl:{line}")


def test_a_line_that_somebody_added_is_beside_the_chain():
    texts, chain = written(3)
    more = trace({"history/2026-01.jsonl": "\n".join([*texts, '{"kind": "lost"}'])}, chain)
    assert (more.breaks, more.lines, more.beside, more.earlier) == (False, 3, 0, 1)


def test_a_history_without_its_state_is_beside_the_chain():
    texts, _ = written(3)
    alone = trace({"history/2026-01.jsonl": "\n".join(texts)}, Chain())
    assert (alone.breaks, alone.lines, alone.beside) == (False, 0, 3)


def test_the_chain_goes_on_over_months_and_clocks_that_step_back(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    for days in (0, 20, 5, 30):
        record(store, days, "one", "two")
    assert (found(store).breaks, found(store).lines) == (False, 8)


def test_what_is_pruned_leaves_the_chain_whole_and_its_start_known(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    for days in range(0, 200, 7):
        record(store, days, f"line {days}")
        assert not found(store).breaks
    assert found(store).lines < 15
    oldest, *others = sorted((tmp_path / "history").iterdir())
    oldest.unlink()
    assert found(store).breaks
    assert found(store).after == f"history/{others[0].name}:1"


def test_a_broken_chain_stays_broken_when_what_is_before_it_is_pruned():
    texts, chain = written(6)
    kept = {"history/2026-02.jsonl": "\n".join([texts[3].replace("lost", "kept"), *texts[4:]])}
    gone = {"history/2026-01.jsonl": "\n".join(texts[:3])}
    assert trace(kept, pruned(kept, gone, chain)).breaks
    right = {"history/2026-02.jsonl": "\n".join(texts[3:])}
    assert not trace(right, pruned(right, gone, chain)).breaks


def test_lines_that_are_newer_than_a_state_that_was_put_back_are_beside_the_chain(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    record(store, 0, "before")
    backup = store.path.read_bytes()
    record(store, 1, "half")
    with (tmp_path / "history" / "2026-01.jsonl").open("a") as file:
        file.write('{"kind": "torn')
    store.path.write_bytes(backup)
    record(store, 2, "after")
    assert [line["name"] for line in store.history()] == ["before", "half", "after"]
    assert (found(store).breaks, found(store).lines, found(store).beside) == (False, 2, 1)


def test_lines_from_before_there_was_a_chain_are_told_apart(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "2026-01.jsonl").write_text('{"kind": "execution"}\n{"kind": "lost"}\n')
    record(store, 0, "first")
    assert (found(store).breaks, found(store).lines, found(store).earlier) == (False, 1, 2)


def test_a_state_without_history_has_no_chain(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    store.update(lambda state: Update(replace(state, starts=(START,)), None))
    assert store.load() == State(starts=(START,))
    assert not found(store).breaks
