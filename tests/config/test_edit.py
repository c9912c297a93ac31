"""Edits of a commented file: the diff is what was asked for, the data the old with that change."""

from __future__ import annotations

import difflib
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.config import edit, save, spans, yaml_core
from ccm_gitops.config.edit import REMOVED
from ccm_gitops.config.emit import inline, pair_lines
from ccm_gitops.config.yaml_core import read_yaml
from ccm_gitops.errors import ConfigError, GitError, UsageError
from ccm_gitops.gitrepo.own import commit_file
from tests.support.repos import git, make_repo

FILE = """\
# The team's schedule.   Trailing white space stays:  \n\
version: 1

settings:
    timezone:   'Europe/Berlin'     # where we are
    state: {path: .ccm/state.json}

projects:
  - {id: api, path: ../api}    # ours
  - {id: web,   path: ../web}
  # - {id: old, path: ../old}

webhooks:
- id: dev
  type: slack
  url: ${SLACK}   # a secret
  events: [
    task_failed,      # always
    health_alert,
  ]
- id: ops
  type: "generic"
  url: "${OPS}"

tasks:
  # Look each morning.
  - id: daily
    name: 'Daily: look'        # quoted for the colon
    type: analyze
    schedule: &daily {cron: "0 9 * * *"}
    enabled: true              # switched on in May
    notify: &told
      on_failure: true
      # nobody reads these
      webhooks:
        - dev
        - ops   # at night

  # ---- Nightly ----

  # Tidy up, but only if
  # the look went well.
  - id: tidy
    type: optimize
    schedule: *daily
    needs: [daily]
    notify: *told

  - {id: links, type: custom, schedule: manual, config: {command: [./x]}}
  - id: report
    description: |
      Two lines,
        kept.
    type: health_check
    schedule:
      interval: 7d   # a week
    machine:

# The end.
"""


def diff(old: str, new: str) -> list[str]:
    """The lines that `git diff` would show, without its context."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def change(id, changes, kind="tasks"):
    return lambda text: edit.change(text, kind, id, changes)


def add(kind, **entry):
    return lambda text: edit.add(text, kind, entry)


def remove(kind, id):
    return lambda text: edit.remove(text, kind, id)


# fmt: off
EDITS = [
    ("a value keeps the column of its comment", change("daily", {("enabled",): False}),
     ["-    enabled: true              # switched on in May",
      "+    enabled: false             # switched on in May"]),
    ("a quoted text keeps its quotes", change("daily", {("name",): "Daily: a 'look'"}),
     ["-    name: 'Daily: look'        # quoted for the colon",
      "+    name: 'Daily: a ''look'''  # quoted for the colon"]),
    ("the same value changes nothing", change("daily", {("enabled",): True}), []),
    ("a new key goes to the end of the task", change("tidy", {("enabled",): False}),
     ["+    enabled: false"]),
    ("a new key of a flow task", change("links", {("enabled",): False}),
     ["-  - {id: links, type: custom, schedule: manual, config: {command: [./x]}}",
      "+  - {id: links, type: custom, schedule: manual, config: {command: [./x]}, "
      "enabled: false}"]),
    ("a text for a flow mapping", change("links", {("schedule",): {"interval": "1d"}}),
     ["-  - {id: links, type: custom, schedule: manual, config: {command: [./x]}}",
      "+  - {id: links, type: custom, schedule: {interval: 1d}, config: {command: [./x]}}"]),
    ("a value deep inside", change("report", {("schedule", "interval"): "14d"}),
     ["-      interval: 7d   # a week", "+      interval: 14d  # a week"]),
    ("a block for a word", change("report", {("schedule",): "manual"}),
     ["-    schedule:", "-      interval: 7d   # a week", "+    schedule: manual"]),
    ("another kind of schedule", change("report", {("schedule",): {"cron": "0 8 * * 1"}}),
     ["-    schedule:", "-      interval: 7d   # a week", '+    schedule: {cron: "0 8 * * 1"}']),
    ("an empty value is filled in", change("report", {("machine",): "laptop"}),
     ["-    machine:", "+    machine: laptop"]),
    ("a text of several lines", change("report", {("description",): "One line."}),
     ["-    description: |", "-      Two lines,", "-        kept.",
      "+    description: One line."]),
    ("a nested key whose parent is missing", change("report", {("notify", "webhooks"): ["dev"]}),
     ["+    notify: {webhooks: [dev]}"]),
    ("a key is taken out", change("daily", {("enabled",): REMOVED}),
     ["-    enabled: true              # switched on in May"]),
    ("a key with the comment above it", change("tidy", {("needs",): REMOVED}),
     ["-    needs: [daily]"]),
    ("the first key of an item", change("daily", {("id",): REMOVED, ("name",): "Daily"}),
     ["-  - id: daily", "-    name: 'Daily: look'        # quoted for the colon",
      "+  - name: 'Daily'              # quoted for the colon"]),
    ("an anchored value parts from its alias",
     change("daily", {("schedule", "cron"): "0 8 * * *"}),
     ['-    schedule: &daily {cron: "0 9 * * *"}', '+    schedule: {cron: "0 8 * * *"}',
      "-    schedule: *daily", '+    schedule: &daily {cron: "0 9 * * *"}']),
    ("an alias is written out", change("tidy", {("schedule", "cron"): "0 8 * * *"}),
     ["-    schedule: *daily", '+    schedule: {cron: "0 8 * * *"}']),
    ("an item of a block list inside an anchor", change("tidy", {("notify", "on_success"): True}),
     ["-    notify: *told",
      "+    notify: {on_failure: true, webhooks: [dev, ops], on_success: true}"]),
    ("an anchor goes with the blank before it", change("daily", {("notify", "on_failure"): False}),
     ["-    notify: &told", "+    notify:", "-      on_failure: true", "+      on_failure: false",
      "-    notify: *told", "+    notify: &told {on_failure: true, webhooks: [dev, ops]}"]),
    ("one event less", change("dev", {("events",): ["task_failed"]}, "webhooks"),
     ["-    health_alert,"]),
    ("one event more",
     change("dev", {("events",): ["task_failed", "health_alert", "task_completed"]}, "webhooks"),
     ["+    task_completed,"]),
    ("other events", change("dev", {("events",): ["task_started"]}, "webhooks"),
     ["-  events: [", "-    task_failed,      # always", "-    health_alert,", "-  ]",
      "+  events: [task_started]"]),
    ("a variable in double quotes", change("ops", {("url",): "${CCM_WEBHOOK_OPS}"}, "webhooks"),
     ['-  url: "${OPS}"', '+  url: "${CCM_WEBHOOK_OPS}"']),
    ("a webhook more, as the others are set", add("webhooks", id="n8n", type="n8n", url="${N}"),
     ["+- id: n8n", "+  type: n8n", "+  url: ${N}"]),
    ("a task more", add("tasks", id="weekly", name="Weekly #1", type="optimize",
                        schedule={"cron": "0 8 * * 1"}, notify={"webhooks": ["dev"]}),
     ["+  - id: weekly", '+    name: "Weekly #1"', "+    type: optimize",
      '+    schedule: {cron: "0 8 * * 1"}', "+    notify: {webhooks: [dev]}"]),
    ("a project more goes below what is commented out", add("projects", id="app", path="../app"),
     ["+  - {id: app, path: ../app}"]),
    ("a task less, with the comments and the empty line that are its own", remove("tasks", "tidy"),
     ["-  # Tidy up, but only if", "-  # the look went well.", "-  - id: tidy",
      "-    type: optimize", "-    schedule: *daily", "-    needs: [daily]",
      "-    notify: *told", "-"]),
    ("the last task", remove("tasks", "report"),
     ["-  - id: report", "-    description: |", "-      Two lines,", "-        kept.",
      "-    type: health_check", "-    schedule:", "-      interval: 7d   # a week",
      "-    machine:"]),
    ("a task of one line", remove("tasks", "links"),
     ["-  - {id: links, type: custom, schedule: manual, config: {command: [./x]}}"]),
    ("a project less", remove("projects", "api"), ["-  - {id: api, path: ../api}    # ours"]),
    ("a webhook less", remove("webhooks", "ops"),
     ["-- id: ops", '-  type: "generic"', '-  url: "${OPS}"']),
]
# fmt: on


@pytest.mark.parametrize(
    ("edited", "expected"), [pytest.param(*case, id=name) for name, *case in EDITS]
)
@pytest.mark.parametrize("parser", [yaml_core.LOADER, yaml.SafeLoader], ids=["libyaml", "own"])
def test_an_edit_changes_only_what_was_asked_for(edited, expected, parser, monkeypatch):
    monkeypatch.setattr(spans, "LOADER", parser)
    assert sorted(diff(FILE, edited(FILE))) == sorted(expected)


@pytest.mark.parametrize("edited", [pytest.param(case[1], id=case[0]) for case in EDITS])
def test_line_breaks_of_windows_stay(edited):
    assert edited(FILE.replace("\n", "\r\n")) == edited(FILE).replace("\n", "\r\n")


def test_the_anchor_of_a_removed_task_goes_to_the_first_that_uses_it():
    assert [line for line in diff(FILE, edit.remove(FILE, "tasks", "daily")) if line[0] == "+"] == [
        '+    schedule: &daily {cron: "0 9 * * *"}',
        "+    notify: &told {on_failure: true, webhooks: [dev, ops]}",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version: 1\n", "version: 1\n\ntasks:\n  - id: a\n    type: analyze\n"),
        ("version: 1", "version: 1\n\ntasks:\n  - id: a\n    type: analyze\n"),
        (
            "version: 1\ntasks:\n  # none yet\n# end\n",
            "version: 1\ntasks:\n  # none yet\n  - id: a\n    type: analyze\n# end\n",
        ),
        (
            "version: 1\ntasks: []  # none\n",
            "version: 1\ntasks:  # none\n  - id: a\n    type: analyze\n",
        ),
        ("{version: 1}\n", "{version: 1, tasks: [{id: a, type: analyze}]}\n"),
        ('{"version": 1, "tasks": []}', '{"version": 1, "tasks": [{id: a, type: analyze}]}'),
    ],
)
def test_the_first_task_of_a_file(text, expected):
    assert edit.add(text, "tasks", {"id": "a", "type": "analyze"}) == expected


def test_the_last_task_of_all_leaves_an_empty_list():
    text = "version: 1\ntasks:\n  # the only one\n  - id: a\n    type: analyze\nprojects: []\n"
    assert edit.remove(text, "tasks", "a") == "version: 1\ntasks: []\nprojects: []\n"


def test_a_removal_can_take_the_id_out_of_the_tasks_that_name_it():
    assert edit.users_of(FILE, "tasks", "daily") == ["tidy"]
    assert edit.users_of(FILE, "webhooks", "dev") == ["daily", "tidy"]
    removed = edit.remove(FILE, "webhooks", "dev", with_references=True)
    assert "${SLACK}" not in removed
    assert edit.users_of(removed, "webhooks", "dev") == []
    assert edit.users_of(removed, "webhooks", "ops") == ["daily", "tidy"]


def test_an_unknown_id_is_told_with_what_was_meant():
    with pytest.raises(UsageError, match=r"there is no task 'dayly' \(did you mean 'daily'\?\)"):
        edit.remove(FILE, "tasks", "dayly")


@given(st.text(), st.sampled_from(["plain", "'", '"']), st.booleans())
def test_a_text_is_read_as_it_was_written(text, quote, in_flow):
    text = "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    written = inline(text, quote=quote, in_flow=in_flow)
    whole = f"{{k: {written}}}" if in_flow else f"k: {written}"
    assert read_yaml(whole.encode(), Path("x"))[0].data == {"k": text}


def test_what_does_not_fit_on_a_line_is_written_below():
    value = {"command": ["x" * 40, "y" * 40], "env": {"A": "b" * 30}}
    text = "\n".join(pair_lines("config", value, 2))
    assert read_yaml(text.encode(), Path("x"))[0].data == {"config": value}
    assert max(map(len, text.splitlines())) <= 100
    assert text.splitlines()[0] == "  config:"


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path):
    path = tmp_path / "schedules.yaml"
    path.write_text("version: 1\n")
    source = save.read_source(path)
    path.write_text("version: 1\n# mine\n")
    with pytest.raises(UsageError, match="was changed meanwhile"):
        save.save(source, "version: 1\ntasks: []\n", home=tmp_path)
    assert path.read_text() == "version: 1\n# mine\n"


def test_nothing_is_written_when_the_result_is_wrong(tmp_path):
    path = tmp_path / "schedules.yaml"
    path.write_text("version: 1\n")
    source = save.read_source(path)
    wrong = edit.add(source.text, "tasks", {"id": "a", "type": "look", "schedule": "manual"})
    with pytest.raises(ConfigError, match="must be analyze, optimize"):
        save.save(source, wrong, home=tmp_path)
    assert path.read_text() == "version: 1\n"


def test_mode_link_and_byte_order_mark_stay(tmp_path):
    real = tmp_path / "real.yaml"
    real.write_bytes(b"\xef\xbb\xbfversion: 1\n")
    real.chmod(0o640)
    link = tmp_path / "schedules.yaml"
    link.symlink_to("real.yaml")
    source = save.read_source(link)
    save.save(source, source.text + "tasks: []\n", home=tmp_path)
    assert link.is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbfversion: 1\ntasks: []\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_commit_holds_that_file_alone(tmp_path, monkeypatch):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.com")
    repo = make_repo(tmp_path / "repo", {"README.md": b"x\n"})
    (repo / "README.md").write_text("staged\n")
    git(repo, "add", "README.md")
    (repo / "schedules.yaml").write_text("version: 1\n")
    id = commit_file(repo / "schedules.yaml", "Add task a")
    assert git(repo, "show", "--format=%s", "--name-only", id).split("\n\n") == [
        "Add task a",
        "schedules.yaml",
    ]
    assert git(repo, "diff", "--cached", "--name-only") == "README.md"


def test_a_commit_that_a_hook_refuses_is_told_with_its_words(tmp_path):
    repo = make_repo(tmp_path / "repo", {"README.md": b"x\n"})
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not on Fridays >&2\nexit 1\n")
    hook.chmod(0o755)
    (repo / "schedules.yaml").write_text("version: 1\n")
    with pytest.raises(GitError, match="written, but not committed: not on Fridays"):
        commit_file(repo / "schedules.yaml", "Add task a")
    assert subprocess.run(["git", "log", "--oneline"], cwd=repo, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("schedule", "words"), [("manual", "'manual'"), ("[{cron: '0 9 * * *'}]", "a list")]
)
def test_a_key_inside_what_is_no_mapping_is_refused(schedule, words):
    text = f"version: 1\ntasks:\n  - {{id: a, type: analyze, schedule: {schedule}}}\n"
    with pytest.raises(UsageError, match=f"schedule is {words}, which has no threshold to change"):
        edit.change(text, "tasks", "a", {("schedule", "threshold", "cooldown"): "2d"})
