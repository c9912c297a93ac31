"""Looks at odd times over clock changes agree with an oracle that knows no cron."""

from __future__ import annotations

import random

import pytest

from benchmarks.year import PATTERNS, differences, ticks
from ccm_gitops.schedule.due import Policy


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize("pattern", PATTERNS[1:3], ids=lambda pattern: pattern.expression)
def test_each_slot_of_a_spring_is_run_or_skipped_as_the_oracle_says(zone, pattern):
    moments = list(ticks(40, random.Random(7)))
    wrong, counts = differences(pattern, zone, moments, Policy())
    assert wrong == []
    assert counts["run"] > 20
