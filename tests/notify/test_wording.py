"""Figures as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ccm_gitops.notify.wording import clip, count, duration, listing, number, timestamp


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0.0 seconds"),
        (1200, "1.2 seconds"),
        (59_940, "59.9 seconds"),
        (59_960, "1 minute"),
        (60_000, "1 minute"),
        (125_000, "2 minutes 5 seconds"),
        (3_600_000, "1 hour"),
        (3_785_000, "1 hour 3 minutes"),
    ],
)
def test_a_duration_is_told_in_words(milliseconds, text):
    assert duration(milliseconds) == text


def test_numbers_have_thousands_separators_and_a_fraction_only_when_there_is_one():
    assert [number(12450), number(0), number(42.0), number(1055.55)] == [
        "12,450", "0", "42", "1,055.5",
    ]  # fmt: skip
    assert (count(1, "issue"), count(1200, "issue")) == ("1 issue", "1,200 issues")


def test_a_time_is_utc_with_milliseconds():
    moment = datetime(2026, 1, 19, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert timestamp(moment) == "2026-01-19T09:00:00.000Z"


def test_a_text_is_cut_between_characters_as_they_are_written():
    def escape(character: str) -> str:
        return "&amp;" if character == "&" else character

    assert clip("abc", 3) == "abc"
    assert clip("abcd", 3) == "ab…"
    assert clip("a&b", 7, escape) == "a&amp;b"
    assert clip("a&bc", 7, escape) == "a&amp;…"
    assert clip("a&bc", 6, escape) == "a…"


def test_a_long_list_says_how_many_more():
    assert listing(list("abc"), most=2) == "a, b and 1 more"
