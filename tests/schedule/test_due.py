"""Due or not: late runs, missed runs, new tasks, intervals, thresholds, clocks that step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ccm_gitops.schedule.due import Due, Missed, Policy, Waiting, decide
from ccm_gitops.schedule.model import Cron, Interval, Manual, Threshold
from ccm_gitops.schedule.threshold import Edge, crossings

NINE = datetime(2026, 1, 19, 9, tzinfo=UTC)
DAILY = Cron("0 9 * * *")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def decided(schedule, *, since, now, policy=None):
    return decide(schedule, since=since, now=now, policy=policy or Policy())


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=1), 12 * HOUR, 23.9 * HOUR])
def test_however_late_the_run_comes_the_slot_is_due(late):
    assert decided(DAILY, since=NINE - DAY, now=NINE + late) == Due(NINE)


def test_after_three_missed_days_only_the_latest_slot_is_due():
    assert decided(DAILY, since=NINE - 3 * DAY, now=NINE + HOUR) == Due(NINE)


def test_a_slot_is_not_due_twice():
    assert isinstance(decided(DAILY, since=NINE, now=NINE + 23 * HOUR), Waiting)


def test_a_slot_missed_by_more_than_the_window_is_spent_with_its_reason():
    weekly = Cron("0 9 * * mon")
    decision = decided(weekly, since=NINE - 7 * DAY, now=NINE + 2 * DAY)
    assert decision == Missed(NINE, "missed by 2d, catch_up_window is 1d")


def test_with_skip_a_missed_run_is_spent_and_one_in_time_is_not():
    policy = Policy(catch_up="skip")
    on_time = decided(DAILY, since=NINE - DAY, now=NINE + timedelta(minutes=59), policy=policy)
    late = decided(DAILY, since=NINE - DAY, now=NINE + 5 * HOUR, policy=policy)
    assert on_time == Due(NINE)
    assert late == Missed(NINE, "missed by 5h, catch_up is skip")


def test_a_new_cron_task_waits_for_its_next_slot():
    decision = decided(DAILY, since=None, now=NINE + HOUR)
    assert decision == Waiting("next at 2026-01-20T09:00:00Z", NINE + DAY)


def test_a_clock_that_stands_before_the_last_run_makes_nothing_due():
    assert isinstance(decided(DAILY, since=NINE, now=NINE - 40 * DAY), Waiting)
    assert isinstance(decided(Interval(HOUR), since=NINE, now=NINE - 40 * DAY), Waiting)


def test_a_new_interval_task_is_due_at_once():
    assert decided(Interval(DAY), since=None, now=NINE) == Due(NINE)


def test_an_interval_keeps_its_grid_when_runs_are_late():
    every = Interval(timedelta(minutes=30))
    assert decided(every, since=NINE, now=NINE + timedelta(minutes=47)) == Due(
        NINE + timedelta(minutes=30)
    )
    assert decided(every, since=NINE, now=NINE + timedelta(minutes=100)) == Due(
        NINE + timedelta(minutes=90)
    )


def test_a_manual_task_is_never_due():
    assert decided(Manual(), since=None, now=NINE) == Waiting("runs only when asked")


BELOW_60 = Threshold("optimization_score", "lt", 60)


def fired(threshold, values, edges, now=NINE):
    return crossings(threshold, values, edges, now)


def test_a_threshold_fires_once_while_its_condition_stays_true():
    first, memory = fired(BELOW_60, {"api": 50, "web": 80}, {})
    second, memory = fired(BELOW_60, {"api": 40, "web": 80}, memory, NINE + DAY)
    assert (first, second) == ({"api": 50}, {})


def test_a_threshold_fires_again_after_its_condition_was_false():
    _, memory = fired(BELOW_60, {"api": 50}, {})
    _, memory = fired(BELOW_60, {"api": 70}, memory)
    again, _ = fired(BELOW_60, {"api": 55}, memory)
    assert again == {"api": 55}


def test_with_a_cooldown_it_fires_again_each_time_that_has_passed():
    threshold = Threshold("optimization_score", "lt", 60, cooldown=DAY)
    _, memory = fired(threshold, {"api": 50}, {})
    too_soon, memory = fired(threshold, {"api": 50}, memory, NINE + 23 * HOUR)
    again, memory = fired(threshold, {"api": 50}, memory, NINE + 24 * HOUR)
    assert (too_soon, again) == ({}, {"api": 50})
    assert memory["api"] == Edge(holds=True, fired_at=NINE + DAY)


@pytest.mark.parametrize(
    ("operator", "values", "fires"),
    [
        ("lt", (59, 62, 59, 65, 59), (1, 0, 0, 0, 1)),
        ("lte", (60, 64, 60, 65, 60), (1, 0, 0, 0, 1)),
        ("gt", (61, 58, 61, 55, 61), (1, 0, 0, 0, 1)),
        ("gte", (60, 56, 60, 55, 60), (1, 0, 0, 0, 1)),
        ("eq", (60, 61, 60, 60, 59), (1, 0, 1, 0, 0)),
    ],
)
def test_a_metric_that_wavers_fires_once_until_it_has_come_back(operator, values, fires):
    rearm = {"l": 65, "g": 55}.get(operator[0])
    threshold = Threshold("optimization_score", operator, 60, rearm=rearm)
    memory: dict[str, Edge] = {}
    found = []
    for hours, value in enumerate(values):
        now, memory = fired(threshold, {"api": value}, memory, NINE + hours * HOUR)
        found.append(len(now))
    assert tuple(found) == fires


def test_between_value_and_rearm_no_cooldown_fires_and_what_never_fired_stays_so():
    threshold = Threshold("optimization_score", "lt", 60, cooldown=DAY, rearm=65)
    _, memory = fired(threshold, {"api": 50, "web": 62}, {})
    wavering, memory = fired(threshold, {"api": 62, "web": 62}, memory, NINE + 2 * DAY)
    below, _ = fired(threshold, {"api": 59, "web": 59}, memory, NINE + 2 * DAY)
    assert (wavering, below) == ({}, {"api": 59, "web": 59})


def test_a_project_without_a_value_keeps_its_memory():
    _, memory = fired(BELOW_60, {"api": 50}, {})
    _, memory = fired(BELOW_60, {}, memory)
    assert fired(BELOW_60, {"api": 50}, memory)[0] == {}


@pytest.mark.parametrize(
    ("operator", "value", "fires"),
    [
        ("lt", 60, False),
        ("lt", 59.9, True),
        ("lte", 60, True),
        ("gt", 60, False),
        ("gt", 61, True),
        ("gte", 60, True),
        ("eq", 60, True),
        ("eq", 0, False),
    ],
)
def test_each_operator_means_what_it_says(operator, value, fires):
    threshold = Threshold("token_count", operator, 60)
    assert bool(fired(threshold, {"api": value}, {})[0]) is fires
