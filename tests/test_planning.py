"""Plans and what the state remembers of them, without a runner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops import ledger
from ccm_gitops.config.model import AnalyzeConfig, Config, FileState, Settings, Task
from ccm_gitops.execution import Execution
from ccm_gitops.plan import LEASE, NOTHING_SEEN, Planned, RunOptions, Seen
from ccm_gitops.planning import make_plan, unmet_need, waves
from ccm_gitops.schedule.changed import digest
from ccm_gitops.schedule.model import Changed, Cron, Interval, Manual, Several
from ccm_gitops.sharding import WHOLE, Shard, by_task, parse_shard
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
    return make_plan(configuration, state, HERE, now)


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


def test_tasks_come_in_waves_after_what_they_need_and_else_as_in_the_file():
    tasks = [task("d", needs=("c", "a")), task("a"), task("c", needs=("a",)), task("b")]
    planned = [
        Planned(task=item, key=item.id, execution=item.id, trigger="scheduled") for item in tasks
    ]
    found = [[item.task.id for item in wave] for wave in waves(planned)]
    assert found == [["a", "b"], ["c"], ["d"]]


def test_a_need_that_was_skipped_or_never_ran_holds_a_task_back():
    wants = task("b", needs=("a",))
    last = LastRun(execution="x", status="failed", started_at=NOW, completed_at=NOW)
    assert unmet_need(wants, {}, State(), WHOLE) == "needs a, which has not run yet"
    assert unmet_need(wants, {"a": "skipped"}, State(), WHOLE) == "needs a, which was skipped"
    assert unmet_need(wants, {}, State(tasks={"a": TaskState(last=last)}), WHOLE) == (
        "needs a, which failed"
    )
    assert unmet_need(wants, {"a": "completed"}, State(), WHOLE) is None


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
        plan = make_plan(setup, state, options, NOW)
        state = ledger.claim(state, plan, "here", NOW)
        state = ledger.settle(state, plan.due[0], ended(plan.due[0]))
        ids.append(plan.due[0].execution)
    assert ids == [f"a-20260119T090000Z{suffix}" for suffix in ("", "-2", "-3")]


PARTS = tuple(parse_shard(f"{index}/3") for index in (1, 2, 3))


@given(st.text())
def test_each_project_is_in_one_shard(project):
    assert sum(part.holds(project) for part in PARTS) == 1


def test_two_shards_run_the_same_slot_and_one_shard_runs_it_once():
    setup, state = config(task("a")), State()
    options = [replace(HERE, shard=part) for part in PARTS]
    plans = []
    for option in options:
        plans.append(make_plan(setup, state, option, NOW))
        state = ledger.claim(state, plans[-1], "here", NOW)
    assert len({plan.due[0].execution for plan in plans}) == 3
    assert [make_plan(setup, state, option, NOW).due for option in options] == [(), (), ()]
    for plan in plans:
        state = ledger.settle(state, plan.due[0], ended(plan.due[0]))
    tomorrow = NOW + timedelta(days=1)
    assert [len(make_plan(setup, state, o, tomorrow).due) for o in options] == [1, 1, 1]


def test_a_new_shard_starts_from_what_the_undivided_task_remembers():
    setup = config(task("a"))
    plan, state = claimed(setup)
    state = ledger.settle(state, plan.due[0], ended(plan.due[0]))
    option = replace(HERE, shard=PARTS[0])
    assert make_plan(setup, state, option, NOW + timedelta(hours=1)).due == ()


def test_a_shard_needs_what_its_own_part_completed():
    wants, part = task("b", needs=("a",)), PARTS[1]
    last = LastRun(execution="x", status="completed", started_at=NOW, completed_at=NOW)
    others = State(tasks={PARTS[0].key("a"): TaskState(last=last)})
    assert unmet_need(wants, {}, others, part) == "needs a, which has not run yet"
    own = State(tasks={part.key("a"): TaskState(last=last)})
    assert unmet_need(wants, {}, own, part) is None


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "1/0", "a/b", "1/4/2", "-1/4", "١/٢"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(ValueError, match="is no shard"):
        parse_shard(text)


def test_the_shard_of_a_project_never_changes():
    names = ("api", "web", "docs", "cli", "app-1", "app-2")
    assert [name for name in names if Shard(2, 4).holds(name)] == ["api", "web", "docs"]


NINE_AND_FIVE = Several((Cron("0 9 * * *"), Cron("0 17 * * *"), Interval(timedelta(days=3))))


def run_at(configuration: Config, state: State, now: datetime, seen: Seen = NOTHING_SEEN):
    """One run in which everything completes: the plan, and the state after it."""
    plan = make_plan(configuration, state, HERE, now, seen)
    state = ledger.claim(state, plan, "here", now)
    for item in plan.due:
        state = ledger.settle(state, item, ended(item, at=now))
    return plan, state


def slots_of(schedule: Several, times: list[datetime]) -> list[datetime | None]:
    configuration = config(replace(task("a"), schedule=schedule))
    state, slots = State(), []
    for now in times:
        plan, state = run_at(configuration, state, now)
        slots += [item.slot for item in plan.due]
    return slots


def test_of_several_schedules_each_slot_runs_once_and_an_interval_keeps_its_grid():
    eight = NOW.replace(hour=8)
    hours = [eight + timedelta(hours=number) for number in range(24 * 8)]
    found = slots_of(NINE_AND_FIVE, hours)
    days = [eight + timedelta(days=number) for number in range(8)]
    wanted = {day.replace(hour=hour) for day in days for hour in (9, 17)}
    wanted |= {eight, eight + timedelta(days=3), eight + timedelta(days=6)}
    assert found == sorted(wanted)


def test_what_several_schedules_missed_is_one_run_for_the_newest_slot():
    late = [NOW, NOW + timedelta(hours=23)]
    assert slots_of(NINE_AND_FIVE, late) == [NOW, NOW.replace(hour=17)]


def test_what_several_schedules_missed_for_too_long_is_over_and_told_once():
    configuration = config(replace(task("a"), schedule=Several((Cron("0 9 * * 1"), Manual()))))
    _, state = run_at(configuration, State(), NOW - timedelta(hours=1))
    plan, state = run_at(configuration, state, NOW + timedelta(days=2))
    assert [(item.slot, item.status) for item in plan.spent] == [(NOW, "skipped")]
    assert run_at(configuration, state, NOW + timedelta(days=2))[0].spent == ()


def test_a_claim_of_several_schedules_is_taken_up_with_all_that_it_spends():
    configuration = config(replace(task("a"), schedule=NINE_AND_FIVE))
    first, state = claimed(configuration)
    state = ledger.release(state, first.due)
    again, state = claimed(configuration, state)
    assert (again.due[0].attempt, again.due[0].marks) == (2, first.due[0].marks)
    state = ledger.settle(state, again.due[0], ended(again.due[0]))
    assert plan_of(configuration, state).due == ()


WATCHED = Changed(("CLAUDE.md",))


def seeing(**content: str) -> Seen:
    files = {id: digest(WATCHED.patterns, [("CLAUDE.md", text)]) for id, text in content.items()}
    return Seen(digests={("a", WATCHED): files})


def test_changed_files_run_the_task_in_the_projects_that_changed():
    configuration = config(replace(task("a"), schedule=WATCHED))
    plan, state = run_at(configuration, State(), NOW, seeing(api="1", web="1"))
    assert (plan.due, plan.waiting[0].reason) == ((), "no project has changed what it watches")
    plan, state = run_at(configuration, state, NOW, seeing(api="2", web="1", new="1"))
    assert [(item.trigger, item.only) for item in plan.due] == [("changed", {"api"})]
    plan, state = run_at(configuration, state, NOW, seeing(api="2", web="1", new="1"))
    assert plan.due == ()


def test_a_project_that_cannot_be_read_for_a_while_is_compared_with_what_was_seen_last():
    configuration = config(replace(task("a"), schedule=WATCHED))
    _, state = run_at(configuration, State(), NOW, seeing(api="1"))
    _, state = run_at(configuration, state, NOW, seeing())
    assert run_at(configuration, state, NOW, seeing(api="2"))[0].due[0].changed == ("api",)


def test_a_run_for_another_reason_has_seen_the_files_too():
    both = replace(task("a"), schedule=Several((WATCHED, Cron("0 9 * * *"))))
    _, state = run_at(config(both), State(), NOW - timedelta(hours=1), seeing(api="1"))
    plan, state = run_at(config(both), state, NOW, seeing(api="2"))
    assert [(item.trigger, item.slot, item.only) for item in plan.due] == [("scheduled", NOW, None)]
    asked = replace(HERE, force=True)
    plan = make_plan(config(both), state, asked, NOW, seeing(api="3"))
    state = ledger.claim(state, plan, "here", NOW)
    state = ledger.settle(state, plan.due[0], ended(plan.due[0]))
    assert run_at(config(both), state, NOW, seeing(api="3"))[0].due == ()


def test_a_watching_task_that_is_enabled_again_waits_for_the_next_change():
    on = replace(task("a"), schedule=WATCHED)
    off = replace(on, enabled=False)
    _, state = run_at(config(on), State(), NOW, seeing(api="1"))
    _, state = run_at(config(off), state, NOW)
    plan, state = run_at(config(on), state, NOW, seeing(api="2"))
    assert plan.due == ()
    assert run_at(config(on), state, NOW, seeing(api="3"))[0].due[0].only == {"api"}


def test_a_change_that_the_hourly_limit_holds_back_is_not_forgotten():
    setup = config(replace(task("a"), schedule=WATCHED), task("b"))
    setup = replace(setup, settings=replace(setup.settings, max_executions_per_hour=1))
    _, state = run_at(setup, State(), NOW, seeing(api="1"))
    assert run_at(setup, state, NOW, seeing(api="2"))[0].due == ()
    later = NOW + timedelta(hours=2)
    assert run_at(setup, state, later, seeing(api="2"))[0].due[0].changed == ("api",)


def test_what_is_due_while_its_last_run_works_waits_for_it_or_replaces_it():
    forbids = replace(task("a"), schedule=Interval(timedelta(minutes=2)))
    replaces = replace(forbids, concurrency="replace")
    first, state = claimed(config(forbids))
    later = NOW + timedelta(minutes=2)
    assert plan_of(config(forbids), state, later).waiting[0].reason.startswith("is running on here")
    assert plan_of(config(replaces), state, NOW + timedelta(minutes=1)).due == ()

    second, state = claimed(config(replaces), state, later)
    assert [(item.slot, item.attempt) for item in second.due] == [(later, 1)]
    [old] = second.spent
    assert (old.execution, old.slot, old.status) == (first.due[0].execution, NOW, "failed")
    assert old.reason.startswith(f"replaced by {second.due[0].execution}")
    assert ledger.lost(state, first.due) == {first.due[0].execution}
    assert ledger.settle(state, first.due[0], ended(first.due[0])) is state
    state = ledger.settle(state, second.due[0], ended(second.due[0], at=later))
    assert (state.tasks["a"].since, state.tasks["a"].failures) == (later, 0)


def test_a_run_that_is_asked_for_replaces_too_and_has_an_id_of_its_own():
    configuration = config(replace(task("a"), concurrency="replace"))
    first, state = claimed(configuration)
    plan = make_plan(configuration, state, replace(HERE, force=True), NOW)
    assert plan.due[0].execution == f"{first.due[0].execution}-2"
    state = ledger.claim(state, plan, "here", NOW)
    state = ledger.settle(state, plan.due[0], ended(plan.due[0]))
    assert (state.tasks["a"].since, state.tasks["a"].claim) == (NOW, None)


def test_the_parts_of_a_task_are_seen_as_one_by_those_who_tell_of_it():
    def last(status: str, hours: int) -> LastRun:
        at = NOW + timedelta(hours=hours)
        return LastRun(execution=f"x{hours}", status=status, started_at=at, completed_at=at)  # type: ignore[arg-type]

    done, failed = last("completed", 2), last("failed", 1)
    old = TaskState(since=NOW - timedelta(days=9), last=last("failed", -9), failures=7)
    state = State(
        tasks={
            "a": old,
            "a@1/2": TaskState(since=NOW, last=failed, failures=3, seen={"api": "1"}),
            "a@2/2": TaskState(since=NOW + timedelta(days=1), last=done, seen={"web": "2"}),
            "b": TaskState(since=NOW),
        }
    )
    assert by_task(state) == {
        "a": TaskState(since=NOW, last=failed, failures=3, seen={"api": "1", "web": "2"}),
        "b": TaskState(since=NOW),
    }
