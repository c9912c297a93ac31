"""Which events an execution gives rise to, and what they say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.execution import ProjectResult
from ccm_gitops.notify.events import Event, Metrics, events_of
from tests.notify.samples import (
    ALERT,
    EVENTS,
    FAILED,
    NOW,
    event_of,
    execution,
    optimization,
)


def kinds(run):
    return [event.kind for event in events_of(run)]


SILENT = {
    "one that is only planned": execution(status="pending", started_at=None),
    "one that was skipped": execution(status="skipped"),
}


@pytest.mark.parametrize("run", SILENT.values(), ids=SILENT)
def test_an_execution_that_did_nothing_tells_nothing(run):
    assert events_of(run) == ()


def test_an_optimisation_that_changed_nothing_was_not_applied():
    unchanged = ProjectResult(id="web", path="/r", action="unchanged")
    would = ProjectResult(id="api", path="/r", action="would change", tokens_saved=5)
    assert "optimization_applied" not in kinds(optimization(projects=(unchanged, would)))


def test_a_health_check_at_its_threshold_gives_no_alert():
    assert "health_alert" not in kinds(replace(ALERT, alert_threshold=42))


def test_a_low_score_is_no_alert_outside_of_a_health_check():
    assert "health_alert" not in kinds(execution(alert_threshold=70))


def test_events_come_in_the_order_in_which_they_happened():
    assert kinds(execution()) == ["task_started", "task_completed"]
    assert kinds(execution(status="running")) == ["task_started"]
    assert kinds(FAILED) == ["task_started", "task_failed"]
    assert kinds(ALERT) == ["task_started", "task_completed", "health_alert"]
    assert kinds(optimization()) == [
        "task_started",
        "threshold_triggered",
        "task_completed",
        "optimization_applied",
    ]


def test_the_same_execution_gives_the_same_ids_and_others_give_others():
    first, again = events_of(optimization()), events_of(optimization(duration_ms=7))
    assert [event.id for event in first] == [event.id for event in again]
    every = [event.id for run in (optimization(), optimization(id="x")) for event in events_of(run)]
    assert len(set(every)) == len(every)


def test_the_beginning_is_told_without_figures_of_the_end():
    started = EVENTS["task_started"]
    assert (started.status, started.duration_ms, started.metrics) == ("running", None, Metrics())
    assert started.at < NOW == EVENTS["task_completed"].at


def test_a_custom_task_counts_projects_only():
    done = event_of(execution(task_type="custom"), "task_completed")
    assert done.metrics == Metrics(projects_processed=2)
    assert done.message == "Daily Context Analysis completed in 1.2 seconds: 2 projects processed."


SENTENCES = {
    "task_started": "Daily Context Analysis started.",
    "task_completed": "Score Guard completed in 1.2 seconds: "
    "2 projects analyzed, 5 issues found, 12,450 tokens saved.",
    "task_failed": "Daily Context Analysis failed: 2 of 3 projects could not be read.",
    "threshold_triggered": "Score Guard was triggered: api is at 42, web is at 55.5.",
    "optimization_applied": "Score Guard saved 12,450 tokens in 1 project.",
    "health_alert": "Weekly <Health> & Report found scores below 70: api at 42.",
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_each_event_is_one_plain_sentence(kind):
    assert EVENTS[kind].message == SENTENCES[kind]


def test_a_failure_without_a_text_names_the_projects():
    assert (
        "errors in old_site, shop." in event_of(replace(FAILED, error=None), "task_failed").message
    )


def test_titles_tell_the_kind_and_the_work():
    assert event_of(execution(), "task_completed").title == "✅ Context Optimization Complete"
    assert event_of(optimization(), "task_completed").title == "✅ Context Optimization Complete"
    assert event_of(ALERT, "task_completed").title == "✅ Health Check Complete"
    custom = execution(task_type="custom", status="failed")
    assert event_of(custom, "task_failed").title == "❌ Task Failed"


def test_two_files_of_a_project_are_told_apart():
    files = tuple(
        ProjectResult(id="api", path="/r", file=name, score=score)
        for name, score in (("CLAUDE.md", 40), ("AGENTS.md", 90))
    )
    (line,) = event_of(replace(ALERT, projects=files), "health_alert").lines
    assert (line.project, line.text) == ("api CLAUDE.md", "score 40")


def test_what_is_long_is_cut_visibly_and_stays_small_in_the_state():
    many = tuple(ProjectResult(id=f"p{i}", path="/", error="e" * 5000) for i in range(500))
    run = replace(FAILED, task_name="n" * 5000, error="x" * 50_000, projects=many)
    failed = event_of(run, "task_failed")
    assert failed.lines[-1].text == "and 490 more"
    assert failed.error is not None
    assert failed.error.endswith("…")
    assert all(len(json.dumps(event.to_json())) < 8000 for event in events_of(run))


texts = st.text(max_size=40)
results = st.builds(
    ProjectResult,
    id=texts,
    path=st.just("/"),
    score=st.none() | st.integers(0, 100),
    issues=st.none() | st.integers(0, 9),
    action=st.sampled_from(["committed", "unchanged", None]),
    pull_request=st.none() | texts,
    error=st.none() | texts,
)
executions = st.builds(
    lambda **fields: execution(**fields),
    task_name=texts,
    task_type=st.sampled_from(["analyze", "optimize", "health_check", "custom"]),
    trigger=st.sampled_from(["scheduled", "threshold"]),
    status=st.sampled_from(["completed", "failed", "running"]),
    duration_ms=st.none() | st.integers(0, 10**9),
    error=st.none() | texts,
    alert_threshold=st.none() | st.integers(0, 100),
    fired=st.dictionaries(texts, st.floats(-1e6, 1e6)),
    projects=st.lists(results, max_size=14).map(tuple),
)


@given(executions)
def test_every_event_survives_the_state(run):
    for event in events_of(run):
        assert Event.from_json(json.loads(json.dumps(event.to_json()))) == event


def test_which_way_a_score_went_is_said_where_it_went_anywhere():
    results = [
        ProjectResult(id="better", path="/b", score=90, previous_score=84),
        ProjectResult(id="worse", path="/w", score=42, previous_score=61),
        ProjectResult(id="same", path="/s", score=50, previous_score=50),
        ProjectResult(id="new", path="/n", score=50),
    ]
    done = execution(task_type="health_check", alert_threshold=70, projects=tuple(results))
    completed = event_of(done, "task_completed")
    assert [(line.project, line.text) for line in completed.lines] == [
        ("better", "score 84 → 90"),
        ("worse", "score 61 → 42"),
    ]
    alert = event_of(done, "health_alert")
    assert [(line.project, line.text) for line in alert.lines] == [
        ("worse", "score 42, was 61"),
        ("same", "score 50"),
        ("new", "score 50"),
    ]
