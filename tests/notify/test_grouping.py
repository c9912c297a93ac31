"""One message for a run, or one for each project."""

from __future__ import annotations

from dataclasses import replace

from ccm_gitops.execution import ProjectResult
from ccm_gitops.notify.events import Event, Metrics
from ccm_gitops.notify.grouping import digest, grouped, per_project, with_projects
from tests.notify.samples import ALERT, EVENTS, FAILED, entry, event_of, execution, optimization


def test_each_project_is_told_of_with_its_own_figures():
    api, web = per_project(event_of(execution(), "task_completed"), execution())
    assert (api.project, web.project) == ("api", "web")
    assert (api.metrics.issues_found, web.metrics.issues_found) == (5, 3)
    assert api.metrics.projects_processed == 1
    assert len({api.id, web.id, EVENTS["task_completed"].id}) == 3


def test_only_the_projects_that_an_event_is_about_are_told_of():
    failed = per_project(event_of(FAILED, "task_failed"), FAILED)
    assert [(part.project, part.error) for part in failed] == [
        ("old_site", "no such folder: *gone*"),
        ("shop", "git refused: [x](https://evil.example)"),
    ]
    assert [part.project for part in per_project(event_of(ALERT, "health_alert"), ALERT)] == ["api"]
    (applied,) = per_project(EVENTS["optimization_applied"], optimization())
    assert applied.metrics.tokens_saved == 12450
    fired = per_project(EVENTS["threshold_triggered"], optimization())
    assert [part.message for part in fired] == [
        "Score Guard was triggered: api is at 42.",
        "Score Guard was triggered: web is at 55.5.",
    ]


def test_what_speaks_of_no_project_stays_one_event():
    started = event_of(execution(projects=()), "task_started")
    assert per_project(started, execution(projects=())) == (started,)
    broken = execution(status="failed", error="no projects match", projects=())
    event = event_of(broken, "task_failed")
    assert per_project(event, broken) == (event,)


def test_a_project_with_several_files_is_told_of_once():
    results = tuple(
        ProjectResult(id="api", path="/r/api", file=name, score=9, issues=2, action="analyzed")
        for name in ("AGENTS.md", "CLAUDE.md")
    )
    run = execution(projects=results)
    (part,) = per_project(event_of(run, "task_completed"), run)
    assert part.metrics.issues_found == 4


def test_a_run_is_told_of_in_one_message_coloured_by_the_gravest():
    events = [EVENTS[kind] for kind in ("task_started", "task_completed", "task_failed")]
    other = replace(EVENTS["task_started"], execution_id="another", task_name="Other")
    told = digest([*events, other])
    assert told.kind == "task_failed"
    assert told.title == "❌ 3 events: 1 failed, 1 completed, 1 started"
    assert [line.project for line in told.lines] == [
        "Score Guard",
        "Daily Context Analysis",
        "Other",
    ]
    assert told.lines[0].text.startswith("completed in 1.2 seconds")
    assert told.id == digest([*events, other]).id != digest(events).id


def test_figures_are_counted_once_for_an_execution():
    told = digest([EVENTS["task_completed"], EVENTS["optimization_applied"]])
    assert told.metrics.tokens_saved == 12450
    assert told.metrics.projects_processed == 2


def test_a_project_of_two_tasks_is_counted_once_in_a_message_for_the_run():
    shared = execution()
    other = execution(
        id="other",
        task_id="guard",
        projects=(
            ProjectResult(id="web", path="/r/web", score=90, issues=4, tokens_saved=70),
            ProjectResult(id="docs", path="/r/docs", error="no such folder"),
        ),
    )
    runs = [(event_of(run, "task_completed"), run) for run in (shared, other)]
    events = [with_projects(event, run) for event, run in runs]
    told = digest(events)
    assert told.metrics == Metrics(projects_processed=2, issues_found=9, tokens_saved=70)
    late = with_projects(EVENTS["optimization_applied"], optimization())
    assert digest([Event.from_json(told.to_json()), late]).metrics.issues_found == 9
    assert [event.by_project for event, _ in runs] == [{}, {}]


def test_only_what_waits_untried_for_a_webhook_that_is_ready_is_put_together():
    first, second, tried = entry("evt_1"), entry("evt_2"), entry("evt_3", attempts=1)
    dead = entry("evt_4", state="dead")
    other = entry("evt_5", webhook_id="other")
    entries = (first, tried, second, dead, other, replace(other, id="other/evt_6"))
    together = grouped(entries, {"hook"})
    assert together[1:] == (tried, dead, *entries[4:])
    assert together[0].event.id == digest([first.event, second.event]).id
    assert grouped(together, {"hook"}) == together
    assert grouped(entries, set()) == entries
    assert grouped((first,), {"hook"}) == (first,)
