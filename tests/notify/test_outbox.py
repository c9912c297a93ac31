"""What waits, in which order, for how long, and what is given up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.errors import StateError
from ccm_gitops.notify.outbox import (
    MAX_AGE,
    MAX_DEAD,
    Attempt,
    OutboxEntry,
    after_attempt,
    enqueue,
    without_old_dead,
)
from tests.notify.samples import EVENTS, NOW, entry, webhook

FAILED = EVENTS["task_failed"]
RETRY = Attempt(status="retry", code=500, reason="answered 500")
SECOND = timedelta(seconds=1)


def names(entries):
    return [item.id for item in entries]


def test_a_message_is_put_in_once_per_webhook_however_often_it_is_told():
    hooks = (webhook(id="a"), webhook(id="b"))
    once = enqueue((), FAILED, hooks, NOW)
    assert names(once) == [f"a/{FAILED.id}", f"b/{FAILED.id}"]
    assert enqueue(once, FAILED, hooks, NOW + SECOND) == once
    assert all(item.next_at == item.created_at == NOW for item in once)


def test_what_is_delivered_is_not_kept():
    assert after_attempt(entry(), Attempt(status="delivered", code=200), NOW) is None


def test_what_is_refused_for_good_is_kept_as_a_dead_letter():
    gone = Attempt(status="dead", code=410, reason="answered 410")
    left = after_attempt(entry(), gone, NOW)
    assert left is not None
    assert (left.state, left.attempts, left.last_error) == ("dead", 1, "answered 410")


def test_what_could_not_be_tried_is_due_again_at_once_and_counts_no_attempt():
    blocked = Attempt(status="blocked", reason="the environment variable X is not set")
    left = after_attempt(entry(), blocked, NOW)
    assert left is not None
    assert (left.state, left.attempts, left.next_at) == ("waiting", 0, NOW)
    late = after_attempt(entry(), blocked, NOW + MAX_AGE + SECOND)
    assert late is not None
    assert late.state == "dead"


def test_pauses_grow_to_hours_and_end_after_three_days():
    now, item, pauses = NOW, entry(), []
    while item.state == "waiting":
        left = after_attempt(item, RETRY, now)
        assert left is not None
        pauses.append(left.next_at - now)
        item, now = left, left.next_at
    assert timedelta(seconds=30) <= pauses[0] <= timedelta(seconds=36)
    assert all(earlier < later for earlier, later in pairwise(pauses[:9]))
    assert max(pauses) <= timedelta(hours=7, minutes=12)
    assert NOW + MAX_AGE - timedelta(hours=8) < now - pauses[-1] <= NOW + MAX_AGE
    assert item.attempts == len(pauses) < 30


def test_the_jitter_is_the_same_each_time_and_another_for_another_message():
    def next_at(name):
        left = after_attempt(entry(name), RETRY, NOW)
        assert left is not None
        return left.next_at

    assert next_at("a") == next_at("a")
    assert len({next_at(str(i)) for i in range(20)}) > 10


def test_a_receiver_that_names_a_longer_pause_gets_it():
    left = after_attempt(entry(), replace(RETRY, retry_after=1800.5), NOW)
    assert left is not None
    assert left.next_at == NOW + timedelta(seconds=1800.5)


def test_dead_letters_are_kept_up_to_a_number_the_newest_ones():
    dead = [entry(str(i), state="dead") for i in range(MAX_DEAD + 3)]
    mixed = (*dead[:2], entry("alive"), *dead[2:], entry("x", webhook_id="b", state="dead"))
    kept = names(without_old_dead(mixed))
    assert kept[0] == "hook/alive"
    assert kept[1:] == [*(f"hook/{i}" for i in range(3, MAX_DEAD + 3)), "b/x"]


@given(
    st.integers(0, 99),
    st.sampled_from(["waiting", "dead"]),
    st.none() | st.text(),
    st.sampled_from(list(EVENTS.values())),
)
def test_an_entry_survives_the_state(attempts, state, error, event):
    item = replace(entry(), attempts=attempts, state=state, last_error=error, event=event)
    assert OutboxEntry.from_json(json.loads(json.dumps(item.to_json()))) == item


@pytest.mark.parametrize(
    "change", [{"event": None}, {"next_at": "soon"}, {"created_at": None}, {"colour": "red"}]
)
def test_a_damaged_entry_is_an_error_of_the_state(change):
    with pytest.raises(StateError, match="cannot be read"):
        OutboxEntry.from_json(entry().to_json() | change)
