"""A webhook's own title and message, in every provider's form."""

from __future__ import annotations

import json

import pytest

from ccm_gitops.config.meaning import MESSAGE_FIELDS
from ccm_gitops.notify.deliver import rendered
from ccm_gitops.notify.formatters import FORMATTERS
from ccm_gitops.notify.own_words import FIELDS, in_own_words
from tests.notify.samples import EVENTS, entry, webhook


def test_what_the_configuration_allows_is_what_is_filled_in():
    assert tuple(FIELDS) == MESSAGE_FIELDS


@pytest.mark.parametrize("kind", EVENTS)
def test_without_own_words_an_event_stays_as_it_is(kind):
    assert in_own_words(EVENTS[kind], {"username": "x"}) == EVENTS[kind]


def test_fields_are_filled_in_and_nothing_else_is_looked_at():
    text = "{event} {task} {status} {projects} {tokens_saved} {error}{{x}} {0} {title.x}"
    event = in_own_words(EVENTS["task_completed"], {"message": text})
    assert event.message == "task_completed score-guard completed 2 12,450 {x} {0} {title.x}"


def test_a_value_that_looks_like_a_field_is_not_filled_in_again():
    event = in_own_words(EVENTS["task_failed"], {"message": "{error}", "title": "{{{task}}}"})
    assert event.title == "{daily-analysis}"
    assert event.message == EVENTS["task_failed"].error


@pytest.mark.parametrize("provider", FORMATTERS)
@pytest.mark.parametrize("kind", EVENTS)
def test_own_words_show_in_every_form(provider, kind):
    hook = webhook(type=provider, config={"title": "T {task}", "message": "see wiki/{task}"})
    message = entry(event=EVENTS[kind])
    text = json.dumps(rendered(message, hook))
    assert f"see wiki/{EVENTS[kind].task_id}" in text
    if provider in ("slack", "discord", "teams"):
        assert f"T {EVENTS[kind].task_id}" in text


def test_own_words_ping_nobody():
    config = {"message": "<!channel> @everyone {error}", "title": "<!here>"}
    message = entry(event=EVENTS["task_failed"])
    slack = rendered(message, webhook(type="slack", config=config))
    mrkdwn = [block for block in slack["blocks"] if block["type"] != "header"]
    assert "<!" not in json.dumps(mrkdwn) + slack["text"]
    discord = rendered(message, webhook(type="discord", config=config))
    assert discord["allowed_mentions"] == {"parse": []}
    config = {"title": "{error} [x](https://evil.example)"}
    teams = rendered(message, webhook(type="teams", config=config))
    assert "\\[x\\](" in teams["attachments"][0]["content"]["body"][0]["text"]


def test_own_words_of_any_length_are_cut_visibly():
    message = entry(event=EVENTS["task_failed"])
    config = {"message": "{error}" * 500, "title": "{error}" * 500}
    slack = rendered(message, webhook(type="slack", config=config))
    title = slack["blocks"][0]["text"]["text"]
    assert len(title) <= 150
    assert title.endswith("…")
    assert slack["blocks"][2]["text"]["text"].endswith("…")
