"""When failures are told again, and hours without messages."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from ccm_gitops.config.model import HealthCheckConfig, Notify, QuietHours, Task
from ccm_gitops.notify.noise import Told, has_moved, is_told_again, quiet_until, recovered
from ccm_gitops.schedule.model import Manual
from tests.notify.samples import ALERT, EVENTS, NOW, execution

NIGHT = QuietHours((time(22), time(7)), "Europe/Berlin")
NOON = QuietHours((time(12), time(13, 30)), "UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        (NIGHT, "01-19T20:59", None),
        (NIGHT, "01-19T21:00", "01-20T06:00"),
        (NIGHT, "01-20T00:30", "01-20T06:00"),
        (NIGHT, "01-20T05:59", "01-20T06:00"),
        (NIGHT, "01-20T06:00", None),
        (NIGHT, "03-28T23:00", "03-29T05:00"),  # the night in which the clock jumps
        (NOON, "01-19T11:59", None),
        (NOON, "01-19T12:00", "01-19T13:30"),
        (NOON, "01-19T13:30", None),
    ],
)
def test_quiet_hours_end_on_the_wall_clock(hours, now, until):
    assert quiet_until(hours, at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(("minutes", "told"), [(0, False), (59, False), (60, True), (600, True)])
def test_a_failure_that_goes_on_is_told_again_after_a_while(minutes, told):
    hour = timedelta(hours=1)
    assert is_told_again(None, hour, NOW)
    assert is_told_again(NOW - timedelta(minutes=minutes), hour, NOW) is told


def test_a_recovery_says_so():
    event = recovered(EVENTS["task_completed"])
    assert (event.id, event.kind) == (EVENTS["task_completed"].id, "task_completed")
    assert "Recovered" in event.title
    assert event.message.startswith("Score Guard works again. ")


@pytest.mark.parametrize(
    ("told", "scores", "moved"),
    [
        ({}, {"api": 60}, True),
        ({"api": 60}, {"api": 60}, False),
        ({"api": 60}, {"api": 56}, False),
        ({"api": 60}, {"api": 55}, True),
        ({"api": 60}, {"api": 65}, True),
        ({"api": 60, "web": 10}, {"api": 61}, False),
        ({"api": 60}, {"api": 60, "web": 69}, True),
    ],
)
def test_an_alert_is_told_when_a_score_is_new_or_has_moved(told, scores, moved):
    assert has_moved(told, scores, 5) is moved


def test_a_part_of_a_run_leaves_what_was_told_of_other_projects():
    task = Task(
        id=ALERT.task_id,
        name="Report",
        type="health_check",
        schedule=Manual(),
        config=HealthCheckConfig(),
        notify=Notify(min_change=5),
    )
    told = Told(failing={}, alerted={task.id: {"elsewhere": 10, "web": 20}})
    part = execution(
        task_id=task.id,
        task_type="health_check",
        alert_threshold=70,
    )
    completed, alert = EVENTS["task_completed"], EVENTS["health_alert"]
    assert told.on_change(task, completed, part, NOW) == completed
    assert told.alerted == {task.id: {"elsewhere": 10}}  # web has risen to 90
    assert told.on_change(task, alert, part, NOW) == alert
    assert told.alerted == {task.id: {"elsewhere": 10, "api": 42}}
    assert told.on_change(task, alert, part, NOW) is None
