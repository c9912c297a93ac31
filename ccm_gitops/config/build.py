"""Valid data made into the frozen models; what the file leaves out is left to their defaults."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccm_gitops.config import model, sources
from ccm_gitops.config.entries import named_id, project_id
from ccm_gitops.config.rates import parse_hours, parse_rate
from ccm_gitops.durations import parse_duration
from ccm_gitops.schedule.bounds import begins, ends
from ccm_gitops.schedule.model import (
    Bounds,
    Changed,
    Cron,
    Interval,
    Manual,
    Schedule,
    Several,
    Single,
    Threshold,
)
from ccm_gitops.sizes import parse_size

_DEFAULT_STATE = ".ccm/state.json"


@dataclass(frozen=True)
class Base:
    """What paths start from: the configuration's folder and the home folder, both absolute."""

    folder: Path
    home: Path

    def path(self, text: str) -> Path:
        """A path as the file has it, absolute."""
        return Path(os.path.abspath(self.folder / self._at_home(text, str(self.home))))

    def pattern(self, text: str) -> str:
        """A glob as the file has it, absolute; the folders before it are taken literally."""
        at_home = self._at_home(text, glob.escape(str(self.home)))
        return os.path.abspath(os.path.join(glob.escape(str(self.folder)), at_home))

    def _at_home(self, text: str, home: str) -> str:
        return home + text[1:] if text == "~" or text.startswith("~/") else text


def build_config(data: Mapping[str, Any], path: Path, base: Base) -> model.Config:
    """The configuration of `path` (absolute) from data that has passed validation."""
    settings = _settings(data.get("settings", {}), base)
    return model.Config(
        path=path,
        settings=settings,
        projects=tuple(_project(entry, base) for entry in data.get("projects", ())),
        webhooks=tuple(
            _webhook(entry, base, settings.timezone) for entry in data.get("webhooks", ())
        ),
        tasks=tuple(_task(entry, base, settings.timezone) for entry in data.get("tasks", ())),
    )


def _as_is(value: Any) -> Any:
    return value


def _given(data: Mapping[str, Any], **convert: Callable[[Any], Any]) -> dict[str, Any]:
    """Those of the named keys that the file has, converted."""
    return {key: make(data[key]) for key, make in convert.items() if key in data}


def _settings(data: Mapping[str, Any], base: Base) -> model.Settings:
    given = _given(
        data,
        timezone=str,
        max_concurrent_tasks=int,
        task_timeout=parse_duration,
        retry_attempts=int,
        retry_backoff=parse_duration,
        catch_up=str,
        catch_up_window=parse_duration,
        max_executions_per_hour=int,
        pause_after_failures=int,
        memory_limit=parse_size,
        context_files=tuple,
        author=lambda author: model.Author(**author),
        price=lambda price: model.Price(**price),
    )
    if keep := data.get("history", {}).get("keep"):
        given["history_keep"] = parse_duration(keep)
    return model.Settings(state=_state(data.get("state", {}), base), **given)


def _state(data: Mapping[str, Any], base: Base) -> model.FileState | model.BranchState:
    if "branch" in data:
        return model.BranchState(**data)
    return model.FileState(base.path(data.get("path", _DEFAULT_STATE)))


def _project(data: Mapping[str, Any], base: Base) -> sources.ProjectSource:
    machine = data.get("machine")
    if "glob" in data:
        return sources.GlobSource(glob=base.pattern(data["glob"]), machine=machine)
    for name, make in _OWNERS.items():
        if name in data:
            given = {**data[name]}
            if "names" in given:
                given["names"] = tuple(given["names"])
            return make(**given, machine=machine)
    given = {"id": project_id(dict(data), base.folder), **_given(data, branch=str, machine=_as_is)}
    given["token"] = data.get("token")
    if "repo" in data:
        return sources.RepoSource(repo=data["repo"], **given)
    return sources.PathSource(path=base.path(data["path"]), **given)


_OWNERS: Mapping[str, Callable[..., sources.ProjectSource]] = {
    "github": sources.GithubSource,
    "gitlab": sources.GitlabSource,
}


def _names(data: Mapping[str, Any]) -> dict[str, Any]:
    """Id and name; either is made from the other where it is left out."""
    name = named_id(dict(data))
    return {"id": name, "name": data.get("name", name)}


def _webhook(data: Mapping[str, Any], base: Base, timezone: str) -> model.Webhook:
    given = _given(
        data,
        type=str,
        url=str,
        events=frozenset,
        enabled=bool,
        machine=_as_is,
        description=str,
        config=dict,
        secret=lambda secret: (secret,) if isinstance(secret, str) else tuple(secret),
        headers=dict,
        allow_private=bool,
        ca_file=base.path,
        rate_limit=parse_rate,
        quiet_hours=lambda text: model.QuietHours(parse_hours(text), timezone),
        group=_as_is,
    )
    return model.Webhook(**_names(data), **given)


def _task(data: Mapping[str, Any], base: Base, timezone: str) -> model.Task:
    given = _given(
        data,
        description=str,
        enabled=bool,
        machine=_as_is,
        projects=tuple,
        notify=_notify,
        publish=lambda publish: _publish(publish, base),
        needs=tuple,
        concurrency=_as_is,
    )
    return model.Task(
        **_names(data),
        type=data["type"],
        schedule=_schedule(data["schedule"], timezone, named_id(dict(data))),
        config=_CONFIGS[data["type"]](data.get("config", {})),
        **given,
    )


def _publish(data: Mapping[str, Any], base: Base) -> model.Publish:
    given = _given(
        data,
        mode=_as_is,
        branch=str,
        push=str,
        sign=_as_is,
        signing_key=str if data.get("sign") == "gpg" else lambda key: str(base.path(key)),
        title=str,
        labels=tuple,
        reviewers=tuple,
        assignees=tuple,
        draft=bool,
        forge=_as_is,
        token=str,
        api_url=str,
    )
    given |= {f"limits_{key}": int(value) for key, value in data.get("limits", {}).items()}
    return model.Publish(**given)


def _notify(data: Mapping[str, Any]) -> model.Notify:
    return model.Notify(
        **_given(
            data,
            on_success=bool,
            on_failure=bool,
            repeat_after=parse_duration,
            min_change=int,
            webhooks=tuple,
        )
    )


def _schedule(data: Any, timezone: str, task: str) -> Schedule:
    if data == "manual":
        return Manual()
    if isinstance(data, list):
        return Several(tuple(_single(item, timezone, task) for item in data))
    return _single(data, timezone, task)


def _single(data: Mapping[str, Any], timezone: str, task: str) -> Single:
    if "on" in data:
        return Changed(tuple(data["on"]["changed"]))
    if "threshold" not in data:
        return _timed(data, timezone, task)
    given = _given(
        data["threshold"],
        metric=_as_is,
        operator=_as_is,
        value=float,
        cooldown=parse_duration,
        rearm=float,
    )
    return Threshold(**given)


def _timed(data: Mapping[str, Any], timezone: str, task: str) -> Single:
    given = _given(
        data,
        start=lambda text: begins(text, timezone),
        end=lambda text: ends(text, timezone),
        jitter=parse_duration,
    )
    bounds = Bounds(**given, seed=task if given.get("jitter") else "")
    if "cron" in data:
        return Cron(data["cron"], timezone, bounds=bounds, **_given(data, day_match=_as_is))
    return Interval(parse_duration(data["interval"]), bounds)


def _analyze(data: Mapping[str, Any]) -> model.AnalyzeConfig:
    given = _given(data, include_health_score=bool, alert_only=bool, max_projects=int)
    rules = model.RulesConfig(**_given(data.get("rules", {}), disable=frozenset, severity=dict))
    return model.AnalyzeConfig(**given, rules=rules)


def _optimize(data: Mapping[str, Any]) -> model.OptimizeConfig:
    given = _given(
        data, strategy=_as_is, dry_run=bool, min_score=int, rules=_optimize_rules, move_to=_as_is
    )
    if "auto_apply" in data:
        given["auto_apply_min_tokens"] = int(data["auto_apply"]["min_tokens_saved"])
    return model.OptimizeConfig(**given)


def _optimize_rules(rules: Sequence[Any]) -> tuple[model.OptimizeRule | str, ...]:
    return tuple(rule if isinstance(rule, str) else _optimize_rule(rule) for rule in rules)


def _optimize_rule(data: Mapping[str, Any]) -> model.OptimizeRule:
    return model.OptimizeRule(
        **_given(
            data,
            action=_as_is,
            section=str,
            content=str,
            older_than=parse_duration,
            longer_than=int,
            summary=str,
        )
    )


def _health_check(data: Mapping[str, Any]) -> model.HealthCheckConfig:
    return model.HealthCheckConfig(
        **_given(data, alert_threshold=int, include_recommendations=bool)
    )


def _custom(data: Mapping[str, Any]) -> model.CustomConfig:
    return model.CustomConfig(**_given(data, command=tuple, env=dict, cwd=str, shell=bool))


_CONFIGS: dict[str, Callable[[Mapping[str, Any]], model.TaskConfig]] = {
    "analyze": _analyze,
    "optimize": _optimize,
    "health_check": _health_check,
    "custom": _custom,
}
