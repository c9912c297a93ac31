"""Cron: what is refused, which instants are slots, and that a second implementation agrees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_gitops.schedule.cron import check_cron, latest_slot, next_slots
from ccm_gitops.schedule.model import Cron


@pytest.mark.parametrize(
    "expression",
    [
        "* * * * *",
        "*/5 9-17 * * mon-fri",
        "0 0 29 2 *",
        "0 0 * * sat-sun",
        "0 0 L * *",
        "0 0 * * 1#2",
        "0 9 1,15 jan,JUL *",
        "@daily",
        "@Hourly",
    ],
)
def test_a_usual_expression_is_accepted(expression):
    check_cron(expression)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 0 30 2 *", "never matches"),
        ("0 0 31 4,6,9,11 *", "never matches"),
        ("* * * *", "has 4 fields"),
        ("0 0 9 * * *", "has 6 fields"),
        ("", "has 0 fields"),
        ("60 * * * *", "'60' is no minute; it goes from 0 to 59"),
        ("* 24 * * *", "'24' is no hour"),
        ("* * 0 * *", "'0' is no day of month"),
        ("* * * 13 *", "'13' is no month"),
        ("* * * * mo", "'mo' is no day of week"),
        ("*/90 * * * *", "must be from 1 to 59"),
        ("*/0 * * * *", "must be from 1 to 59"),
        ("0 22-2 * * *", "runs backwards"),
        ("59/15 * * * *", "a step without a range"),
        ("H * * * *", "'h' is no minute"),
        ("R * * * *", "'r' is no minute"),
        ("*-5 * * * *", "is no minute"),
        ("1,,2 * * * *", "is no minute"),
        ("@reboot", "is unknown"),
        ("0 9 * * mon#6", "is no day of week"),
    ],
)
def test_an_expression_that_would_surprise_is_refused_in_words(expression, words):
    with pytest.raises(ValueError, match="(?s).*" + words.replace("*", r"\*").replace("?", r"\?")):
        check_cron(expression)


def slots(expression: str, zone: str, start: str, count: int, day_match: str = "any") -> list[str]:
    cron = Cron(expression, zone, day_match)  # type: ignore[arg-type]
    found = islice(next_slots(cron, after=datetime.fromisoformat(start)), count)
    return [f"{slot:%m-%d %H:%M}" for slot in found]


def test_a_wall_time_that_a_jump_skips_runs_at_the_jump():
    # Berlin jumps from 02:00 to 03:00 at 01:00 UTC on 30 March 2025.
    assert slots("30 2 * * *", "Europe/Berlin", "2025-03-29T12:00Z", 2) == [
        "03-30 01:00",
        "03-31 00:30",
    ]


def test_slots_that_a_jump_skips_are_one_slot():
    assert slots("*/15 * * * *", "Europe/Berlin", "2025-03-30T00:40Z", 3) == [
        "03-30 00:45",
        "03-30 01:00",
        "03-30 01:15",
    ]


def test_a_wall_time_that_is_repeated_runs_at_its_first_pass_only():
    # Berlin repeats 02:00 to 03:00 on 26 October 2025: first pass 00:00 to 01:00 UTC.
    assert slots("30 2 * * *", "Europe/Berlin", "2025-10-25T12:00Z", 2) == [
        "10-26 00:30",
        "10-27 01:30",
    ]


def test_in_the_second_pass_the_latest_slot_is_that_of_the_first():
    cron = Cron("*/15 * * * *", "Europe/Berlin")
    until = datetime(2025, 10, 26, 1, 20, tzinfo=UTC)
    assert latest_slot(cron, after=until - timedelta(days=1), until=until) == datetime(
        2025, 10, 26, 0, 45, tzinfo=UTC
    )


def test_both_day_fields_match_any_by_default_and_all_on_request():
    start = "2026-01-01T00:00Z"
    assert slots("0 0 13 * fri", "UTC", start, 3) == ["01-02 00:00", "01-09 00:00", "01-13 00:00"]
    assert slots("0 0 13 * fri", "UTC", start, 2, "all") == ["02-13 00:00", "03-13 00:00"]


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("0 0 */1 * mon", "01-05 00:00"),  # a star, so that only the weekday counts
        ("0 0 29 * 1#2", "01-12 00:00"),
        ("0 0 31 * L5", "01-30 00:00"),
        ("0 10-10 * * *", "01-01 10:00"),
        ("0 0 * * fri-0", "01-02 00:00"),
    ],
)
def test_days_that_other_programs_find_hard(expression, first):
    assert slots(expression, "UTC", "2026-01-01T00:00Z", 1) == [first]


def test_the_slot_of_this_very_minute_is_in_but_the_last_recorded_one_is_not():
    cron = Cron("0 9 * * *")
    nine = datetime(2026, 1, 19, 9, tzinfo=UTC)
    assert latest_slot(cron, after=nine - timedelta(days=1), until=nine) == nine
    assert latest_slot(cron, after=nine, until=nine + timedelta(hours=23)) is None


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
MINUTES = st.sampled_from(["0", "30", "*/15", "5,35", "10-50/20"])
HOURS = st.sampled_from(["*", "2", "1-4", "*/6", "9,17"])
DAYS = st.sampled_from(["*", "1", "15", "*/10", "L"])
WEEKDAYS = st.sampled_from(["*", "mon-fri", "sat-sun", "*/3", "0", "6", "L5", "mon#1,3#3"])


@st.composite
def expressions(draw: st.DrawFn) -> str:
    day, weekday = draw(DAYS), draw(WEEKDAYS)
    if "L" in weekday or "#" in weekday:
        day = "*"  # croniter finds no date where both are set
    return f"{draw(MINUTES)} {draw(HOURS)} {day} * {weekday}"


@settings(max_examples=60, deadline=None)
@given(expressions(), st.sampled_from(ZONES), st.integers(0, 365 * 24 * 60))
def test_away_from_clock_changes_a_second_implementation_agrees(expression, zone, minutes):
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    end = start + timedelta(days=3)
    local = ZoneInfo(zone)
    offsets = {(start + timedelta(hours=h)).astimezone(local).utcoffset() for h in range(-3, 75)}
    if len(offsets) > 1:
        return
    cron = Cron(expression, zone)
    ours = list(takewhile(lambda slot: slot < end, next_slots(cron, after=start)))
    theirs = takewhile(
        lambda slot: slot < end,
        (slot.astimezone(UTC) for slot in croniter(expression, start.astimezone(local), datetime)),
    )
    assert ours == list(theirs)


@settings(max_examples=60, deadline=None)
@given(expressions(), st.sampled_from(ZONES), st.integers(0, 365 * 24 * 60))
def test_walking_forward_and_looking_back_name_the_same_slots(expression, zone, minutes):
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    cron = Cron(expression, zone)
    for slot in islice(next_slots(cron, after=start), 5):
        assert latest_slot(cron, after=start, until=slot) == slot
        assert latest_slot(cron, after=slot, until=slot) is None
