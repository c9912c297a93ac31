"""The state file: what is written is read back, and what cannot be read is refused in words."""

from __future__ import annotations

import json
import multiprocessing
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import jsonschema
import pytest

from ccm_gitops.errors import StateBusyError, StateError
from ccm_gitops.files import append_line, locked
from ccm_gitops.schedule.threshold import Edge
from ccm_gitops.state import file_store
from ccm_gitops.state.chain import trace
from ccm_gitops.state.codec import decode, encode
from ccm_gitops.state.file_store import FileStore
from ccm_gitops.state.migrate import STEPS
from ccm_gitops.state.model import (
    VERSION,
    BranchRecord,
    Chain,
    Claim,
    Figures,
    Heartbeat,
    LastRun,
    ProjectState,
    Proposal,
    State,
    TaskState,
    WebhookState,
)
from ccm_gitops.state.store import Update

NOON = datetime(2026, 1, 19, 12, tzinfo=UTC)
KEEP = timedelta(days=90)
FULL = State(
    heartbeat=Heartbeat(at=NOON, machine="laptop"),
    tasks={
        "guard": TaskState(
            since=NOON,
            enabled=False,
            claim=Claim(
                execution="guard-1",
                trigger="threshold",
                machine="laptop",
                at=NOON,
                expires_at=NOON,
                slot=NOON,
                attempt=2,
                fired={"api": 41.0},
            ),
            last=LastRun(execution="guard-0", status="failed", started_at=NOON, completed_at=NOON),
            edges={"api": Edge(holds=False, fired_at=NOON)},
        )
    },
    projects={
        "api": ProjectState(
            figures=Figures(
                key="k", optimization_score=0, token_count=1, issue_count=2, file_size=3
            ),
            branches={
                "ccm/guard": BranchRecord(
                    tip="a" * 40,
                    standing=Proposal(content="b" * 64, made_at=NOON, commit="a" * 40),
                    push="origin",
                    settled=(Proposal(content="c" * 64, made_at=NOON, commit="d" * 40),),
                )
            },
        )
    },
    outbox=({"id": "m1", "attempts": 0},),
    starts=(NOON,),
    webhooks={
        "hook": WebhookState(
            failure_count=6, last_used_at=NOON, last_error="answered 404", open_until=NOON
        ),
        "well": WebhookState(last_used_at=NOON),
    },
    failing={"guard": NOON},
    chain=Chain(head="e" * 64, start="f" * 64),
)


def test_a_missing_file_is_an_empty_state(tmp_path):
    assert FileStore(tmp_path / "state.json", KEEP).load() == State()


def test_everything_written_is_read_back(tmp_path):
    store = FileStore(tmp_path / ".ccm" / "state.json", KEEP)
    store.update(lambda _: Update(FULL, None))
    assert store.load() == FULL


def test_the_file_fits_its_schema(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    store.update(lambda _: Update(FULL, None))
    schema = json.loads(Path("schema/state.schema.json").read_text())
    jsonschema.validate(json.loads(store.path.read_text()), schema)


def test_lines_that_wait_to_be_appended_are_kept_as_they_are():
    state = State(unwritten=('{"at": "2026-01-19T12:00:00Z", "ü": "\\u2028\\""}',))
    assert decode(encode(state), "state.json") == state


def test_an_update_that_changes_nothing_leaves_the_file_alone(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    store.update(lambda _: Update(FULL, None))
    before = store.path.stat()
    store.update(lambda state: Update(state, None))
    assert store.path.stat() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "damaged"),
        (b'{"version": 1, "tasks": {"a": {}}}', "damaged"),
        (b'{"version": 1, "tasks": []}', "damaged"),
        (b"[]", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b'{"version": 0, "tasks": []}', "damaged"),
        (b'{"version": 1, "unwritten": ["torn {"]}', "damaged"),
        (b'{"version": 1, "unwritten": ["[1]"]}', "damaged"),
        (b'{"version": -1}', "upgrade ccm-gitops"),
        (b'{"version": 2}', "upgrade ccm-gitops"),
        (b'{"version": "1"}', "upgrade ccm-gitops"),
    ],
)
def test_a_state_that_cannot_be_read_is_refused_and_kept(tmp_path, content, words):
    store = FileStore(tmp_path / "state.json", KEEP)
    store.path.write_bytes(content)
    with pytest.raises(StateError, match=words):
        store.update(lambda _: Update(FULL, None))
    assert store.path.read_bytes() == content


OLD = b"""{
  "version": 0,
  "last_check_at": "2026-01-19T12:00:00Z",
  "machine": "laptop",
  "tasks": {"guard": "2026-01-19T12:00:00Z"}
}"""


def test_a_state_of_an_older_version_is_read_and_written_as_todays(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    store.path.write_bytes(OLD)
    known = State(
        heartbeat=Heartbeat(at=NOON, machine="laptop"), tasks={"guard": TaskState(since=NOON)}
    )
    assert store.load() == known
    store.update(lambda state: Update(replace(state, starts=(NOON,)), None))
    assert json.loads(store.path.read_bytes())["version"] == VERSION == len(STEPS)
    assert store.load() == replace(known, starts=(NOON,))
    assert (tmp_path / "state.json.bak").read_bytes() == OLD


def test_a_store_that_is_locked_by_another_process_is_busy(tmp_path, monkeypatch):
    monkeypatch.setattr(file_store, "_LOCK_WAIT", 0.05)
    store = FileStore(tmp_path / "state.json", KEEP)
    with locked(tmp_path / "state.json.lock", wait=0), pytest.raises(StateBusyError) as caught:
        store.update(lambda _: Update(FULL, None))
    assert caught.value.exit_code == 75


def add_message(state: State) -> Update[None]:
    return Update(replace(state, outbox=(*state.outbox, {"id": "x"})), None)


def _count(path: str, times: int) -> None:
    store = FileStore(Path(path), KEEP)
    line = {"kind": "lost", "at": "2026-01-19T00:00:00Z"}
    for _ in range(times):
        store.update(
            lambda state: Update(replace(state, outbox=(*state.outbox, {"id": "x"})), None, (line,))
        )


def test_no_update_of_several_processes_is_lost(tmp_path):
    path = tmp_path / "state.json"
    context = multiprocessing.get_context("forkserver")
    runners = [context.Process(target=_count, args=(str(path), 10)) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    store = FileStore(path, KEEP)
    assert len(store.load().outbox) == 40
    chain = trace(store.history_files(), store.load().chain or Chain())
    assert (chain.breaks, chain.lines, chain.beside) == (False, 40, 0)


def record(store: FileStore, month: str, *numbers: int) -> None:
    lines = tuple({"n": n, "at": f"{month}-03T00:00:00Z"} for n in numbers)
    store.update(lambda state: Update(state, None, lines))


def test_history_is_read_in_order_over_months_and_a_torn_line_is_passed_over(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    record(store, "2026-02", 2)
    record(store, "2026-01", 0, 1)
    with (tmp_path / "history" / "2026-02.jsonl").open("a") as file:
        file.write('{"n": 3')
    assert [line["n"] for line in store.history()] == [0, 1, 2]
    record(store, "2026-02", 4)
    assert [line["n"] for line in store.history()] == [0, 1, 2, 4]


def test_a_crash_between_state_and_history_loses_no_line_and_repeats_none(tmp_path, monkeypatch):
    appended: list[str] = []

    def crash(path: Path, text: str) -> None:
        if appended:
            append_line(path, text)
            os.truncate(path, path.stat().st_size - 20)
            raise OSError(28, "No space left on device")
        appended.append(text)
        append_line(path, text)

    store = FileStore(tmp_path / "state.json", KEEP)
    with monkeypatch.context() as patch, pytest.raises(StateError, match="No space left"):
        patch.setattr(file_store, "append_line", crash)
        record(store, "2026-01", 1, 2, 3)
    assert [line["n"] for line in store.history()] == [1, 2, 3]
    record(store, "2026-01", 4)
    store.update(lambda state: Update(replace(state, starts=(NOON,)), None))
    assert [line["n"] for line in store.history()] == [1, 2, 3, 4]
    chain = trace(store.history_files(), store.load().chain or Chain())
    assert (chain.breaks, chain.lines, chain.beside, store.load().unwritten) == (False, 4, 0, ())


def test_whole_months_that_are_older_than_is_kept_go(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    for month in ("2025-10", "2025-11", "2026-01", "2026-02"):
        record(store, month, 1)
    kept = sorted(path.stem for path in (tmp_path / "history").iterdir())
    assert kept == ["2025-11", "2026-01", "2026-02"]


def test_the_state_before_the_last_change_stands_beside_it(tmp_path):
    store = FileStore(tmp_path / "state.json", KEEP)
    for machine in ("one", "two", "three"):
        seen = State(heartbeat=Heartbeat(at=NOON, machine=machine))
        store.update(partial(lambda made, _: Update(made, None), seen))
    before = FileStore(tmp_path / "state.json.bak", KEEP).load()
    assert before.heartbeat == Heartbeat(at=NOON, machine="two")
    assert {path.name for path in tmp_path.iterdir()} == {
        *("state.json", "state.json.bak", "state.json.lock")
    }
    store.path.write_bytes(b"{")
    with pytest.raises(StateError, match=r"with \.bak behind its name"):
        store.load()
