"""What the flags of `schedule create` and `schedule edit` say of a task's schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ccm_gitops.config.document import KeyPath
from ccm_gitops.errors import UsageError

METRICS = ("optimization_score", "token_count", "issue_count", "file_size")
OPERATORS = ("lt", "lte", "gt", "gte", "eq")
# Parts of a schedule that make none by themselves: their place in it, and their flags' companions.
_PARTS: Mapping[str, tuple[KeyPath, tuple[str, ...]]] = {
    "day_match": (("day_match",), ("cron",)),
    "operator": (("threshold", "operator"), ("metric",)),
    "value": (("threshold", "value"), ("metric",)),
    "cooldown": (("threshold", "cooldown"), ("score", "metric")),
    "rearm": (("threshold", "rearm"), ("score", "metric")),
}
_SCHEDULES = ("cron", "interval", "manual", "score", "metric")


def schedule_changes(given: Mapping[str, Any], known: Any) -> dict[KeyPath, Any]:
    """The places of a task's schedule that the flags set; `known` is what the task has, or None.

    What a schedule of the same kind says besides, stays. Raises UsageError for flags that
    contradict, and where `known` is a list that does not tell which of it is meant.
    """
    flags = {
        name: int(value) if name in ("value", "rearm") and value % 1 == 0 else value
        for name, value in given.items()
    }
    new = _schedule(flags)
    if new == "manual" or (new and known is None):
        return {("schedule",): new}
    if new:
        kind = next(iter(new))
        part, place = _part(kind, known)
        inside = _inside(new, part) if kind in part else {(): new}
        return {(*place, *path): value for path, value in inside.items()}
    return {
        (*_part("cron" if name == "day_match" else "threshold", known)[1], *place): flags[name]
        for name, (place, _) in _PARTS.items()
        if name in flags
    }


def _part(kind: str, known: Any) -> tuple[Mapping[str, Any], KeyPath]:
    """The schedule that a flag of this kind is about, and its place in the task."""
    if not isinstance(known, list):
        return known if isinstance(known, dict) else {}, ("schedule",)
    places = [index for index, part in enumerate(known) if isinstance(part, dict) and kind in part]
    if len(places) != 1:
        raise UsageError(_which(kind, known, places))
    return known[places[0]], ("schedule", places[0])


def _which(kind: str, known: Sequence[Mapping[str, Any]], places: Sequence[int]) -> str:
    from ccm_gitops.config.emit import inline

    whole = "--set 'schedule=[…]' for a new list"
    if not places:
        more = f"--set 'schedule.{len(known)}={{{kind}: …}}' for one more"
        return f"none of the task's schedules is of the kind {kind}; give {more}, or {whole}"
    key = f"{kind}.value" if kind == "threshold" else kind
    those = ", ".join(
        f"--set 'schedule.{index}.{key}=…' for {inline(known[index][kind])}" for index in places
    )
    return f"the task has {len(places)} schedules of the kind {kind}; give {those}, or {whole}"


def _inside(new: Mapping[str, Any], part: Mapping[str, Any]) -> dict[KeyPath, Any]:
    """The changes in a schedule of the same kind."""
    from ccm_gitops.config.edit import REMOVED

    condition = new.get("threshold")
    if condition is None:
        return {(key,): value for key, value in new.items()}
    changes: dict[KeyPath, Any] = {("threshold", key): item for key, item in condition.items()}
    old = part["threshold"]
    if isinstance(old, dict) and condition["metric"] != old.get("metric"):
        # What armed it again was a value of the old metric.
        changes = {("threshold", "rearm"): REMOVED} | changes
    return changes


def _schedule(flags: Mapping[str, Any]) -> Any:
    kinds = [name for name in _SCHEDULES if name in flags]
    if len(kinds) > 1:
        raise UsageError(f"give one of {' and '.join(f'--{name}' for name in kinds)}")
    if not kinds:
        return None
    for name, (_, owners) in _PARTS.items():
        if name in flags and kinds[0] not in owners:
            names = " and ".join(f"--{owner}" for owner in owners)
            raise UsageError(f"--{name.replace('_', '-')} goes with {names}")
    match kinds[0]:
        case "cron":
            match_days = {"day_match": flags["day_match"]} if "day_match" in flags else {}
            return {"cron": flags["cron"], **match_days}
        case "interval":
            return {"interval": flags["interval"]}
        case "manual":
            return "manual"
    return {"threshold": _threshold(flags)}


def _threshold(flags: Mapping[str, Any]) -> dict[str, Any]:
    if "score" in flags:
        condition = {"metric": "optimization_score", "operator": "lt", "value": flags["score"]}
    elif "operator" in flags and "value" in flags:
        condition = {key: flags[key] for key in ("metric", "operator", "value")}
    else:
        raise UsageError("--metric needs --operator and --value")
    return condition | {key: flags[key] for key in ("cooldown", "rearm") if key in flags}
