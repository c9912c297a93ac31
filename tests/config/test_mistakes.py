"""Configurations that people get wrong, each with exactly what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_gitops.config.load import load_config
from ccm_gitops.errors import ConfigError


def hook(more: str) -> str:
    return f"version: 1\nwebhooks:\n- {{id: a, type: n8n, url: '${{U}}', {more}}}\n"


HOOK = "webhooks:\n  - {id: dev, type: slack, url: '${URL}'}\n"


def problems(text: str | bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(folder)
    raw = text.encode() if isinstance(text, str) else text
    Path("schedules.yaml").write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        load_config(Path("schedules.yaml"), home=folder)
    assert caught.value.exit_code == 2
    lines = str(caught.value).splitlines()
    assert all(line.startswith("schedules.yaml") for line in lines)
    return [line.removeprefix("schedules.yaml:") for line in lines]


def task(schedule: str = "manual", kind: str = "analyze", more: str = "") -> str:
    return f"version: 1\ntasks:\n- id: a\n  type: {kind}\n  schedule: {schedule}\n{more}"


def custom(config: str) -> str:
    return task(kind="custom", more=f"  config: {config}\n")


def rules(entries: str) -> str:
    return task(kind="optimize", more=f"  config: {{strategy: custom, rules: {entries}}}\n")


def settings(line: str) -> str:
    return f"version: 1\nsettings:\n  {line}\n"


def projects(entry: str) -> str:
    return f"version: 1\nprojects:\n- {entry}\n"


# fmt: off
YAML = [
    ("an empty file", "", ["1:1: the file is empty; it needs at least `version: 1`"]),
    ("only comments", "# nothing\n", ["1:1: the file is empty; it needs at least `version: 1`"]),
    ("a tab for indentation", "version: 1\nsettings:\n\ttimezone: UTC\n",
     ["3:1: a tab cannot indent YAML; use spaces"]),
    ("an unquoted @daily", task("{cron: @daily}"),
     ["5:20: a value cannot begin with '@'; put it in quotes"]),
    ("an unquoted cron that begins with a star", task("\n    cron: */5 * * * *"),
     ["6:11: '*' begins an alias in YAML; put the value in quotes"]),
    ("a colon in an unquoted name", "version: 1\ntasks:\n- id: a\n  name: Daily: all\n",
     ["4:14: a ':' is not expected here; quote a value that holds ': '"]),
    ("a crooked indentation", "version: 1\nsettings:\n    timezone: UTC\n  retry_attempts: 1\n",
     ["4:3: the indentation does not fit the lines above, or a ':' is missing"]),
    ("a key without its colon", "version: 1\ntasks:\n- id: a\n  type analyze\n  name: x\n",
     ["4:3: a ':' is missing after this key"]),
    ("a list on the line of its key", task(more="  needs: - b\n"),
     ["6:10: a '-' cannot begin a list on the line of its key; "
      "put it on the next line, or write [ ]"]),
    ("an open quote", "version: 1\nsettings: {timezone: 'UTC}\n",
     ["2:22: the quote that opens here is never closed"]),
    ("an open brace", "version: 1\nsettings: {timezone: UTC\ntasks: []\n",
     ["3:6: expected ',' or '}' here; quote a value that holds braces or commas"]),
    ("a variable in braces without quotes", "version: 1\nwebhooks: [{url: ${URL}}]\n",
     ["2:19: expected ',' or '}' here; quote a value that holds braces or commas"]),
    ("the same key twice", "version: 1\ntasks: []\nversion: 1\n",
     ["3:1: the key 'version' is there twice; the first is at line 1, column 1"]),
    ("the same key twice, deep, and another mistake",
     "version: 1\nsettings: {catch_up: skip, catch_up: latest}\ntask: []\n",
     ["2:28: settings: the key 'catch_up' is there twice; the first is at line 2, column 12",
      "3:1: unknown key 'task' (did you mean 'tasks'?)"]),
    ("a merge key", "version: 1\ntasks:\n- &a {id: a, type: analyze, schedule: manual}\n"
     "- {<<: *a, id: b}\n",
     ["4:4: tasks[1]: merge keys ('<<') are not part of YAML 1.2; write the keys out"]),
    ("a number for a key", "version: 1\nsettings: {1: x}\n",
     ["2:12: settings: keys must be text; put '1' in quotes or remove it"]),
    ("a list for a key", "version: 1\n? [a]\n: b\n",
     ["2:3: keys must be text; put this one in quotes or remove it"]),
    ("a tag", "version: !!int '1'\n",
     ["1:10: version: tags such as '!!int' are not read; remove it"]),
    ("an alias that nothing defines", settings("timezone: *zone"),
     ["3:13: settings.timezone: '*zone' names no anchor above; "
      "put the value in quotes if it is text"]),
    ("an alias inside its own anchor", "version: 1\ntasks: &t [*t]\n",
     ["2:12: tasks[0]: the alias '*t' holds itself"]),
    ("two documents", "version: 1\n---\nversion: 1\n",
     ["3:1: only one document is allowed; remove the '---' before this"]),
    ("latin-1 text", "version: 1\n# caf\xe9\n".encode("latin-1"),
     ["2:6: is not UTF-8 text here; save the file as UTF-8"]),
    ("UTF-16 text", "version: 1\n".encode("utf-16"),
     ["1:1: is not UTF-8 text here; save the file as UTF-8"]),
    ("a control character", "version: 1\n# bell \x07\n",
     ["2:8: holds the control character U+0007, which YAML does not allow"]),
    ("a NUL by escape", 'version: 1\nprojects: [{path: "a\\0b"}]\n',
     ["2:19: projects[0].path: holds a NUL or half a character, which no path or name may"]),
    ("an endless number", f"version: {'9' * 5000}\n",
     ["1:10: version: is a number of more than 100 digits"]),
]

SHAPE = [
    ("a list at the top", "- version: 1\n", ["1:1: must be a mapping, but is a list"]),
    ("no version", "tasks: []\n", ["1:1: missing key 'version'"]),
    ("a newer version tells nothing else", "version: 2\nnews: true\n",
     ["1:10: version: is 2, and this program reads 1; upgrade ccm-gitops"]),
    ("a version in quotes", "version: '1'\n", ["1:10: version: must be 1, but is '1'"]),
    ("a mistyped key at the top", "version: 1\nsetings: {}\n",
     ["2:1: unknown key 'setings' (did you mean 'settings'?)"]),
    ("a mistyped key that is required is told once",
     "version: 1\ntasks:\n- {id: a, type: analyze, shedule: manual}\n",
     ["3:26: tasks[0]: unknown key 'shedule' (did you mean 'schedule'?)"]),
    ("a key of another program", "version: 1\ntasks:\n- {id: a, type: analyze, "
     "schedule: manual, steps: []}\n", ["3:44: tasks[0]: unknown key 'steps'"]),
    ("camel case", task(more="  config: {includeHealthScore: true}\n"),
     ["6:12: tasks[0].config: unknown key 'includeHealthScore' "
      "(did you mean 'include_health_score'?)"]),
    ("tasks as a mapping", "version: 1\ntasks:\n  daily: {type: analyze}\n",
     ["3:3: tasks: must be a list, but is a mapping; begin each entry with `- `"]),
    ("a key with nothing after it", "version: 1\ntasks:\n",
     ["2:7: tasks: must be a list, but is empty; fill it in or remove the key"]),
    ("a task that is text", "version: 1\ntasks:\n- daily\n",
     ["3:3: tasks[0]: must be a mapping, but is 'daily'"]),
    ("neither id nor name", "version: 1\ntasks:\n- {type: analyze, schedule: manual}\n",
     ["3:3: tasks[0]: needs id or name"]),
    ("a name for an id", "version: 1\ntasks:\n- {id: Daily Analysis, type: analyze, "
     "schedule: manual}\n",
     ["3:8: tasks[0].id: 'Daily Analysis' is no id; ids are lower-case letters, digits and "
      "hyphens (did you mean 'daily-analysis'?)"]),
    ("a number for an id", "version: 1\ntasks:\n- {id: 12, type: analyze, schedule: manual}\n",
     ["3:8: tasks[0].id: must be an id such as daily-analysis, but is the number 12"]),
    ("an id that ends in a line feed",
     'version: 1\ntasks:\n- {id: "a\\n", type: analyze, schedule: manual}\n',
     ["3:8: tasks[0].id: 'a\\n' is no id; ids are lower-case letters, digits and hyphens "
      "(did you mean 'a'?)"]),
    ("a type that is none", task(kind="optimise"),
     ["4:9: tasks[0].type: must be analyze, optimize, health_check or custom, but is 'optimise' "
      "(did you mean 'optimize'?)"]),
    ("yes for true", task(more="  enabled: yes\n"),
     ["6:12: tasks[0].enabled: must be true or false, but is 'yes'; write true"]),
    ("seconds without a unit", settings("task_timeout: 300"),
     ["3:17: settings.task_timeout: must be a duration such as 30s, 5m, 2h, 1d or 1h30m, "
      "but is the number 300"]),
    ("a duration in words", settings("task_timeout: 5 minutes"),
     ["3:17: settings.task_timeout: '5 minutes' is no duration; "
      "write it as 30s, 5m, 2h, 1d or 1h30m"]),
    ("a clock time for a duration", settings("task_timeout: 12:30"),
     ["3:17: settings.task_timeout: '12:30' is no duration; "
      "write it as 30s, 5m, 2h, 1d or 1h30m"]),
    ("a number in quotes", settings("max_concurrent_tasks: '3'"),
     ["3:25: settings.max_concurrent_tasks: must be a whole number, but is '3'; "
      "remove the quotes"]),
    ("memory by a number alone", settings("memory_limit: 2G"),
     ["3:17: settings.memory_limit: '2G' is no size; write it as 512MiB or 2GiB"]),
    ("less memory than a worker needs", settings("memory_limit: 64MiB"),
     ["3:17: settings.memory_limit: must be at least 256MiB: a worker by itself needs as much"]),
    ("no work at the same time", settings("max_concurrent_tasks: 0"),
     ["3:25: settings.max_concurrent_tasks: must be at least 1, but is 0"]),
    ("a branch that reads as a number", projects("{path: ../a, branch: 1.10}"),
     ["3:24: projects[0].branch: must be text, but is the number 1.1; put it in quotes"]),
    ("one file where a list is wanted", settings("context_files: README"),
     ["3:18: settings.context_files: must be a list, but is 'README'; write [README]"]),
    ("an empty list of context files", settings("context_files: []"),
     ["3:18: settings.context_files: must not be empty"]),
    ("a context file twice", settings("context_files: [A.md, B.md, A.md]"),
     ["3:31: settings.context_files[2]: 'A.md' is listed twice"]),
    ("state in a file and on a branch", settings("state: {path: a, branch: b}"),
     ["3:20: settings.state: has path and branch; keep one of them"]),
    ("a schedule as bare cron", task('"0 9 * * *"'),
     ["5:13: tasks[0].schedule: must be manual or a mapping with cron, interval, threshold or on, "
      "but is '0 9 * * *'; write {cron: '0 9 * * *'}"]),
    ("a schedule as bare duration", task("7d"),
     ["5:13: tasks[0].schedule: must be manual or a mapping with cron, interval, threshold or on, "
      "but is '7d'; write {interval: 7d}"]),
    ("two kinds of schedule", task('{cron: "0 9 * * *", interval: 1d}'),
     ["5:33: tasks[0].schedule: has cron and interval; keep one of them"]),
    ("two kinds of schedule, the first of them wrong in itself", task("{cron: 9, interval: 1d}"),
     ["5:23: tasks[0].schedule: has cron and interval; keep one of them"]),
    ("an empty schedule", task("{}"),
     ["5:13: tasks[0].schedule: needs cron, interval, threshold or on"]),
    ("a list of schedules with mistakes in it",
     task('[{cron: "0 9 * * *"}, "0 10 * * *", {corn: "0 9 * * *"}, {cron: "0 25 * * *"}, manual]'),
     ["5:35: tasks[0].schedule[1]: must be a mapping with cron, interval, threshold or on, "
      "but is '0 10 * * *'; write {cron: '0 10 * * *'}",
      "5:50: tasks[0].schedule[2]: unknown key 'corn' (did you mean 'cron'?)",
      "5:77: tasks[0].schedule[3].cron: '25' is no hour; it goes from 0 to 23",
      "5:92: tasks[0].schedule[4]: must be a mapping with cron, interval, threshold or on, "
      "but is 'manual'"]),
    ("an empty list of schedules", task("[]"),
     ["5:13: tasks[0].schedule: must not be empty"]),
    ("a schedule twice", task("[{interval: 1d}, {interval: 1d}]"),
     ["5:30: tasks[0].schedule[1]: a mapping is listed twice"]),
    ("files that are watched twice", task("[{on: {changed: [a]}}, {on: {changed: [b]}}]"),
     ["5:41: tasks[0].schedule[1].on: is there already; put all patterns into one list"]),
    ("files that are watched outside", task('{on: {changed: [/etc, ../a, docs/, "!b", ok]}}'),
     ["5:29: tasks[0].schedule.on.changed[0]: must be a path inside a project, from its root, "
      "or a pattern of such",
      "5:35: tasks[0].schedule.on.changed[1]: must be a path inside a project, from its root, "
      "or a pattern of such",
      "5:41: tasks[0].schedule.on.changed[2]: must be a path inside a project, from its root, "
      "or a pattern of such; write docs/**",
      "5:48: tasks[0].schedule.on.changed[3]: must be a path inside a project, from its root, "
      "or a pattern of such"]),
    ("an event that there is not", task("{on: {push: [a]}}"),
     ["5:18: tasks[0].schedule.on: missing key 'changed'",
      "5:19: tasks[0].schedule.on: unknown key 'push'"]),
    ("a mistyped kind of schedule", task('{corn: "0 9 * * *"}'),
     ["5:14: tasks[0].schedule: unknown key 'corn' (did you mean 'cron'?)"]),
    ("day_match beside an interval", task("{interval: 1d, day_match: all}"),
     ["5:28: tasks[0].schedule: unknown key 'day_match'"]),
    ("a sign for an operator",
     task('{threshold: {metric: optimization_score, operator: "<", value: 60}}'),
     ["5:64: tasks[0].schedule.threshold.operator: must be lt, lte, gt, gte or eq, but is '<' "
      "(did you mean 'lt'?)"]),
    ("a metric by half its name", task("{threshold: {metric: score, operator: lt, value: 60}}"),
     ["5:34: tasks[0].schedule.threshold.metric: must be optimization_score, token_count, "
      "issue_count or file_size, but is 'score' (did you mean 'optimization_score'?)"]),
    ("a threshold without a value", task("{threshold: {metric: file_size, operator: lt}}"),
     ["5:25: tasks[0].schedule.threshold: missing key 'value'"]),
    ("a key of another type of task", task(more="  config: {strategy: moderate}\n"),
     ["6:12: tasks[0].config: unknown key 'strategy' (it belongs to tasks of type optimize)"]),
    ("a strategy that is none", task(kind="optimize", more="  config: {strategy: moderat}\n"),
     ["6:22: tasks[0].config.strategy: must be conservative, moderate, aggressive or custom, "
      "but is 'moderat' (did you mean 'moderate'?)"]),
    ("a score above 100", task(kind="health_check", more="  config: {alert_threshold: 170}\n"),
     ["6:29: tasks[0].config.alert_threshold: must be at most 100, but is 170"]),
    ("custom without config", task(kind="custom"), ["3:3: tasks[0]: missing key 'config'"]),
    ("custom without a command", custom("{env: {}}"),
     ["6:11: tasks[0].config: missing key 'command'"]),
    ("a command as text", custom("{command: ./x.sh}"),
     ["6:21: tasks[0].config.command: must be a list, but is './x.sh'; write it in [ ]"]),
    ("a number in the environment", custom("{command: [x], env: {LEVEL: 1}}"),
     ["6:39: tasks[0].config.env.LEVEL: must be text, but is the number 1; put it in quotes"]),
    ("an environment name with a hyphen", custom("{command: [x], env: {MY-LEVEL: a}}"),
     ["6:32: tasks[0].config.env: 'MY-LEVEL' is no variable; "
      "variables are letters, digits and underscores"]),
    ("a webhook without an address", "version: 1\nwebhooks:\n- {id: a, type: slack}\n",
     ["3:3: webhooks[0]: missing key 'url'"]),
    ("a rate without a unit", hook("rate_limit: 30"),
     ["3:47: webhooks[0].rate_limit: must be a rate such as 1/s, 30/m or 100/h, "
      "but is the number 30"]),
    ("a rate of another form", hook("rate_limit: 30/min"),
     ["3:47: webhooks[0].rate_limit: '30/min' is no rate; write it as 1/s, 30/m or 100/h"]),
    ("quiet hours of another form", hook("quiet_hours: 22-7"),
     ["3:48: webhooks[0].quiet_hours: '22-7' is no span of hours; write it as 22:00-07:00"]),
    ("quiet hours that never end", hook("quiet_hours: 22:00-22:00"),
     ["3:48: webhooks[0].quiet_hours: must end at another time than they begin"]),
    ("a failure told again at once", task(more="  notify: {repeat_after: 0s}\n"),
     ["6:26: tasks[0].notify.repeat_after: must be longer than 0s; "
      "leave it out to be told of every failure"]),
    ("an unknown field in a message", hook("config: {message: '{tsk} {{x}}'}"),
     ["3:53: webhooks[0].config.message: unknown placeholder {tsk} (did you mean 'task'?)"]),
    ("three secrets", hook("secret: ['${A}', '${B}', '${C}']"),
     ["3:43: webhooks[0].secret: must have at most 2 entries"]),
    ("an old secret that is no variable", hook("secret: ['${A}', $B]"),
     ["3:52: webhooks[0].secret[1]: a variable is written ${B}"]),
    ("a token of the state that is no variable", settings("state: {branch: s, token: $TOKEN}"),
     ["3:29: settings.state.token: a variable is written ${TOKEN}"]),
    ("a number as a secret", hook("secret: [1]"),
     ["3:44: webhooks[0].secret[0]: must be text, but is the number 1; put it in quotes"]),
    ("a header's name with a blank", hook("headers: {'X Key': a}"),
     ["3:45: webhooks[0].headers: 'X Key' is no header; "
      "names of headers are letters, digits and hyphens"]),
    ("a header that is ours", hook("headers: {Content-Type: a}"),
     ["3:45: webhooks[0].headers: 'Content-Type' is set by the program"]),
    ("a header's variable without braces", hook("headers: {X-Key: $KEY}"),
     ["3:52: webhooks[0].headers.X-Key: a variable is written ${KEY}"]),
    ("an event that is none",
     "version: 1\nwebhooks:\n- {id: a, type: slack, url: '${U}', events: [failed]}\n",
     ["3:46: webhooks[0].events[0]: must be task_started, task_completed, task_failed, "
      "threshold_triggered, optimization_applied, health_alert or webhook_paused, but is 'failed' "
      "(did you mean 'task_failed'?)"]),
    ("a project as bare text", projects("api"),
     ["3:3: projects[0]: must be a mapping with path, glob, repo, github or gitlab, but is 'api'"]),
    ("a project with path and repo", projects("{path: ../a, repo: 'https://h/a.git'}"),
     ["3:16: projects[0]: has path and repo; keep one of them"]),
    ("a project without a place", projects("{id: api}"),
     ["3:3: projects[0]: needs path, glob, repo, github or gitlab"]),
    ("an id for a glob", projects("{id: all, glob: '~/p/*'}"),
     ["3:4: projects[0]: unknown key 'id' (ids are made of the names of what is found)"]),
]

MEANING = [
    ("a cron that never comes", task('{cron: "0 0 30 2 *"}'),
     ["5:20: tasks[0].schedule.cron: '0 0 30 2 *' never matches: there is no such date"]),
    ("a zone that is none", settings("timezone: Europa/Berlin"),
     ["3:13: settings.timezone: unknown time zone 'Europa/Berlin' "
      "(did you mean 'Europe/Berlin'?)"]),
    ("a zone that is a folder of the database", settings("timezone: ../etc"),
     ["3:13: settings.timezone: unknown time zone '../etc'; write one such as Europe/Berlin"]),
    ("a window of no length", settings("catch_up_window: 0s"),
     ["3:20: settings.catch_up_window: must be longer than 0s; "
      "write `catch_up: skip` to skip every missed run"]),
    ("an interval of no length", task("{interval: 0m}"),
     ["5:24: tasks[0].schedule.interval: must be longer than 0s; "
      "write `schedule: manual` for a task that runs only when asked"]),
    ("a duration beyond a century", settings("catch_up_window: 40000d"),
     ["3:20: settings.catch_up_window: '40000d' is longer than a century"]),
    ("a threshold that is always true",
     task("{threshold: {metric: optimization_score, operator: lte, value: 100}}"),
     ["5:76: tasks[0].schedule.threshold.value: `lte 100` never changes its answer: "
      "optimization_score is a whole number from 0 to 100"]),
    ("a threshold that is no number",
     task("{threshold: {metric: token_count, operator: gt, value: .nan}}"),
     ["5:68: tasks[0].schedule.threshold.value: `gt nan` never changes its answer: "
      "token_count is a whole number from 0"]),
    ("a threshold that is armed again in the wrong direction",
     task("{threshold: {metric: token_count, operator: gt, value: 9000, rearm: 9500}}"),
     ["5:81: tasks[0].schedule.threshold.rearm: must be at most the value (9000): "
      "how far it must fall again"]),
    ("a way back for what is equal or not",
     task("{threshold: {metric: issue_count, operator: eq, value: 3, rearm: 2}}"),
     ["5:78: tasks[0].schedule.threshold.rearm: goes with lt, lte, gt and gte; "
      "what is no longer equal has come back"]),
    ("two tasks of one id", "version: 1\ntasks:\n- {id: a, type: analyze, schedule: manual}\n"
     "- {name: A, type: analyze, schedule: manual}\n",
     ["4:3: tasks[1]: the id 'a' is taken by tasks[0]; give one of them an id of its own"]),
    ("two projects of one folder name", "version: 1\nprojects:\n- path: ../x/api\n"
     "- {id: api, path: ../y}\n",
     ["4:8: projects[1].id: the id 'api' is taken by projects[0]; ids are unique per kind"]),
    ("a name that leaves no id", "version: 1\ntasks:\n- {name: 分析, type: analyze, "
     "schedule: manual}\n",
     ["3:3: tasks[0]: no id can be made of its name; add one, such as `id: one`"]),
    ("a webhook that is not there", task(more="  notify: {webhooks: [dve]}\n") + HOOK,
     ["6:23: tasks[0].notify.webhooks[0]: unknown webhook 'dve'"]),
    ("a webhook nearly named", task(more="  notify: {webhooks: [devs]}\n") + HOOK,
     ["6:23: tasks[0].notify.webhooks[0]: unknown webhook 'devs' (did you mean 'dev'?)"]),
    ("a task that is not there", task(more="  needs: [daily]\n"),
     ["6:11: tasks[0].needs[0]: unknown task 'daily'"]),
    ("a project that is not there", task(more="  projects: [apii, 'a*']\n")
     + "projects: [{path: ../api}]\n",
     ["6:14: tasks[0].projects[0]: unknown project 'apii' (did you mean 'api'?)"]),
    ("a task that needs itself", task(more="  needs: [a]\n"),
     ["6:10: tasks[0].needs: the task a needs itself"]),
    ("two circles", "version: 1\ntasks:\n" + "".join(
        f"- {{id: {name}, type: analyze, schedule: manual, needs: [{need}]}}\n"
        for name, need in ("ab", "bc", "ca", "de", "ed")),
     ["3:51: tasks[0].needs: tasks need each other in a circle: a → b → c → a",
      "6:51: tasks[3].needs: tasks need each other in a circle: d → e → d"]),
    ("a shell's variable for an address",
     "version: 1\nwebhooks:\n- {id: a, type: slack, url: $SLACK}\n",
     ["3:29: webhooks[0].url: a variable is written ${SLACK}"]),
    ("a workflow's secret for an address",
     "version: 1\nwebhooks:\n- {id: a, type: slack, url: '${{ secrets.SLACK }}'}\n",
     ["3:29: webhooks[0].url: a variable is written ${NAME} or ${NAME:-default}"]),
    ("an address without a scheme",
     "version: 1\nwebhooks:\n- {id: a, type: slack, url: hooks.slack.com/x}\n",
     ["3:29: webhooks[0].url: must begin with https:// (or http://)"]),
    ("a repository by its short name", projects("{repo: acme/web}"),
     ["3:10: projects[0].repo: 'acme/web' is no URL of a repository; for a folder write `path:`"]),
    ("a repository by a command", projects("{repo: 'ext::sh -c id'}"),
     ["3:10: projects[0].repo: 'ext::sh -c id' is no URL of a repository; "
      "for a folder write `path:`"]),
    ("a variable in a path", projects("{path: '${HOME}/api'}"),
     ["3:10: projects[0].path: "
      "variables are filled in only in url, secret, token, headers and env"]),
    ("a branch that git refuses", projects("{path: ../a, branch: 'my branch'}"),
     ["3:24: projects[0].branch: 'my branch' is no name that git takes for a branch"]),
    ("a placeholder that branches do not have",
     task(kind="optimize", more='  publish: {branch: "ccm/{project}"}\n'),
     ["6:21: tasks[0].publish.branch: unknown placeholder {project}; only {task} is filled in"]),
    ("a mistyped placeholder in a command", custom('{command: [x, "{projct}"]}'),
     ["6:25: tasks[0].config.command[1]: unknown placeholder {projct} (did you mean 'project'?)"]),
    ("single braces in a command", custom("{command: [awk, '{print}']}"),
     ["6:27: tasks[0].config.command[1]: unknown placeholder {print}; "
      "write {{ and }} for braces of your own"]),
    ("a shell command of many words", custom("{command: [echo, a], shell: true}"),
     ["6:21: tasks[0].config.command: with `shell: true` must be a list of one line"]),
    ("rules without the strategy for them",
     task(kind="optimize", more="  config: {rules: [move]}\n"),
     ["6:12: tasks[0].config: rules are read by `strategy: custom` only"]),
    ("the custom strategy without rules",
     task(kind="optimize", more="  config: {strategy: custom}\n"),
     ["6:11: tasks[0].config: `strategy: custom` needs rules: the actions to take"]),
    ("a step that is none", rules("[archiv]"),
     ["6:38: tasks[0].config.rules[0]: must be archive, move, dedupe, remove or a mapping with "
      "action, but is 'archiv'"]),
    ("a rule that fits everything", rules("[{action: keep}]"),
     ["6:38: tasks[0].config.rules[0]: needs section, content, older_than or longer_than"]),
    ("a pattern that is none", rules("[{action: keep, section: '('}]"),
     ["6:62: tasks[0].config.rules[0].section: is no regular expression: missing ), unterminated "
      "subpattern at position 0"]),
    ("a summary that leads nowhere", rules("[{action: move, section: a, summary: Gone.}]"),
     ["6:74: tasks[0].config.rules[0].summary: must name {target}: the file that has the text, "
      "for the agent to find it"]),
    ("a summary where no line stays", rules("[{action: keep, section: a, summary: '{target}'}]"),
     ["6:74: tasks[0].config.rules[0].summary: is no part of `action: keep`, which leaves no "
      "line"]),
    ("a field of a summary", rules("[{action: move, section: a, summary: '{target} {titel}'}]"),
     ["6:74: tasks[0].config.rules[0].summary: unknown placeholder {titel}; write {{ and }} for "
      "braces of your own"]),
    ("an age that is none", rules("[{action: move, section: a, older_than: 90}]"),
     ["6:77: tasks[0].config.rules[0].older_than: must be a duration such as 30s, 5m, 2h, 1d or "
      "1h30m, but is the number 90"]),
    ("context files outside the project, and a folder", settings("context_files: [../A.md, docs/]"),
     ["3:19: settings.context_files[0]: must be a path inside a project, from its root, "
      "or a pattern of such",
      "3:28: settings.context_files[1]: must be a path inside a project, from its root, "
      "or a pattern of such; write docs/*.md"]),
    ("shape and meaning at once, in file order", settings("timezone: Mars/Base")
     + 'tasks:\n- {id: a, type: analize, schedule: {cron: "61 * * * *"}, needs: [b]}\n',
     ["3:13: settings.timezone: unknown time zone 'Mars/Base'; write one such as Europe/Berlin",
      "5:17: tasks[0].type: must be analyze, optimize, health_check or custom, but is 'analize' "
      "(did you mean 'analyze'?)",
      "CRON",
      "5:66: tasks[0].needs[0]: unknown task 'b'"]),
]
# fmt: on


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, said, id=name) for name, text, said in (*YAML, *SHAPE, *MEANING)],
)
def test_mistake_is_told(text, expected, tmp_path, monkeypatch):
    found = problems(text, tmp_path, monkeypatch)
    # The sentence about a cron field is the schedule's own; its place is held here.
    shown = ["CRON" if "[0].schedule.cron: '61" in line else line for line in found]
    assert shown == expected


def test_an_aliased_mistake_is_told_where_it_stands_and_for_each_use(tmp_path, monkeypatch):
    text = (
        "version: 1\ntasks:\n"
        "- {id: a, type: analyze, schedule: &s {interval: soon}}\n"
        "- {id: b, type: analyze, schedule: *s}\n"
    )
    message = "'soon' is no duration; write it as 30s, 5m, 2h, 1d or 1h30m"
    assert problems(text, tmp_path, monkeypatch) == [
        f"3:50: tasks[0].schedule.interval: {message}",
        f"3:50: tasks[1].schedule.interval: {message}",
    ]


def test_a_missing_file_and_a_folder_are_told_without_a_position(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    for name, message in (
        ("none.yaml", "none.yaml: there is no such file"),
        ("folder", "folder: is a folder; name the file in it"),
    ):
        with pytest.raises(ConfigError) as caught:
            load_config(Path(name), home=tmp_path)
        assert str(caught.value) == message
