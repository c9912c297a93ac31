"""The contract's rule of who is told."""

from __future__ import annotations

from typing import get_args

import pytest

from ccm_gitops.config.model import AnalyzeConfig, EventKind, Notify, Task
from ccm_gitops.notify.route import recipients
from ccm_gitops.schedule.model import Manual
from tests.notify.samples import webhook


def task(**notify):
    return Task(
        id="t", name="T", type="analyze", schedule=Manual(), config=AnalyzeConfig(),
        notify=Notify(webhooks=("a", "b"), **notify),
    )  # fmt: skip


def told(kind, *hooks, **notify):
    return [hook.id for hook in recipients(task(**notify), hooks, kind, "laptop")]


UNTOLD = {
    "not listed": webhook(id="c"),
    "disabled": webhook(id="a", enabled=False),
    "of another machine": webhook(id="a", machine="server"),
    "not interested": webhook(id="a", events=frozenset({"health_alert"})),
    "interested in nothing": webhook(id="a", events=frozenset()),
}


@pytest.mark.parametrize("hook", UNTOLD.values(), ids=UNTOLD)
def test_a_webhook_is_not_told_when_it_is(hook):
    assert told("task_failed", hook) == []


def test_without_webhooks_nobody_is_told():
    alone = Task(id="t", name="T", type="analyze", schedule=Manual(), config=AnalyzeConfig())
    assert recipients(alone, (webhook(id="a"),), "task_failed", "laptop") == ()


def test_listed_webhooks_are_told_in_the_order_of_the_configuration():
    hooks = [webhook(id="b", machine="laptop"), webhook(id="a", events=frozenset({"task_failed"}))]
    assert told("task_failed", *hooks) == ["b", "a"]


@pytest.mark.parametrize("kind", get_args(EventKind))
def test_success_and_failure_gate_their_own_events_only(kind):
    hook = webhook(id="a")
    by_success = kind in ("task_started", "task_completed")
    by_failure = kind == "task_failed"
    assert told(kind, hook, on_success=False, on_failure=True) == ([] if by_success else ["a"])
    assert told(kind, hook, on_success=True, on_failure=False) == ([] if by_failure else ["a"])
