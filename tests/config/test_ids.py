"""Ids made from names, and what was probably meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.config.ids import repository_name, slug
from ccm_gitops.config.suggest import closest, shown


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("daily-analysis", "daily-analysis"),
        ("Daily Analysis", "daily-analysis"),
        ("  Slack #dev_alerts! ", "slack-dev-alerts"),
        ("Prüfung Ça", "prufung-ca"),
        ("分析", ""),
        ("--", ""),
    ],
)
def test_slug(name, expected):
    assert slug(name) == expected


@given(st.text())
def test_a_slug_is_an_id_and_stays_itself(name):
    made = slug(name)
    assert made == "" or re.fullmatch(r"[a-z0-9][a-z0-9-]*", made)
    assert slug(made) == made


@pytest.mark.parametrize(
    "url",
    ["https://h.example/acme/web.git", "git@h.example:acme/web.git", "h:web", "https://h/web/"],
)
def test_the_name_of_a_repository(url):
    assert repository_name(url) == "web"


def test_nothing_is_suggested_for_what_is_far_from_everything():
    assert closest("banana", ["cron", "interval"]) is None
    assert closest("opt", ["optimize_a", "optimize_b"]) is None
    assert closest("", ["cron"]) is None


@pytest.mark.parametrize("word", ["intervall", "Interval", "INTERVAL", "intervals"])
def test_the_closest_is_suggested(word):
    assert closest(word, ["cron", "interval"]) == "interval"


def test_long_and_many_lined_text_is_shown_on_one_short_line():
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("x" * 1000)) == 62
