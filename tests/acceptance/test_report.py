"""`ccm-gitops report`: a run's results as a site, as Markdown, as tables, as JSON."""

from __future__ import annotations

import pytest

from ccm_gitops.report import summary
from tests.support.histories import NOW, dashboard, line, result
from tests.support.repos import git

TASKS = [
    {"id": "look", "name": "Look", "type": "analyze", "schedule": {"interval": "1d"}},
    {"id": "tidy", "name": "Tidy", "type": "optimize", "schedule": {"interval": "7d"}},
]


@pytest.fixture
def ran(sandbox):
    """A place where two tasks ran once in one repository."""
    sandbox.demo_repo("payments-api")
    sandbox.configure(projects=[{"id": "api", "path": "payments-api"}], tasks=TASKS)
    assert sandbox.ccm("run").code == 0
    return sandbox


def test_the_site_has_the_run_and_the_project_with_sections_and_findings(ran):
    done = ran.ccm("report", "--html", "public", "--check-every", "15m")
    assert (done.code, done.out) == (0, "")
    assert "public/index.html" in done.err
    index = (ran.root / "public/index.html").read_text()
    assert "Running" in index
    assert "projects/api.html" in index
    project = (ran.root / "public/projects/api.html").read_text()
    for words in ("could save", "Completed Work", "completed_work_verbose", "ccm/tidy"):
        assert words in project
    for path in ("assets/site.css", "assets/site.js", "badges/api.svg", "executions.html"):
        assert (ran.root / "public" / path).stat().st_size > 100


def test_without_a_look_at_the_projects_the_last_figures_are_shown(ran):
    assert ran.ccm("report", "--html", "public", "--inspect-for", "0s").code == 0
    project = (ran.root / "public/projects/api.html").read_text()
    assert "It was not looked at for this page" in project
    assert "CLAUDE.md" in project


def test_a_project_that_is_gone_is_a_page_that_says_so(ran):
    (ran.root / "payments-api").rename(ran.root / "elsewhere")
    done = ran.ccm("report", "--html", "public")
    assert done.code == 0
    assert "not found here" in (ran.root / "public/projects/api.html").read_text()
    assert "there is no folder" in (ran.root / "public/index.html").read_text()


def test_archives_are_listed_once_the_change_is_merged(ran):
    git(ran.root / "payments-api", "merge", "--quiet", "ccm/tidy")
    assert ran.ccm("report", "--html", "public").code == 0
    project = (ran.root / "public/projects/api.html").read_text()
    assert "Archives" in project
    assert ".claude/archives/" in project


def test_json_is_the_dashboard(ran):
    document = ran.ccm("report", "--json").json
    assert document["status"]["health"] == "running"
    assert document["cards"]["executions_today"] == 2
    assert document["cards"]["tokens_saved_today"] > 0
    [project] = document["projects"]
    assert (project["id"], len(project["points"])) == ("api", 1)
    assert project["inspection"]["analyses"][0]["sections"]


def test_alone_it_prints_tables_and_with_markdown_a_summary(ran):
    plain = ran.ccm("report")
    assert plain.code == 0
    assert "Scheduler: running" in plain.out
    assert "Recent executions" in plain.out
    summary = ran.ccm("report", "--markdown")
    assert summary.out.startswith("## ccm-gitops")
    assert "| Task | Type |" in summary.out


def test_a_mistake_is_told_as_usage(sandbox):
    sandbox.configure()
    for wrong in (["--json", "--markdown"], ["--html", "x", "--inspect-for", "soon"]):
        done = sandbox.ccm("report", *wrong)
        assert (done.code, done.out) == (2, "")


def test_a_job_summary_stays_below_its_limit(tmp_path):
    long = "<b>|`*_" * 400
    history = [
        line(f"t{i}", NOW, task_name=long, error=long, projects=(result(f"p{i}"),))
        for i in range(300)
    ]
    tasks = [{**TASKS[0], "id": f"t{i}", "name": long} for i in range(300)]
    text = summary.as_markdown(dashboard(tmp_path, history, tasks=tasks))
    assert len(text.encode()) < 1_000_000
    assert "<b>" not in text
    assert "250 more are left out here." in text
