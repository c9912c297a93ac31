"""Values of a right form that still make no sense: what would fail later, told now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from ccm_gitops.config.document import Finding, KeyPath
from ccm_gitops.config.entries import FORGES, entries, named_id, part, schedules
from ccm_gitops.config.formats import (
    check_branch,
    check_duration,
    check_variables,
    check_zone,
    is_repository_url,
    is_web_address,
)
from ccm_gitops.config.suggest import did_you_mean, shown
from ccm_gitops.durations import parse_duration
from ccm_gitops.schedule.bounds import begins, ends
from ccm_gitops.schedule.cron import check_cron
from ccm_gitops.sizes import format_size, parse_size

_TITLE_FIELDS = ("task", "files", "tokens_saved")
_LEAST_MEMORY = 256 << 20  # bytes
_LONGEST_JITTER = timedelta(days=1)
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\w+)\}")
_OWN_HEADERS = frozenset(
    (
        *("content-type", "content-length", "transfer-encoding", "connection", "host"),
        *("accept-encoding", "webhook-id", "webhook-timestamp", "webhook-signature"),
    )
)
# What a webhook's own words may name; `notify.own_words` fills them in.
MESSAGE_FIELDS = (
    *("title", "message", "event", "task", "task_name", "task_type", "project", "execution"),
    *("status", "time", "error", "projects", "issues", "tokens_saved", "score"),
)
# What the line that a rule of the strategy `custom` leaves may name; `optimize.custom` fills it in.
SUMMARY_FIELDS = ("section", "target", "lines", "tokens", "date")
_PLACEHOLDERS = ("project", "project_path", "task", "execution", "slot")


def check_settings(data: Any) -> Iterator[Finding]:
    """The settings: zone, durations, branch of the state, context files."""
    settings, path = part(data, "settings"), ("settings",)
    if zone := settings.get("timezone"):
        yield from check_zone(zone, (*path, "timezone"))
    yield from check_duration(settings, "task_timeout", path, zero="; a task needs time")
    yield from check_duration(settings, "retry_backoff", path, zero=None)
    zero = "; write `catch_up: skip` to skip every missed run"
    yield from check_duration(settings, "catch_up_window", path, zero=zero)
    zero = "; without history there is nothing to show"
    yield from check_duration(part(settings, "history"), "keep", (*path, "history"), zero=zero)
    limit = settings.get("memory_limit")
    if limit and parse_size(limit) < _LEAST_MEMORY:
        message = f"must be at least {format_size(_LEAST_MEMORY)}: a worker by itself needs as much"
        yield Finding((*path, "memory_limit"), message)
    state = part(settings, "state")
    yield from check_branch(state.get("branch"), (*path, "state", "branch"))
    yield from check_variables(state.get("token"), (*path, "state", "token"))
    yield from _paths(settings.get("context_files"), (*path, "context_files"), below="*.md")


def check_projects(data: Any) -> Iterator[Finding]:
    """The projects: URLs, branches, and variables where none are filled in."""
    for path, project in entries(data, "projects"):
        yield from check_branch(project.get("branch"), (*path, "branch"))
        for key in ("path", "glob", "repo"):
            if "${" in (project.get(key) or ""):
                message = "variables are filled in only in url, secret, token, headers and env"
                yield Finding((*path, key), message)
        repo = project.get("repo")
        if repo and "${" not in repo and not is_repository_url(repo):
            message = f"{shown(repo)} is no URL of a repository; for a folder write `path:`"
            yield Finding((*path, "repo"), message)
        yield from check_variables(project.get("token"), (*path, "token"))
        for forge in FORGES:
            owner = part(project, forge)
            yield from check_variables(owner.get("token"), (*path, forge, "token"))
            api_url = owner.get("api_url")
            if api_url and not is_web_address(api_url):
                yield Finding((*path, forge, "api_url"), "must begin with https:// (or http://)")


def check_webhooks(data: Any) -> Iterator[Finding]:
    """The webhooks: addresses that can be called, variables in their right form."""
    for path, webhook in entries(data, "webhooks"):
        yield from _secrets(webhook.get("secret"), (*path, "secret"))
        for name, value in part(webhook, "headers").items():
            yield from check_variables(value, (*path, "headers", name))
            if name.lower() in _OWN_HEADERS:
                yield Finding((*path, "headers"), f"{shown(name)} is set by the program", name)
        for key in ("title", "message"):
            text = part(webhook, "config").get(key) or ""
            yield from _fields(text, MESSAGE_FIELDS, (*path, "config", key))
        hours = webhook.get("quiet_hours") or ""
        if hours and hours[:5] == hours[6:]:
            yield Finding((*path, "quiet_hours"), "must end at another time than they begin")
        url = webhook.get("url")
        yield from check_variables(url, (*path, "url"))
        if not url or "$" in url or webhook.get("type") == "apprise":
            continue
        if not is_web_address(url):
            yield Finding((*path, "url"), "must begin with https:// (or http://)")


def _secrets(secret: Any, path: KeyPath) -> Iterator[Finding]:
    if not isinstance(secret, list):
        yield from check_variables(secret, path)
        return
    for index, item in enumerate(secret):
        yield from check_variables(item, (*path, index))


def check_tasks(data: Any) -> Iterator[Finding]:
    """The tasks: schedules that can come true, configs that hold together, branch names."""
    for path, task in entries(data, "tasks"):
        for place, schedule in schedules(task, path):
            yield from _schedule(schedule, place)
        yield from _watched_twice(task, path)
        zero = "; leave it out to be told of every failure"
        yield from check_duration(
            part(task, "notify"), "repeat_after", (*path, "notify"), zero=zero
        )
        branch = part(task, "publish").get("branch")
        yield from _task_branch(branch, named_id(task), (*path, "publish", "branch"))
        yield from _pull_request(part(task, "publish"), (*path, "publish"))
        config, config_path = part(task, "config"), (*path, "config")
        if task.get("type") == "optimize":
            yield from _optimize(config, config_path)
        if task.get("type") == "custom":
            yield from _custom(config, config_path)


def _schedule(schedule: dict[str, Any], path: KeyPath) -> Iterator[Finding]:
    if (cron := schedule.get("cron")) is not None:
        try:
            check_cron(cron, schedule.get("day_match") or "any")
        except ValueError as error:
            yield Finding((*path, "cron"), str(error))
    zero = "; write `schedule: manual` for a task that runs only when asked"
    yield from check_duration(schedule, "interval", path, zero=zero)
    yield from _bounds(schedule, path)
    yield from _paths(part(schedule, "on").get("changed"), (*path, "on", "changed"), below="**")
    threshold, path = part(schedule, "threshold"), (*path, "threshold")
    yield from check_duration(threshold, "cooldown", path, zero=None)
    yield from _threshold(threshold, path)


def _watched_twice(task: Mapping[str, Any], path: KeyPath) -> Iterator[Finding]:
    """Of the schedules of a task one may watch files."""
    watching = [place for place, schedule in schedules(dict(task), path) if "on" in schedule]
    for place in watching[1:]:
        yield Finding((*place, "on"), "is there already; put all patterns into one list")


def _paths(patterns: Any, path: KeyPath, *, below: str) -> Iterator[Finding]:
    """Refuse what no path in a project fits; `below` is what is meant of a folder."""
    for index, pattern in enumerate(patterns or ()):
        if pattern and (pattern[0] in "/~!" or pattern[-1] == "/" or ".." in pattern.split("/")):
            is_folder = pattern[-1] == "/" and pattern[0] not in "/~!"
            hint = f"; write {pattern}{below}" if is_folder else ""
            message = f"must be a path inside a project, from its root, or a pattern of such{hint}"
            yield Finding((*path, index), message)


def _bounds(schedule: dict[str, Any], path: KeyPath) -> Iterator[Finding]:
    """Days that there are, in their order, and a jitter that leaves a slot its day."""
    found = []
    for key, read in (("start", begins), ("end", ends)):
        if (text := schedule.get(key)) is not None:
            try:
                found.append(read(text, "UTC"))
            except ValueError as error:
                yield Finding((*path, key), str(error))
    if len(found) == 2 and found[0] > found[1]:
        yield Finding((*path, "end"), "is before start: there would be no slot")
    findings = list(check_duration(schedule, "jitter", path, zero=None))
    yield from findings
    if not findings and parse_duration(schedule.get("jitter") or "0s") > _LONGEST_JITTER:
        yield Finding((*path, "jitter"), "must be at most 1d")


def _threshold(threshold: Mapping[str, Any], path: KeyPath) -> Iterator[Finding]:
    """Refuse a condition that no value of the metric makes true, or that every one does."""
    metric, operator = threshold.get("metric"), threshold.get("operator")
    value = threshold.get("value")
    if metric is None or operator is None or value is None:
        return
    is_score = metric == "optimization_score"
    top = 100 if is_score else float("inf")
    can_turn = {
        "lt": 0 < value <= top,
        "lte": 0 <= value < top,
        "gt": 0 <= value < top,
        "gte": 0 < value <= top,
        "eq": 0 <= value <= top and value % 1 == 0,
    }[operator]
    if not can_turn or value == float("inf"):
        span = "a whole number from 0 to 100" if is_score else "a whole number from 0"
        message = f"`{operator} {value}` never changes its answer: {metric} is {span}"
        yield Finding((*path, "value"), message)
        return
    yield from _rearm(threshold, path)


def _rearm(threshold: Mapping[str, Any], path: KeyPath) -> Iterator[Finding]:
    """Refuse a way back that goes in the wrong direction, or that no value of the metric goes."""
    operator, value, rearm = threshold["operator"], threshold["value"], threshold.get("rearm")
    if rearm is None:
        return
    if operator == "eq":
        message = "goes with lt, lte, gt and gte; what is no longer equal has come back"
    elif operator in ("lt", "lte") and not rearm >= value:
        message = f"must be at least the value ({value}): how far it must rise again"
    elif operator in ("gt", "gte") and not rearm <= value:
        message = f"must be at most the value ({value}): how far it must fall again"
    elif rearm < 0 or (threshold["metric"] == "optimization_score" and rearm > 100):
        message = f"is never reached by {threshold['metric']}"
    else:
        return
    yield Finding((*path, "rearm"), message)


def _pull_request(publish: Mapping[str, Any], path: KeyPath) -> Iterator[Finding]:
    yield from check_variables(publish.get("token"), (*path, "token"))
    if "signing_key" in publish and "sign" not in publish:
        yield Finding(path, "is read with `sign: ssh` or `sign: gpg` only", "signing_key")
    yield from _fields(publish.get("title") or "", _TITLE_FIELDS, (*path, "title"))
    api_url = publish.get("api_url")
    if api_url and not is_web_address(api_url):
        yield Finding((*path, "api_url"), "must begin with https:// (or http://)")


def _optimize(config: Mapping[str, Any], path: KeyPath) -> Iterator[Finding]:
    strategy = config.get("strategy", "moderate")
    if strategy == "custom" and "rules" not in config:
        yield Finding(path, "`strategy: custom` needs rules: the actions to take")
    if strategy not in ("custom", None) and "rules" in config:
        yield Finding(path, "rules are read by `strategy: custom` only", "rules")
    for index, rule in enumerate(config.get("rules") or ()):
        if isinstance(rule, Mapping):
            yield from _rule(rule, (*path, "rules", index))


def _rule(rule: Mapping[str, Any], path: KeyPath) -> Iterator[Finding]:
    for key in ("section", "content"):
        try:
            re.compile(rule.get(key) or "")
        except re.error as error:
            yield Finding((*path, key), f"is no regular expression: {error}")
    yield from check_duration(rule, "older_than", path, zero=None)
    summary = rule.get("summary")
    if summary is None:
        return
    yield from _fields(summary, SUMMARY_FIELDS, (*path, "summary"))
    if rule.get("action") in ("remove", "keep"):
        message = f"is no part of `action: {rule['action']}`, which leaves no line"
        yield Finding((*path, "summary"), message)
    elif "\n" in summary.strip():
        yield Finding((*path, "summary"), "must be one line")
    elif "{target}" not in summary:
        message = "must name {target}: the file that has the text, for the agent to find it"
        yield Finding((*path, "summary"), message)


def _custom(config: Mapping[str, Any], path: KeyPath) -> Iterator[Finding]:
    command = config.get("command") or ()
    if command and command[0] == "":
        yield Finding((*path, "command", 0), "must name a command")
    if config.get("shell") and len(command) > 1:
        yield Finding((*path, "command"), "with `shell: true` must be a list of one line")
    for index, argument in enumerate(command):
        yield from _fields(argument or "", _PLACEHOLDERS, (*path, "command", index))


def _fields(text: str, known: tuple[str, ...], path: KeyPath) -> Iterator[Finding]:
    for match in _PLACEHOLDER.finditer(text):
        if match[1] is not None and match[1] not in known:
            hint = did_you_mean(match[1], known) or "; write {{ and }} for braces of your own"
            yield Finding(path, f"unknown placeholder {match[0]}{hint}")


def _task_branch(template: str | None, task: str | None, path: KeyPath) -> Iterator[Finding]:
    name = (template or "").replace("{task}", task or "task")
    if unknown := re.search(r"\{\w*\}", name):
        yield Finding(path, f"unknown placeholder {unknown[0]}; only {{task}} is filled in")
    else:
        yield from check_branch(name, path)
