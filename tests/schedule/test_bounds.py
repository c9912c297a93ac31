"""Start, end and jitter: no slot outside, and delays that two machines agree on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_gitops.schedule.bounds import begins, delay, ends
from ccm_gitops.schedule.due import Due, Policy, Waiting, decide, next_slots
from ccm_gitops.schedule.model import Bounds, Cron, Interval
from ccm_gitops.schedule.words import describe

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NINE = datetime(2026, 1, 19, 9, tzinfo=UTC)


def decided(schedule, since, now):
    return decide(schedule, since=since, now=now, policy=Policy())


def test_a_day_is_one_of_the_zone_and_the_last_one_is_included():
    assert begins("2026-07-01", "Europe/Berlin") == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert ends("2026-07-01", "Europe/Berlin") == datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)
    assert begins("2026-07-01T08:00:00+02:00", "UTC") == datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-02-30", "tomorrow", "2026-1-1", "2026-01-01T10:00:00", ""])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r"is no|has no"):
        begins(text, "UTC")


def test_cron_has_no_slot_outside_its_bounds():
    bounds = Bounds(start=NINE + DAY, end=NINE + 2 * DAY)
    daily = Cron("0 9 * * *", bounds=bounds)
    assert isinstance(decided(daily, NINE - DAY, NINE + HOUR), Waiting)
    assert decided(daily, NINE, NINE + DAY) == Due(NINE + DAY)
    assert decided(daily, NINE + DAY, NINE + 2 * DAY + HOUR) == Due(NINE + 2 * DAY)
    over = decided(daily, NINE + 2 * DAY, NINE + 3 * DAY)
    assert over == Waiting("its schedule has no further slot")
    assert list(next_slots(daily, since=None, now=NINE)) == [NINE + DAY, NINE + 2 * DAY]


def test_an_interval_counts_from_its_start():
    every = Interval(7 * DAY, Bounds(start=NINE))
    assert decided(every, None, NINE - HOUR) == Waiting(f"next at {NINE:%Y-%m-%dT%H:%M:%SZ}", NINE)
    assert decided(every, None, NINE + 9 * DAY) == Due(NINE + 7 * DAY)
    assert next(next_slots(every, since=NINE + 7 * DAY, now=NINE + 9 * DAY)) == NINE + 14 * DAY


def test_a_new_interval_with_jitter_runs_at_once_and_then_spread():
    every = Interval(HOUR, Bounds(jitter=timedelta(minutes=20), seed="a"))
    assert decided(every, None, NINE) == Due(NINE)
    at = NINE + HOUR + delay(every.bounds, NINE + HOUR)
    assert isinstance(decided(every, NINE, at - timedelta(seconds=1)), Waiting)
    assert decided(every, NINE, at) == Due(NINE + HOUR)


@given(st.text(), st.integers(0, 100_000), st.integers(0, 86_400))
def test_a_delay_is_the_same_each_time_and_within_the_jitter(seed, minutes, jitter):
    bounds = Bounds(jitter=timedelta(seconds=jitter), seed=seed)
    slot = NINE + timedelta(minutes=minutes)
    assert timedelta(0) <= delay(bounds, slot) <= bounds.jitter
    assert delay(bounds, slot) == delay(bounds, slot)


def test_tasks_of_one_slot_are_spread():
    jitter = timedelta(minutes=10)
    delays = {delay(Bounds(jitter=jitter, seed=f"task-{n}"), NINE) for n in range(50)}
    assert len(delays) > 40


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 240), st.integers(0, 2_000))
def test_with_jitter_each_slot_still_runs_once_in_order(jitter, minutes):
    cron = Cron("*/30 * * * *", bounds=Bounds(jitter=timedelta(minutes=jitter), seed="x"))
    since = NINE + timedelta(minutes=minutes)
    now, ran = since, []
    for _ in range(60):
        now += timedelta(minutes=7)
        decision = decided(cron, since, now)
        if isinstance(decision, Due):
            assert since < decision.slot <= now - delay(cron.bounds, decision.slot)
            since = decision.slot
            ran.append(since)
    assert ran == sorted(set(ran))
    assert len(ran) >= 1 or jitter > 200


def test_the_times_to_come_hold_the_delays():
    cron = Cron("0 9 * * *", bounds=Bounds(jitter=HOUR, seed="x"))
    times = list(islice(next_slots(cron, since=NINE, now=NINE), 3))
    slots = [NINE + DAY, NINE + 2 * DAY, NINE + 3 * DAY]
    assert times == [slot + delay(cron.bounds, slot) for slot in slots]


def test_bounds_are_told_in_words():
    bounds = Bounds(start=NINE, end=NINE + DAY, jitter=timedelta(minutes=10))
    assert describe(Interval(HOUR, bounds), "Europe/Berlin") == (
        "Every hour, from 2026-01-19 10:00, until 2026-01-20 10:00, spread over 10 minutes"
    )
