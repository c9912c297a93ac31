"""What waited for the hour is taken up by the first run after it, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ccm_gitops import ledger
from ccm_gitops.config.model import Publish
from ccm_gitops.execution import Execution
from ccm_gitops.state.model import BranchRecord, ProjectState, State, TaskState
from tests.test_planning import NOW, config, plan_of, task


def test_pull_requests_that_waited_for_the_hour_are_the_rest_of_a_spent_slot():
    limited = replace(task("tidy"), publish=Publish(mode="pull_request", limits_per_hour=1))
    waits = BranchRecord(
        waiting="waits: 1 pull requests were opened in an hour (limits.per_hour: 1)"
    )
    opened = BranchRecord(opened_at=NOW - timedelta(minutes=59))
    other = BranchRecord(waiting="waits: 10 pull requests are open there (limits.open: 10)")
    records = {"a": waits, "b": opened, "c": other, "d": waits}
    state = State(
        tasks={"tidy": TaskState(since=NOW)},
        projects={
            id: ProjectState(branches={"ccm/tidy": record}) for id, record in records.items()
        },
    )
    assert plan_of(config(limited), state).due == ()
    later = NOW + timedelta(minutes=2)
    plan = plan_of(config(limited), state, later)
    [planned] = plan.due
    assert (planned.only, planned.slot) == (frozenset({"a", "d"}), None)
    # Taken up once: what must still wait says so again, and what is gone does not come back.
    claimed = ledger.claim(state, plan, "here", later)
    done = Execution(
        id=planned.execution,
        task_id="tidy",
        task_name="tidy",
        task_type="analyze",
        machine="here",
        trigger="scheduled",
        status="completed",
        completed_at=later,
    )
    after = ledger.settle(claimed, planned, done)
    assert after.tasks["tidy"].since == NOW
    assert plan_of(config(limited), after, later).due == ()
    assert plan_of(config(replace(limited, enabled=False)), state, later).due == ()
