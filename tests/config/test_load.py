"""Valid configurations: what is built of them and warned of; and that nothing else comes out."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ccm_gitops.config import model, sources
from ccm_gitops.config.load import load_config
from ccm_gitops.config.variables import secret_variables_of, variables_of
from ccm_gitops.errors import ConfigError
from ccm_gitops.schedule.model import (
    Bounds,
    Changed,
    Cron,
    Interval,
    Manual,
    Several,
    Threshold,
)
from tests.config.changes import CHANGES, changed

ROOT = Path(__file__).parents[2]
HOME = Path("/home/ada")


def load(folder: Path, text: str):
    path = folder / "schedules.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, home=HOME)


def test_the_example_loads_without_a_warning():
    loaded = load_config(ROOT / "schedules.example.yaml", home=HOME)
    config = loaded.config
    assert loaded.warnings == ()
    assert config.folder == ROOT
    assert config.settings == model.Settings(
        timezone="Europe/Berlin", state=model.FileState(ROOT / ".ccm/state.json")
    )
    assert config.projects == (
        sources.PathSource(id="api", path=ROOT.parent / "api"),
        sources.GlobSource(glob="/home/ada/Projects/*", machine="laptop"),
        sources.RepoSource(id="web", repo="https://github.com/acme/web.git", branch="main"),
    )
    spread = Bounds(jitter=timedelta(minutes=10), seed="context-check")
    twice_a_week = Cron("30 7 * * 1,4", "Europe/Berlin", bounds=spread)
    spring = Bounds(
        datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 5, 31, 21, 59, 59, tzinfo=UTC)
    )
    rule = model.OptimizeRule
    house_rules = (
        rule(action="keep", section="^Decisions"),
        rule(
            action="archive",
            section=r"^Sprint \d+",
            older_than=timedelta(days=30),
            summary="Earlier sprints are in {target}.",
        ),
        rule(action="archive", content="^Status: shipped"),
        rule(action="condense", longer_than=120),
        "dedupe",
    )
    assert [task.schedule for task in config.tasks] == [
        Cron("0 9 * * *", "Europe/Berlin"),
        Threshold("optimization_score", "lt", 60.0, timedelta(days=1), rearm=65.0),
        Interval(timedelta(days=7)),
        Manual(),
        Several((twice_a_week, Changed(("CLAUDE.md", "docs/**")))),
        Interval(timedelta(days=14), spring),
        Cron("0 7 * * 1", "Europe/Berlin"),
    ]
    assert [task.config for task in config.tasks] == [
        model.AnalyzeConfig(include_health_score=True),
        model.OptimizeConfig(auto_apply_min_tokens=5000),
        model.HealthCheckConfig(include_recommendations=True),
        model.CustomConfig(
            command=("./scripts/check-links.sh", "{project_path}"), env={"LEVEL": "strict"}
        ),
        model.HealthCheckConfig(),
        model.OptimizeConfig(strategy="conservative"),
        model.OptimizeConfig(strategy="custom", rules=house_rules),
    ]
    assert config.webhooks[0].events == frozenset(
        {
            "task_failed",
            "threshold_triggered",
            "optimization_applied",
            "health_alert",
        }
    )
    assert config.tasks[0].notify == model.Notify(webhooks=("dev-alerts",))
    assert config.tasks[1].publish == model.Publish(mode="branch")
    assert config.tasks[1].needs == ("daily-analysis",)


def test_a_version_alone_is_a_configuration_of_defaults(tmp_path):
    config = load(tmp_path, "version: 1").config
    state = model.FileState(tmp_path / ".ccm/state.json")
    assert config == model.Config(
        path=tmp_path / "schedules.yaml", settings=model.Settings(state=state)
    )


def test_all_settings_are_read(tmp_path):
    text = """
version: 1
settings: {timezone: Asia/Tokyo, max_concurrent_tasks: 1, task_timeout: 1h, retry_attempts: 0,
  retry_backoff: 0s, catch_up: skip, catch_up_window: 2h, max_executions_per_hour: 7,
  history: {keep: 3d}, state: {branch: s, remote: up}, context_files: [A.md],
  author: {name: Ada}}
"""
    assert load(tmp_path, text).config.settings == model.Settings(
        timezone="Asia/Tokyo",
        max_concurrent_tasks=1,
        task_timeout=timedelta(hours=1),
        retry_attempts=0,
        retry_backoff=timedelta(0),
        catch_up="skip",
        catch_up_window=timedelta(hours=2),
        max_executions_per_hour=7,
        history_keep=timedelta(days=3),
        state=model.BranchState("s", "up"),
        context_files=("A.md",),
        author=model.Author(name="Ada"),
    )


def test_all_keys_of_tasks_webhooks_and_projects_are_read(tmp_path):
    text = """
version: 1
projects:
- {id: a, path: /srv/a, branch: dev, machine: m}
- {repo: "git@h.example:team/My Repo.git/", token: "${T}", machine: null}
webhooks:
- {name: My Hook, type: n8n, url: "${U}", events: [task_failed], enabled: false, machine: m,
   description: d, config: {username: u, channel: c, details_url: l}, secret: "${S}",
   allow_private: true}
tasks:
- {name: Look Here, description: d, type: analyze, schedule: {cron: "0 0 1 * 1", day_match: all},
   enabled: false, machine: m, projects: [a], needs: [rest],
   config: {alert_only: true, max_projects: 3.0, rules: {disable: [r], severity: {q: info}}},
   notify: {on_success: true, on_failure: false, webhooks: [my-hook]},
   publish: {mode: direct, branch: x, push: origin}}
- {id: rest, type: optimize, schedule: manual,
   config: {strategy: custom, dry_run: true, min_score: 80, rules: [archive, {action: move,
     section: s, content: c, older_than: 90d, longer_than: 80, summary: "In {target}."}]}}
- {id: run, type: custom, schedule: manual, config: {command: ["make x | y"], cwd: c, shell: true}}
""".replace("My Repo", "My_Repo")
    config = load(tmp_path, text).config
    assert config.projects == (
        sources.PathSource(id="a", path=Path("/srv/a"), branch="dev", machine="m"),
        sources.RepoSource(id="my-repo", repo="git@h.example:team/My_Repo.git/", token="${T}"),
    )
    assert config.webhooks == (
        model.Webhook(
            id="my-hook",
            name="My Hook",
            type="n8n",
            url="${U}",
            events=frozenset({"task_failed"}),
            enabled=False,
            machine="m",
            description="d",
            config={"username": "u", "channel": "c", "details_url": "l"},
            secret=("${S}",),
            allow_private=True,
        ),
    )
    look, rest, run = config.tasks
    assert look == model.Task(
        id="look-here",
        name="Look Here",
        description="d",
        type="analyze",
        schedule=Cron("0 0 1 * 1", "UTC", "all"),
        enabled=False,
        machine="m",
        projects=("a",),
        needs=("rest",),
        config=model.AnalyzeConfig(
            alert_only=True,
            max_projects=3,
            rules=model.RulesConfig(disable=frozenset({"r"}), severity={"q": "info"}),
        ),
        notify=model.Notify(on_success=True, on_failure=False, webhooks=("my-hook",)),
        publish=model.Publish(mode="direct", branch="x", push="origin"),
    )
    assert rest.config == model.OptimizeConfig(
        strategy="custom",
        rules=(
            "archive",
            model.OptimizeRule(
                action="move",
                section="s",
                content="c",
                older_than=timedelta(days=90),
                longer_than=80,
                summary="In {target}.",
            ),
        ),
        dry_run=True,
        min_score=80,
    )
    assert run.config == model.CustomConfig(command=("make x | y",), cwd="c", shell=True)


def test_paths_start_at_the_folder_of_the_file_and_tilde_is_home(tmp_path, monkeypatch):
    folder = tmp_path / "a[b]"
    folder.mkdir()
    (folder / "schedules.yaml").write_text(
        "version: 1\nsettings: {state: {path: ~/s.json}}\n"
        "projects: [{path: .}, {path: ~/x}, {glob: ../*}, {glob: sub/*}, {glob: /abs/*}]\n"
    )
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("a[b]/schedules.yaml"), home=HOME).config
    assert config.path == folder / "schedules.yaml"
    assert config.settings.state == model.FileState(HOME / "s.json")
    assert config.projects == (
        sources.PathSource(id="a-b", path=folder),
        sources.PathSource(id="x", path=HOME / "x"),
        sources.GlobSource(glob=f"{tmp_path}/*"),
        sources.GlobSource(glob=f"{tmp_path}/a[[]b]/sub/*"),
        sources.GlobSource(glob="/abs/*"),
    )


def test_a_project_that_a_glob_may_bring_is_not_refused(tmp_path):
    text = "version: 1\nprojects: [{glob: '*'}]\n"
    task = "tasks: [{id: a, type: analyze, schedule: manual, projects: [any]}]\n"
    assert load(tmp_path, text + task).config.tasks[0].projects == ("any",)


def test_variables_are_never_filled_in(tmp_path, monkeypatch):
    monkeypatch.setenv("URL", "https://h.example/secret")
    text = "version: 1\nwebhooks: [{id: a, type: generic, url: '${URL:-https://d.example}'}]\n"
    loaded = load(tmp_path, text)
    assert loaded.config.webhooks[0].url == "${URL:-https://d.example}"
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        pytest.param(
            "webhooks: [{id: my-hook, type: slack, url: 'https://h.example/x'}]",
            "2:44: webhooks[0].url: the address is a secret in the file; "
            "write ${CCM_WEBHOOK_MY_HOOK} and set that variable",
            id="a literal address",
        ),
        pytest.param(
            "webhooks: [{id: a, type: n8n, url: '${U}', secret: whsec_x}]",
            "2:52: webhooks[0].secret: is a secret in the file; "
            "write ${CCM_WEBHOOK_A_SECRET} and set that variable",
            id="a literal secret",
        ),
        pytest.param(
            "webhooks: [{id: a, type: n8n, url: '${U}', secret: ['${S}', whsec_x]}]",
            "2:61: webhooks[0].secret[1]: is a secret in the file; "
            "write ${CCM_WEBHOOK_A_SECRET} and set that variable",
            id="a literal old secret",
        ),
        pytest.param(
            "webhooks: [{id: a, type: n8n, url: '${U}', headers: {Authorization: Bearer x}}]",
            "2:69: webhooks[0].headers.Authorization: is a secret in the file; "
            "write ${CCM_WEBHOOK_A_TOKEN} for it",
            id="a literal credential",
        ),
        pytest.param(
            "projects: [{repo: 'https://h.example/a.git', token: ghp_x}]",
            "2:53: projects[0].token: is a secret in the file; "
            "write ${GITHUB_TOKEN} and set that variable",
            id="a literal token",
        ),
        pytest.param(
            "settings: {state: {branch: s, token: ghp_x}}",
            "2:38: settings.state.token: is a secret in the file; "
            "write ${GITHUB_TOKEN} and set that variable",
            id="a literal token of the state",
        ),
        pytest.param(
            "projects: [{repo: 'https://ghp_x@h.example/a.git'}]",
            "2:19: projects[0].repo: holds credentials; write them as token: ${NAME}",
            id="credentials in an address",
        ),
        pytest.param(
            "tasks: [{id: a, type: analyze, schedule: {cron: '0 9 1 * 1'}}]",
            "2:49: tasks[0].schedule.cron: both day fields are set, and a day that matches either "
            "is enough; write `day_match: any` to keep that, or `day_match: all` for both",
            id="both day fields",
        ),
        pytest.param(
            "sops: {age: []}",
            "2:7: sops: encrypted values are not read here; keep secrets in the environment, "
            "for instance by starting the runner with `sops exec-env`",
            id="a file that SOPS encrypted",
        ),
    ],
)
def test_warnings_do_not_stop_the_file(text, warning, tmp_path):
    loaded = load(tmp_path, f"version: 1\n{text}\n")
    assert [str(item) for item in loaded.warnings] == [f"{tmp_path}/schedules.yaml:{warning}"]


@pytest.mark.parametrize(
    "schedule", ["{cron: '0 9 1 * 1', day_match: any}", "{cron: '0 9 1 * *'}", "{cron: '@daily'}"]
)
def test_clear_crons_are_not_warned_of(schedule, tmp_path):
    text = f"version: 1\ntasks: [{{id: a, type: analyze, schedule: {schedule}}}]\n"
    assert load(tmp_path, text).warnings == ()


def test_what_holds_secrets_is_told_from_what_a_command_is_given(tmp_path):
    text = (
        "version: 1\n"
        "settings: {state: {branch: ccm-state, token: '${STATE}'}}\n"
        "projects: [{repo: 'https://h.example/a.git', token: '${PROJECT}'}]\n"
        "webhooks: [{id: a, type: generic, url: '${URL}', secret: '${KEY}',"
        " headers: {X-Key: 'Bearer ${HEADER}'}}]\n"
        "tasks:\n- {id: t, type: optimize, schedule: manual, publish: {token: '${PULLS}'}}\n"
        "- {id: c, type: custom, schedule: manual, config: {command: [x], env: {A: '${ENV}'}}}\n"
    )
    config = load(tmp_path, text).config
    secrets = ("STATE", "PROJECT", "URL", "KEY", "HEADER", "PULLS")
    assert secret_variables_of(config) == secrets
    assert variables_of(config) == (*secrets, "ENV")


def test_a_pipe_can_be_the_file(tmp_path):
    reader, writer = os.pipe()
    os.write(writer, b"version: 1")
    os.close(writer)
    config = load_config(Path(f"/dev/fd/{reader}"), home=HOME).config
    os.close(reader)
    assert config.tasks == ()


LINES = st.sampled_from(
    [
        *("version: 1", "tasks:", "- id: a", "  type: optimize", "  schedule: manual", "- &x"),
        *("  schedule: {cron: '* * * * *'}", "  schedule: *x", "settings: {}", "projects: [~]"),
        *("webhooks: [{}]", "  needs: [a, 1]", "  config: {rules: [], env: {a: .nan}}", "<<: *x"),
        *("  schedule: {threshold: {value: .inf}}", "---", "? []", "\t", "1: !!map {}"),
    ]
)
SOMETHING = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(str.encode),
    st.lists(LINES, max_size=12).map(lambda lines: "\n".join(lines).encode()),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=SOMETHING)
@example(raw=b"version: 1\ntasks: [{schedule: {threshold: {metric: file_size, value: .inf}}}]")
@example(raw=b"version: true")
@example(raw=b"version: 1\nsettings: ~\ntasks: {}\nprojects: 1\nwebhooks: [[]]")
def test_whatever_the_file_holds_it_loads_or_tells_why(raw, tmp_path):
    path = tmp_path / "schedules.yaml"
    path.write_bytes(raw)
    try:
        load_config(path, home=HOME)
    except ConfigError as error:
        assert error.problems
        assert str(error)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=CHANGES)
def test_a_nearly_right_file_loads_or_tells_every_mistake_with_its_place(changes, tmp_path):
    path = tmp_path / "schedules.yaml"
    path.write_text(json.dumps(changed(changes)))
    try:
        load_config(path, home=HOME)
    except ConfigError as error:
        assert all(problem.line and problem.column for problem in error.problems)
