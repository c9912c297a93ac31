"""The state on a branch: shared by runners that see each other only through a bare remote."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from ccm_gitops.clock import Clock
from ccm_gitops.config.model import Author
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.state.branch_store import BranchStore
from ccm_gitops.state.chain import trace
from ccm_gitops.state.model import Chain, Heartbeat, State
from ccm_gitops.state.store import Update
from tests.support.repos import files_at, git, make_bare, make_repo
from tests.support.sandbox import Sandbox

NOON = datetime(2026, 1, 19, 12, tzinfo=UTC)
STILL = Clock(now=lambda: NOON, elapsed=lambda: 0.0)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return make_bare(tmp_path / "remote.git", make_repo(tmp_path / "seed", {"a": "b\n"}))


def open_store(remote: Path, cache: Path) -> BranchStore:
    clone = Clone.open(f"file://{remote}", cache)
    return BranchStore(clone, "ccm-state", Author(), STILL, timedelta(days=90))


def seen(at: datetime) -> State:
    return State(heartbeat=Heartbeat(at=at, machine="m"))


def beat(now: datetime, _: State) -> Update[None]:
    return Update(seen(now), None)


def write_down(line: dict[str, str], state: State) -> Update[None]:
    return Update(state, None, (line,))


def add_message(state: State) -> Update[None]:
    line = {"kind": "lost", "at": "2026-01-19T00:00:00Z"}
    return Update(replace(state, outbox=(*state.outbox, {"id": "x"})), None, (line,))


def test_what_one_runner_writes_another_reads(remote, tmp_path):
    line = {"n": 1, "at": "2026-01-19T00:00:00Z"}
    open_store(remote, tmp_path / "one").update(lambda _: Update(seen(NOON), None, (line,)))
    other = open_store(remote, tmp_path / "two")
    assert other.load().heartbeat == seen(NOON).heartbeat
    assert list(other.history()) == [line]
    assert set(files_at(remote, "ccm-state")) == {"state.json", "history/2026-01.jsonl"}


def test_the_branch_stays_one_commit(remote, tmp_path):
    store = open_store(remote, tmp_path / "one")
    for _ in range(3):
        store.update(add_message)
    assert git(remote, "rev-list", "--count", "ccm-state") == "1"
    assert len(open_store(remote, tmp_path / "two").load().outbox) == 3


def test_whole_months_that_are_older_than_is_kept_go(remote, tmp_path):
    store = open_store(remote, tmp_path / "one")
    for month in ("2025-09", "2026-01"):
        line = {"at": f"{month}-03T00:00:00Z"}
        store.update(partial(write_down, line))
    assert set(files_at(remote, "ccm-state")) == {"state.json", "history/2026-01.jsonl"}


def test_a_heartbeat_alone_is_pushed_once_an_hour(remote, tmp_path):
    store = open_store(remote, tmp_path / "one")
    tips = []
    for minutes in (0, 15, 59, 60):
        now = NOON + timedelta(minutes=minutes)
        store.update(partial(beat, now))
        tips.append(git(remote, "rev-parse", "ccm-state"))
    assert tips[0] == tips[1] == tips[2] != tips[3]


def _count(remote: str, cache: str, times: int) -> None:
    store = open_store(Path(remote), Path(cache))
    for _ in range(times):
        store.update(add_message)


def test_no_update_of_several_runners_is_lost(remote, tmp_path):
    context = multiprocessing.get_context("forkserver")
    runners = [
        context.Process(target=_count, args=(str(remote), str(tmp_path / f"cache{n}"), 3))
        for n in range(3)
    ]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
        assert runner.exitcode == 0
    last = open_store(remote, tmp_path / "last")
    assert len(last.load().outbox) == 9
    chain = trace(last.history_files(), last.load().chain or Chain())
    assert (chain.breaks, chain.lines, chain.beside) == (False, 9, 0)


def test_a_run_keeps_its_state_on_the_branch_and_a_fresh_clone_goes_on_from_it(tmp_path):
    seed = make_repo(tmp_path / "seed", {"README.md": "# Ops\n"})
    remote = make_bare(tmp_path / "remote.git", seed)
    due = []
    for name, now in (("one", "2026-01-19T09:00:00Z"), ("two", "2026-01-19T10:00:00Z")):
        git(tmp_path, "clone", "--quiet", f"file://{remote}", name)
        sandbox = Sandbox(tmp_path / name)
        sandbox.configure(
            settings={"state": {"branch": "ccm-state"}},
            tasks=[{"id": "a", "name": "A", "type": "analyze", "schedule": {"interval": "1d"}}],
        )
        ran = sandbox.ccm("run", "--json", now=now)
        assert ran.code == 0, ran.err
        due.append(ran.json["due"])
        assert not (tmp_path / name / ".ccm").exists()
    assert due == [["a"], []]
    history = sandbox.ccm("schedule", "history", "--json", now=now).json
    assert [line["status"] for line in history] == ["completed"]
