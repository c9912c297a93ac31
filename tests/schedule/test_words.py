"""Schedules in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_gitops.schedule.cron import check_cron
from ccm_gitops.schedule.model import Changed, Cron, Interval, Manual, Several, Threshold
from ccm_gitops.schedule.words import describe

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 9 * * *", "Every day at 09:00"),
        ("@daily", "Every day at 00:00"),
        ("0 9,17 * * *", "Every day at 09:00 and 17:00"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("@hourly", "Every hour"),
        ("15 * * * *", "At 15 minutes past the hour"),
        ("0 9 * * mon-fri", "At 09:00, Monday through Friday"),
        ("0 9 * * 1", "At 09:00, on Monday"),
        ("0 9 * * 7", "At 09:00, on Sunday"),
        ("0 9 L * *", "At 09:00, on the last day of the month"),
        ("0 9 * * L5", "At 09:00, on the last Friday of the month"),
        ("0 9 * * mon#2", "At 09:00, on the second Monday of the month"),
        ("0 9 1 jan *", "At 09:00, on day 1 of the month, in January"),
        ("0 0 13 * fri", "At 00:00, on day 13 of the month, or on Friday"),
    ],
)
def test_a_cron_expression_is_told_with_its_zone(expression, words):
    assert describe(Cron(expression, BERLIN), BERLIN) == f"{words}, {BERLIN}"


def test_both_day_fields_that_must_match_are_told_so():
    both = Cron("0 0 13 * fri", "UTC", "all")
    assert describe(both, "UTC") == "At 00:00, on day 13 of the month, if that is Friday, UTC"


@pytest.mark.parametrize(
    ("every", "words"),
    [
        (timedelta(days=7), "Every 7 days"),
        (timedelta(days=1), "Every day"),
        (timedelta(minutes=90), "Every 1 hour 30 minutes"),
        (timedelta(seconds=30), "Every 30 seconds"),
    ],
)
def test_an_interval_is_told_in_units(every, words):
    assert describe(Interval(every), BERLIN) == words


def test_a_threshold_is_told_as_its_condition():
    below = Threshold("optimization_score", "lt", 60, cooldown=timedelta(days=1))
    assert describe(below, BERLIN) == (
        "When a project's optimization score is below 60, again after 1 day"
    )
    above = Threshold("token_count", "gt", 9000, rearm=8000)
    assert describe(above, BERLIN) == (
        "When a project's token count is above 9000, armed again at 8000"
    )


def test_several_schedules_are_told_as_one_sentence():
    schedule = Several(
        (
            Cron("0 9 * * *", BERLIN),
            Interval(timedelta(days=7)),
            Changed(("CLAUDE.md", "docs/**")),
        )
    )
    assert describe(schedule, BERLIN) == (
        "Every day at 09:00, Europe/Berlin; or every 7 days; "
        "or when a project changes CLAUDE.md or docs/**"
    )


def test_a_manual_task_is_told_so():
    assert describe(Manual(), BERLIN) == "Only by hand"


def items(names: tuple[str, ...], low: int, high: int) -> st.SearchStrategy[str]:
    numbers = [str(number) for number in range(low, high + 1)]
    single = st.sampled_from([*numbers, *names, "*", "*/2", f"{low}-{high}", f"{low}-{high}/3"])
    return st.lists(single, min_size=1, max_size=3).map(",".join)


FIELDS = st.tuples(
    items((), 0, 59),
    items((), 0, 23),
    items(("L",), 1, 31),
    items(("jan", "DEC"), 1, 12),
    items(("sun", "FRI", "L5", "2#1", "tue#3"), 0, 7),
)


@settings(deadline=None)
@given(FIELDS.map(" ".join), st.sampled_from(["any", "all"]))
def test_whatever_is_accepted_has_words(expression, day_match):
    try:
        check_cron(expression, day_match)
    except ValueError:
        return
    assert describe(Cron(expression, "UTC", day_match), "UTC").endswith(", UTC")
