"""Sending goes on while the state cannot be reached, and is written down at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from ccm_gitops.clock import system_clock
from ccm_gitops.config.model import Config, FileState, Settings
from ccm_gitops.errors import GitError
from ccm_gitops.notify.outbox import entries_of, with_entries
from ccm_gitops.runtime import Runtime
from ccm_gitops.sending import send_messages
from ccm_gitops.state.file_store import FileStore
from ccm_gitops.state.model import State
from ccm_gitops.state.store import Update
from tests.notify.samples import NOW, entry, webhook
from tests.support.receiver import Receiver


@dataclass(frozen=True)
class _LostOnce(FileStore):
    """A store that is out of reach at its first change."""

    tries: list[int] = field(default_factory=list)

    def update(self, change):
        self.tries.append(1)
        if len(self.tries) == 1:
            raise GitError("the remote does not answer")
        return super().update(change)


def test_a_state_that_is_out_of_reach_for_a_moment_stops_no_messages(tmp_path):
    path = tmp_path / "state.json"
    waiting = with_entries(State(), [entry(f"evt_{number}") for number in range(30)])
    FileStore(path, timedelta(days=90)).update(lambda _: Update(waiting, None))
    store = _LostOnce(path, timedelta(days=90))
    with Receiver() as receiver:
        environ = {"HOOK_URL": receiver.url, "CCM_NOW": NOW.isoformat()}
        runtime = Runtime(
            config=Config(
                path=tmp_path / "s.yaml",
                settings=Settings(state=FileState(path)),
                webhooks=(webhook(),),
            ),
            store=store,
            clock=system_clock(environ),
            environ=environ,
            home=tmp_path,
            cache=tmp_path,
        )
        reports = send_messages(runtime, store.load(), "laptop", at_end=True)
    assert [report.status for report in reports] == ["delivered"] * 30
    assert len(receiver.received) == 30
    assert entries_of(store.load()) == ()
    assert len(store.tries) > 1
