"""The outbox against real receivers, run after run."""

from __future__ import annotations

import functools
import logging
import threading
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.clock import Clock
from ccm_gitops.notify.deliver import deliver
from ccm_gitops.notify.drain import drain
from ccm_gitops.notify.health import OPENS_AFTER
from ccm_gitops.notify.outbox import MAX_AGE, MAX_WAITING, Attempt
from ccm_gitops.notify.turn import Courier
from ccm_gitops.state.model import WebhookState
from tests.notify.samples import NOW, entry, webhook
from tests.support.receiver import Answer, Receiver

SECRET = "T0PS3CRET"


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def clock(self) -> Clock:
        return Clock(
            now=lambda: NOW + timedelta(seconds=self.seconds), elapsed=lambda: self.seconds
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def send_all(entries, url, *hooks, time=None, timeout=0.4, machine="laptop", health=None):
    time = time or Time()
    environ = {} if url is None else {"HOOK_URL": f"{url}/{SECRET}"}
    post = functools.partial(deliver, environ=environ, clock=time.clock(), timeout=timeout)
    webhooks = {hook.id: hook for hook in hooks or (webhook(),)}
    courier = Courier(post, time.clock(), time.sleep)
    return drain(entries, webhooks, machine, courier, health or {})


def outcomes(drained):
    return [(report.status, report.attempts) for report in drained.reports]


def ids(receiver):
    return [seen.headers["webhook-id"] for seen in receiver.received]


def test_an_empty_outbox_stays_empty():
    drained = send_all((), None)
    assert (drained.entries, drained.reports) == ((), ())


def test_messages_arrive_in_their_order_and_leave_nothing():
    with Receiver() as receiver:
        drained = send_all(tuple(entry(str(i)) for i in range(5)), receiver.url)
    assert ids(receiver) == list("01234")
    assert drained.entries == ()
    assert outcomes(drained) == [("delivered", 1)] * 5
    assert {report.execution_id for report in drained.reports} == {"exec456"}


def test_a_short_failure_is_bridged_within_the_run_under_one_id():
    time = Time()
    script = [Answer(500), Answer(429, {"Retry-After": "2.5"}), Answer()]
    with Receiver(script) as receiver:
        drained = send_all((entry("a"), entry("b")), receiver.url, time=time)
    assert ids(receiver) == ["a", "a", "a", "b"]
    assert time.slept == [1.0, 5.0]
    assert outcomes(drained) == [("delivered", 3), ("delivered", 1)]


def test_a_longer_failure_waits_for_a_later_run_and_holds_the_order():
    with Receiver(Answer(503)) as receiver:
        first = send_all((entry("a"), entry("b")), receiver.url)
    assert ids(receiver) == ["a", "a", "a"]
    assert outcomes(first) == [("waiting", 3), ("waiting", 0)]
    with Receiver() as receiver:
        soon = send_all(first.entries, receiver.url)
        assert receiver.received == []
        assert soon.entries == first.entries
        assert "answered 503" in (soon.reports[0].reason or "")
        later = Time()
        later.seconds = 3600
        last = send_all(first.entries, receiver.url, time=later)
    assert ids(receiver) == ["a", "b"]
    assert (last.entries, outcomes(last)) == ((), [("delivered", 4), ("delivered", 1)])


def test_a_pause_beyond_the_runs_minute_is_left_to_a_later_run():
    time = Time()
    with Receiver(Answer(429, {"Retry-After": "300"})) as receiver:
        drained = send_all((entry(),), receiver.url, time=time)
    assert (len(receiver.received), time.slept) == (1, [])
    assert drained.entries[0].next_at == NOW + timedelta(seconds=300)


def test_a_receiver_that_hangs_costs_three_tries_and_not_the_other_webhooks():
    with Receiver(Answer(delay=30)) as hanging, Receiver() as healthy:
        slow = webhook(id="slow", url=f"{hanging.url}/x")
        entries = (*(entry(str(i), webhook_id="slow") for i in range(9)), entry("a"))
        drained = send_all(entries, healthy.url, slow, webhook(), timeout=0.2)
    assert len(hanging.received) == 3
    assert ids(healthy) == ["a"]
    assert outcomes(drained) == [("waiting", 3), *[("waiting", 0)] * 8, ("delivered", 1)]


def test_webhooks_are_served_side_by_side():
    together = threading.Barrier(2, timeout=5)

    def answer(_):
        together.wait()
        return Answer()

    with Receiver(answer) as one, Receiver(answer) as two:
        a, b = webhook(id="a", url=one.url), webhook(id="b", url=two.url)
        drained = send_all((entry(webhook_id="a"), entry(webhook_id="b")), "", a, b, timeout=5)
    assert outcomes(drained) == [("delivered", 1)] * 2


def test_a_slow_webhook_gets_its_minute_and_the_rest_waits():
    time = Time()

    def post(_, __):
        time.seconds += 25
        return Attempt(status="delivered")

    entries = tuple(entry(str(i)) for i in range(5))
    courier = Courier(post, time.clock(), time.sleep)
    drained = drain(entries, {"hook": webhook()}, "laptop", courier, {})
    assert outcomes(drained) == [*[("delivered", 1)] * 3, *[("waiting", 0)] * 2]
    assert drained.entries == entries[3:]


def test_a_message_that_is_refused_does_not_hold_the_next_one():
    with Receiver([Answer(400), Answer()]) as receiver:
        drained = send_all((entry("bad"), entry("good")), receiver.url)
    assert outcomes(drained) == [("undeliverable", 1), ("delivered", 1)]
    (dead,) = drained.entries
    assert (dead.state, dead.event.id) == ("dead", "bad")
    assert send_all(drained.entries, None).reports == ()  # it was told once


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_receiver_that_knows_us_no_more_is_not_hammered(code):
    with Receiver(Answer(code)) as receiver:
        drained = send_all(tuple(entry(str(i)) for i in range(4)), receiver.url)
    assert len(receiver.received) == 1
    assert outcomes(drained) == [("undeliverable", 1), *[("waiting", 0)] * 3]


def test_a_missing_variable_keeps_every_message_and_is_named():
    drained = send_all((entry("a"), entry("b")), None)
    assert outcomes(drained) == [("undeliverable", 0)] * 2
    assert [item.state for item in drained.entries] == ["waiting"] * 2
    assert drained.reports[0].reason == "the environment variable HOOK_URL is not set"


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        (webhook(enabled=False), "the webhook is disabled"),
        (webhook(id="other"), "the webhook is not configured any more"),
    ],
)
def test_messages_of_a_webhook_that_is_gone_are_dropped_and_told(hook, reason):
    drained = send_all((entry(),), None, hook)
    assert drained.entries == ()
    assert [(report.status, report.reason) for report in drained.reports] == [("dropped", reason)]


def test_messages_of_another_machine_are_left_alone():
    entries = (entry(),)
    drained = send_all(entries, None, webhook(machine="server"))
    assert (drained.entries, drained.reports) == (entries, ())


def test_what_is_too_old_is_given_up_after_one_last_try():
    time = Time()
    time.seconds = MAX_AGE.total_seconds()
    with Receiver(Answer(500)) as receiver:
        drained = send_all((entry("a"), entry("b")), receiver.url, time=time)
    assert len(receiver.received) == 1
    assert outcomes(drained) == [("undeliverable", 1), ("waiting", 0)]


def test_a_full_outbox_gives_up_the_oldest_and_says_so():
    many = tuple(entry(str(i)) for i in range(MAX_WAITING + 2))
    with Receiver(Answer(503)) as receiver:
        drained = send_all(many, receiver.url)
    assert outcomes(drained)[:3] == [("undeliverable", 0), ("undeliverable", 0), ("waiting", 3)]
    assert [item.state for item in drained.entries[:3]] == ["dead", "dead", "waiting"]
    assert len(drained.entries) == MAX_WAITING + 2


def test_no_secret_is_in_what_is_kept_or_reported(caplog, capfd):
    caplog.set_level(logging.DEBUG)

    def echo(request):
        return Answer(500, body=request.path.encode())

    with Receiver(echo) as receiver:
        drained = send_all((entry("a"), entry("b")), receiver.url)
    kept = [item.to_json() for item in drained.entries]
    reports = [asdict(report) for report in drained.reports]
    assert "answered 500" in str(kept)
    assert SECRET not in f"{kept}{reports}{caplog.text}{capfd.readouterr()}"


statuses = st.sampled_from(["delivered", "retry", "dead", "blocked"])


@given(st.lists(st.tuples(st.sampled_from("abc"), statuses), max_size=12))
def test_every_message_is_delivered_or_kept_and_reported_once_and_none_overtakes(plan):
    entries = tuple(entry(str(i), webhook_id=hook) for i, (hook, _) in enumerate(plan))
    status_of = {item.id: status for item, (_, status) in zip(entries, plan, strict=True)}
    tried: list[str] = []

    def post(item, _):
        tried.append(item.id)
        return Attempt(status=status_of[item.id])

    time = Time()
    hooks = {name: webhook(id=name) for name in "abc"}
    drained = drain(entries, hooks, "laptop", Courier(post, time.clock(), time.sleep), {})
    reported = [(report.webhook, report.event_id) for report in drained.reports]
    assert reported == [(item.webhook_id, item.event.id) for item in entries]
    done = {f"{r.webhook}/{r.event_id}" for r in drained.reports if r.status == "delivered"}
    assert [item.id for item in drained.entries] == [i.id for i in entries if i.id not in done]
    for name in "abc":
        order = list(dict.fromkeys(i for i in tried if i.startswith(name)))
        own = [item.id for item in entries if item.webhook_id == name]
        assert order == own[: len(order)]
        held = [i for i in order if status_of[i] == "retry"]
        assert held in ([], order[-1:])


def test_a_kept_message_is_the_same_but_for_its_tries():
    with Receiver(Answer(503)) as receiver:
        (left,) = send_all((entry(),), receiver.url).entries
    assert left.attempts == 3
    original = entry()
    assert replace(left, attempts=0, next_at=NOW, last_error=None) == original


UNWELL = WebhookState(failure_count=OPENS_AFTER, last_error="answered 500", last_used_at=NOW)


def paused(seconds: float) -> dict[str, WebhookState]:
    return {"hook": replace(UNWELL, open_until=NOW + timedelta(seconds=seconds))}


def test_a_paused_webhook_gets_nothing_until_its_pause_ends():
    with Receiver() as receiver:
        drained = send_all((entry(),), receiver.url, health=paused(60))
    assert receiver.received == []
    assert drained.health == paused(60)
    assert drained.reports[0].reason == (
        "the webhook is paused until 2026-01-19T09:01:00Z (6 failures in a row, answered 500)"
    )


def test_after_a_pause_one_message_is_tried_once_and_its_failure_pauses_for_longer():
    with Receiver(Answer(503)) as receiver:
        drained = send_all((entry("a"), entry("b")), receiver.url, health=paused(0))
    assert ids(receiver) == ["a"]
    assert drained.health["hook"].failure_count == OPENS_AFTER + 1
    assert drained.health["hook"].open_until == NOW + timedelta(minutes=10)


def test_after_a_pause_a_message_that_is_taken_frees_the_rest():
    with Receiver() as receiver:
        drained = send_all((entry("a"), entry("b")), receiver.url, health=paused(0))
    assert ids(receiver) == ["a", "b"]
    assert drained.health == {"hook": WebhookState(last_used_at=NOW)}


@pytest.mark.parametrize(
    ("answer", "failures"),
    [(Answer(), 0), (Answer(400), 0), (Answer(429), 0), (Answer(503), 3), (Answer(404), 1)],
    ids=lambda value: getattr(value, "status", value),
)
def test_failures_are_counted_only_where_the_webhook_is_to_blame(answer, failures):
    with Receiver(answer) as receiver:
        drained = send_all((entry(),), receiver.url)
    assert drained.health["hook"].failure_count == failures


def test_a_missing_variable_is_not_the_webhooks_fault():
    drained = send_all((entry(),), None, health={"hook": UNWELL})
    assert drained.health == {"hook": UNWELL}


def test_messages_keep_the_pace_that_was_asked_for_over_runs_too():
    time = Time()
    slow = webhook(rate_limit=timedelta(seconds=20))
    entries = tuple(entry(str(number)) for number in range(5))
    used = {"hook": WebhookState(last_used_at=NOW - timedelta(seconds=5))}
    with Receiver() as receiver:
        drained = send_all(entries, receiver.url, slow, time=time, health=used)
    assert time.slept == [15.0, 20.0, 20.0]
    assert ids(receiver) == ["0", "1", "2"]
    assert drained.reports[3].reason == (
        "waits for the next run: its rate_limit allows no more in this one"
    )


def test_a_webhook_without_a_limit_waits_for_nothing():
    time = Time()
    with Receiver() as receiver:
        send_all((entry("a"), entry("b")), receiver.url, time=time)
    assert time.slept == []
