"""Plans and what the state remembers of them, without a runner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ccm_gitops import ledger
from ccm_gitops.config.model import AnalyzeConfig, Config, FileState, Settings, Task
from ccm_gitops.execution import Execution
from ccm_gitops.planning import LEASE, Planned, RunOptions, in_order, make_plan, unmet_need
from ccm_gitops.schedule.model import Interval
from ccm_gitops.state.model import LastRun, State, TaskState

NOW = datetime(2026, 1, 19, 9, tzinfo=UTC)
HERE = RunOptions(machine="here")


def task(id: str, *, needs: tuple[str, ...] = ()) -> Task:
    schedule = Interval(timedelta(days=1))
    return Task(
        id=id, name=id, type="analyze", schedule=schedule, config=AnalyzeConfig(), needs=needs
    )


def config(*tasks: Task) -> Config:
    settings = Settings(state=FileState(Path("state.json")))
    return Config(path=Path("schedules.yaml"), settings=settings, tasks=tasks)


def plan_of(configuration: Config, state: State, now: datetime = NOW):
    return make_plan(configuration, state, HERE, now, {})


def claimed(configuration: Config, state: State = State(), now: datetime = NOW):  # noqa: B008
    plan = plan_of(configuration, state, now)
    return plan, ledger.claim(state, plan, "here", now)


def ended(planned: Planned, status: str = "completed", at: datetime = NOW) -> Execution:
    return Execution(
        id=planned.execution,
        task_id=planned.task.id,
        task_name="",
        task_type="analyze",
        machine="here",
        trigger=planned.trigger,
        status=status,  # type: ignore[arg-type]
        started_at=at,
        completed_at=at,
    )


def test_tasks_come_after_what_they_need_and_else_as_in_the_file():
    tasks = [task("d", needs=("c", "a")), task("a"), task("c", needs=("a",)), task("b")]
    planned = [Planned(task=item, execution=item.id, trigger="scheduled") for item in tasks]
    assert [item.task.id for item in in_order(planned)] == ["a", "c", "d", "b"]


def test_a_need_that_was_skipped_or_never_ran_holds_a_task_back():
    wants = task("b", needs=("a",))
    last = LastRun(execution="x", status="failed", started_at=NOW, completed_at=NOW)
    assert unmet_need(wants, {}, State()) == "needs a, which has not run yet"
    assert unmet_need(wants, {"a": "skipped"}, State()) == "needs a, which was skipped"
    assert unmet_need(wants, {}, State(tasks={"a": TaskState(last=last)})) == (
        "needs a, which failed"
    )
    assert unmet_need(wants, {"a": "completed"}, State()) is None


def test_a_claimed_slot_is_not_planned_again_until_the_lease_ends():
    setup = config(task("a"))
    first, state = claimed(setup)
    second = plan_of(setup, state, NOW + timedelta(minutes=1))
    third = plan_of(setup, state, NOW + LEASE)
    assert [item.task.id for item in first.due] == ["a"]
    assert second.due == ()
    assert [(item.execution, item.attempt) for item in third.due] == [(first.due[0].execution, 2)]


def test_a_renewed_lease_holds_longer():
    setup = config(task("a"))
    plan, state = claimed(setup)
    state = ledger.renew(state, plan.due, NOW + timedelta(minutes=4))
    assert plan_of(setup, state, NOW + LEASE).due == ()


def test_a_released_claim_is_taken_up_at_once_and_was_a_try():
    setup = config(task("a"))
    plan, state = claimed(setup)
    state = ledger.release(state, plan.due)
    again = plan_of(setup, state, NOW)
    assert [(item.execution, item.attempt) for item in again.due] == [(plan.due[0].execution, 2)]
    state = ledger.release(ledger.claim(state, again, "here", NOW), again.due)
    assert plan_of(setup, state, NOW).spent[0].status == "failed"


def test_a_settled_slot_is_spent():
    setup = config(task("a"))
    plan, state = claimed(setup)
    state = ledger.settle(state, plan.due[0], ended(plan.due[0]))
    assert state.tasks["a"].claim is None
    assert state.tasks["a"].since == NOW
    assert plan_of(setup, state, NOW + timedelta(hours=23)).due == ()


def test_who_lost_the_claim_records_nothing():
    setup = config(task("a"))
    plan, state = claimed(setup)
    _, taken = claimed(setup, state, NOW + LEASE)
    assert ledger.settle(taken, plan.due[0], ended(plan.due[0], "failed")) is taken


def test_what_exceeds_the_hourly_limit_waits_and_loses_nothing():
    setup = config(task("a"), task("b"), task("c"))
    setup = replace(setup, settings=replace(setup.settings, max_executions_per_hour=2))
    first, state = claimed(setup)
    assert [item.task.id for item in first.due] == ["a", "b"]
    assert first.waiting[0].reason == "waits: max_executions_per_hour"
    for planned in first.due:
        state = ledger.settle(state, planned, ended(planned))
    assert plan_of(setup, state, NOW + timedelta(minutes=59)).due == ()
    assert [item.task.id for item in plan_of(setup, state, NOW + timedelta(hours=1)).due] == ["c"]


def test_two_forced_runs_in_one_second_get_two_ids():
    setup = config(task("a"))
    options = replace(HERE, tasks=frozenset({"a"}), force=True)
    state = State()
    ids = []
    for _ in range(3):
        plan = make_plan(setup, state, options, NOW, {})
        state = ledger.claim(state, plan, "here", NOW)
        state = ledger.settle(state, plan.due[0], ended(plan.due[0]))
        ids.append(plan.due[0].execution)
    assert ids == [f"a-20260119T090000Z{suffix}" for suffix in ("", "-2", "-3")]
