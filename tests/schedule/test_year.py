"""Looks at every minute over clock changes, by runners that die, agree with an oracle."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks.year import PATTERNS, simulate


@pytest.mark.parametrize(
    "start", [datetime(2025, 3, 29, tzinfo=UTC), datetime(2025, 10, 25, tzinfo=UTC)]
)
def test_each_slot_of_a_clock_change_is_run_skipped_or_given_up_as_the_oracle_says(start):
    year = simulate(PATTERNS[1:4], ["Europe/Berlin", "Australia/Lord_Howe"], start, 9, seed=7)
    assert year.wrong == []
    assert year.counts["killed"] > 5
    assert year.accounted == year.slots(start) > 100
