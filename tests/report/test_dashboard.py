"""The dashboard's figures: what counts, for which day, and what is known of each project."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ccm_gitops.projects.model import Project
from ccm_gitops.report.dashboard import EXECUTIONS
from ccm_gitops.report.model import Surroundings
from ccm_gitops.report.projects import worst_first
from ccm_gitops.server.wire import stats
from ccm_gitops.state.model import Claim, Figures, Heartbeat, ProjectState, State, TaskState
from tests.support.histories import NOW, dashboard, line, result

DAILY = {"id": "daily", "name": "Daily", "type": "analyze", "schedule": {"cron": "0 9 * * *"}}
BEAT = Heartbeat(at=NOW - timedelta(minutes=5), machine="ci")


def test_cards_count_the_day_of_the_time_zone(tmp_path):
    history = [
        line("daily", "2026-01-18T22:30:00Z", projects=(result("api", tokens_saved=5),)),
        line("daily", "2026-01-18T23:30:00Z", projects=(result("api", tokens_saved=40),)),
        line("daily", "2026-01-19T08:00:00Z", status="failed", error="no way"),
        line("daily", "2026-01-19T08:30:00Z", status="skipped"),
    ]
    cards = dashboard(tmp_path, history, settings={"timezone": "Europe/Berlin"}).cards
    assert (cards.executions_today, cards.successful_today) == (3, 1)
    assert (cards.failed_today, cards.skipped_today) == (1, 1)
    assert (cards.tokens_saved_today, cards.tokens_saved_total) == (40, 45)


def test_an_execution_that_is_in_the_history_twice_counts_once(tmp_path):
    twice = line("daily", "2026-01-19T08:00:00Z", projects=(result("api", tokens_saved=7),))
    board = dashboard(tmp_path, [twice, twice])
    assert (board.cards.tokens_saved_total, board.executions_total) == (7, 1)


def test_what_two_tasks_save_of_the_same_text_counts_once(tmp_path):
    def saves(saved, **given):
        return tuple(result(id, tokens_saved=n, **given) for id, n in saved.items())

    history = [
        line("gentle", NOW - timedelta(days=1), projects=saves({"api": 300, "web": 10})),
        line("bold", NOW, projects=saves({"api": 400, "web": 10})),
        line("gentle", NOW, projects=saves({"api": 50, "web": 10}, tokens=700)),
    ]
    board = dashboard(tmp_path, history)
    assert [row.tokens_saved for row in board.executions] == [60, 410, 310]
    assert (board.cards.tokens_saved_total, board.cards.tokens_saved_today) == (470, 160)
    assert {view.id: view.tokens_saved for view in board.projects} == {"api": 450, "web": 20}


def test_what_a_branch_proposes_anew_counts_in_the_place_of_what_it_proposed(tmp_path):
    def proposes(task, day, saved, commit, **given):
        projects = (result("api", tokens_saved=saved, commit=commit, tokens=1_000 + day, **given),)
        return line(task, NOW - timedelta(days=9 - day), projects=projects)

    history = [
        proposes("tidy", 1, 300, "a"),
        proposes("tidy", 2, 0, "a"),  # it stands
        proposes("tidy", 3, 320, "b", details={"replaces": "a"}),
        proposes("tidy", 4, 0, "c", details={"replaces": "b"}),  # and its pull request was refused
        proposes("tidy", 5, 350, "c"),
        proposes("tidy", 6, 350, "c"),
        proposes("tidy", 7, 40, "d"),  # after a merge
        proposes("bold", 8, 5, "e", details={"replaces": "x"}),
    ]
    board = dashboard(tmp_path, history, tasks=[{**DAILY, "id": "tidy"}])
    assert board.cards.tokens_saved_total == board.projects[0].tokens_saved == 395
    assert [day.tokens_saved for day in board.days[-9:]] == [300, 0, 20, -320, 350, 0, 40, 5, 0]
    assert board.tasks[0].tokens_saved == stats(history[:7]).tokens_saved == 390


def test_money_is_the_saved_tokens_of_each_session_at_the_set_price(tmp_path):
    history = [line("daily", NOW, projects=(result("api", tokens_saved=10_000),))]
    assert dashboard(tmp_path, history).cards.money_per_month is None
    price = {"per_million_tokens": 5, "sessions_per_month": 100}
    cards = dashboard(tmp_path, history, settings={"price": price}).cards
    assert cards.money_per_month == pytest.approx(10_000 * 100 * 5 / 1_000_000)


def test_the_newest_executions_come_first_and_are_bounded(tmp_path):
    count = EXECUTIONS + 5
    history = [line("daily", NOW - timedelta(minutes=i)) for i in range(count)]
    board = dashboard(tmp_path, history)
    assert board.executions_total == count
    assert len(board.executions) == EXECUTIONS
    assert board.executions[0].started_at == NOW


def test_without_a_heartbeat_nothing_ever_ran(tmp_path):
    status = dashboard(tmp_path, tasks=[DAILY]).status
    assert (status.health, status.last_check_at) == ("never", None)


def test_a_slot_that_nobody_took_for_an_hour_makes_the_scheduler_late(tmp_path):
    seen = {"daily": TaskState(since=NOW - timedelta(days=1))}
    state = State(heartbeat=BEAT, tasks=seen)
    on_time = dashboard(tmp_path, state=state, now=NOW + timedelta(minutes=59), tasks=[DAILY])
    assert on_time.status.health == "running"
    late = dashboard(tmp_path, state=state, now=NOW + timedelta(minutes=61), tasks=[DAILY])
    assert late.status.health == "late"
    assert "daily was due" in late.status.reason


def test_a_task_that_failures_paused_makes_nothing_late(tmp_path):
    def health(failures):
        seen = {"daily": TaskState(since=NOW - timedelta(days=2), failures=failures)}
        board = dashboard(
            tmp_path,
            state=State(heartbeat=BEAT, tasks=seen),
            tasks=[DAILY],
            settings={"pause_after_failures": 2},
        )
        return board.status.health

    assert (health(1), health(2)) == ("late", "running")


def test_a_part_that_did_not_come_makes_the_scheduler_late_and_one_at_work_is_told(tmp_path):
    yesterday = NOW - timedelta(days=1)
    claim = Claim(
        execution="x",
        trigger="scheduled",
        machine="far",
        at=NOW,
        expires_at=NOW + timedelta(hours=9),
    )
    parts = {"daily": TaskState(since=NOW - timedelta(days=9)), "daily@1/2": TaskState(since=NOW)}
    missing = State(heartbeat=BEAT, tasks={**parts, "daily@2/2": TaskState(since=yesterday)})
    later = NOW + timedelta(hours=2)
    assert dashboard(tmp_path, state=missing, now=later, tasks=[DAILY]).status.health == "late"
    there = State(heartbeat=BEAT, tasks={**parts, "daily@2/2": TaskState(since=NOW)})
    assert dashboard(tmp_path, state=there, now=later, tasks=[DAILY]).status.health == "running"
    busy = TaskState(since=yesterday, claim=claim)
    board = dashboard(
        tmp_path,
        state=State(heartbeat=BEAT, tasks={**parts, "daily@2/2": busy}),
        now=later,
        tasks=[DAILY],
    )
    assert (board.status.health, board.tasks[0].running_on) == ("running", "far")


def test_a_disabled_task_makes_nobody_late(tmp_path):
    seen = {"daily": TaskState(since=NOW - timedelta(days=3))}
    state = State(heartbeat=BEAT, tasks=seen)
    board = dashboard(tmp_path, state=state, tasks=[{**DAILY, "enabled": False}])
    assert board.status.health == "running"


def test_with_an_expected_pace_the_next_check_is_known(tmp_path):
    every = timedelta(minutes=15)
    around = Surroundings(machine="testbox", check_every=every)
    status = dashboard(tmp_path, state=State(heartbeat=BEAT), around=around).status
    assert status.next_check_at == BEAT.at + every
    much_later = NOW + timedelta(minutes=31)
    late = dashboard(tmp_path, state=State(heartbeat=BEAT), around=around, now=much_later).status
    assert late.health == "late"


def test_a_project_has_the_worst_score_and_the_sums_of_its_files_one_point_a_day(tmp_path):
    two = (result("api", 60, file="CLAUDE.md"), result("api", 90, file="AGENTS.md", tokens=500))
    history = [
        line("daily", "2026-01-17T09:00:00Z", projects=(result("api", 75),)),
        line("daily", "2026-01-18T09:00:00Z", projects=(result("api", 30),)),
        line("daily", "2026-01-18T21:00:00Z", projects=two),
    ]
    [api] = dashboard(tmp_path, history).projects
    assert (api.score, api.tokens, api.issues, api.score_change) == (60, 1_500, 4, -15)
    assert [point.score for point in api.points] == [75, 60]
    assert [item.file for item in api.files] == ["CLAUDE.md", "AGENTS.md"]
    assert not api.is_configured


def test_a_project_without_history_has_the_figures_of_the_state(tmp_path):
    figures = Figures(
        key="k", optimization_score=41, token_count=900, issue_count=3, file_size=4_000
    )
    state = State(projects={"api": ProjectState(figures=figures)})
    around = Surroundings(machine="m", projects=(Project(id="api", path=tmp_path),))
    [api] = dashboard(tmp_path, state=state, around=around).projects
    assert (api.score, api.tokens, api.issues, api.measured_at) == (41, 900, 3, None)
    assert (api.is_configured, api.points) == (True, ())


def test_a_project_that_nobody_saw_for_a_month_is_left_out(tmp_path):
    history = [line("daily", NOW - timedelta(days=31), projects=(result("old"),))]
    assert dashboard(tmp_path, history).projects == ()


def test_a_failed_project_keeps_its_figures_and_says_why(tmp_path):
    broken = result("api", None, file=None, issues=None, tokens=None, error="cannot be read")
    history = [
        line("daily", "2026-01-18T09:00:00Z", projects=(result("api", 75),)),
        line("daily", "2026-01-19T09:00:00Z", status="failed", projects=(broken,)),
    ]
    board = dashboard(tmp_path, history)
    assert (board.projects[0].score, board.projects[0].error) == (75, "cannot be read")
    assert board.executions[0].error == "api: cannot be read"


def test_what_was_published_is_listed_newest_first(tmp_path):
    def saved(at, commit, **given):
        made = result("api", branch="ccm/tidy", commit=commit, action="committed", **given)
        return line("tidy", at, task_type="optimize", projects=(made,))

    history = [
        saved("2026-01-18T09:00:00Z", "aaa"),
        saved("2026-01-19T08:00:00Z", "bbb", pull_request="https://example.com/pull/7"),
    ]
    [api] = dashboard(tmp_path, history).projects
    assert [item.commit for item in api.proposals] == ["bbb", "aaa"]
    assert api.proposals[0].pull_request == "https://example.com/pull/7"


def test_no_address_of_a_webhook_is_in_the_dashboard(tmp_path):
    webhook = {"id": "ops", "name": "Ops", "type": "generic", "url": "${CCM_SECRET_PLACE}"}
    document = dashboard(tmp_path, webhooks=[webhook]).to_json()
    assert document["webhooks"][0]["health"] == "unused"
    assert "CCM_SECRET_PLACE" not in str(document)


def test_the_lowest_score_comes_first_and_what_was_never_measured_last(tmp_path):
    unseen = result("new", None, file=None, issues=None, tokens=None)
    projects = (result("good", 90), unseen, result("bad", 20))
    views = dashboard(tmp_path, [line("daily", NOW, projects=projects)]).projects
    assert [view.id for view in worst_first(views)] == ["bad", "good", "new"]


def test_a_task_that_runs_in_shards_has_its_last_run_from_the_history(tmp_path):
    history = [
        line("daily", NOW, status="failed"),
        line("daily", NOW + timedelta(hours=1), status="skipped"),
    ]
    [task] = dashboard(tmp_path, history, tasks=[DAILY]).tasks
    assert (task.row.last_run_at, task.row.last_status) == (NOW, "failed")
    assert task.recent == ("failed", "skipped")
