"""The state as JSON (schema/state.schema.json): stable bytes out, clear refusals in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from ccm_gitops.clock import format_instant, parse_instant
from ccm_gitops.errors import StateError
from ccm_gitops.schedule.memory import Memory
from ccm_gitops.schedule.threshold import Edge
from ccm_gitops.state.migrate import migrate
from ccm_gitops.state.model import (
    VERSION,
    BranchRecord,
    Chain,
    Claim,
    Figures,
    Heartbeat,
    LastRun,
    ProjectState,
    Proposal,
    State,
    TaskState,
    WebhookState,
)

T = TypeVar("T")


def encode(state: State) -> bytes:
    """The state's one JSON form: keys sorted, a line a task, empty values left out."""
    document = {"version": VERSION, **_plain(state)}
    parts = (f"{json.dumps(key)}: {_lines(document[key])}" for key in sorted(document))
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _lines(value: Any) -> str:
    """JSON with each entry on a line of its own: fast to write, and a change is a line's change."""
    if isinstance(value, Mapping):
        entries = (f" {_line(key)}: {_line(value[key])}" for key in sorted(value))
        return "{\n" + ",\n".join(entries) + "\n}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(f" {_line(item)}" for item in value) + "\n]"
    return _line(value)


def _line(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


# One run reads the same bytes several times.
@lru_cache(maxsize=1)
def decode(data: bytes, name: str) -> State:
    """Read what `encode` wrote, today or in an older version; `name` is where it came from.

    Raises StateError for a damaged state, and for one that a newer version wrote.
    """
    try:
        document = json.loads(data)
        version = document["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(name, error) from error
    if not isinstance(version, int) or not 0 <= version <= VERSION:
        raise StateError(
            f"{name}: the state has version {version!r}, this program knows {VERSION}; "
            "upgrade ccm-gitops, or move the file away to start afresh"
        )
    try:
        return _state(migrate(document))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> StateError:
    return StateError(
        f"{name}: the state is damaged ({type(error).__name__}: {error}); "
        "restore it from a backup (of a state file, the one before is beside it, "
        "with .bak behind its name), or move it away to start afresh"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if is_dataclass(value):
        items = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: _plain(item) for name, item in items if item not in (None, (), {})}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _state(raw: Mapping[str, Any]) -> State:
    return State(
        heartbeat=_optional(raw, "heartbeat", _heartbeat),
        tasks={key: _task(item) for key, item in raw.get("tasks", {}).items()},
        projects={key: _project(item) for key, item in raw.get("projects", {}).items()},
        outbox=tuple(dict(item) for item in raw.get("outbox", [])),
        starts=tuple(parse_instant(item) for item in raw.get("starts", [])),
        webhooks={key: _webhook(item) for key, item in raw.get("webhooks", {}).items()},
        failing={key: parse_instant(at) for key, at in raw.get("failing", {}).items()},
        chain=_optional(raw, "chain", lambda item: Chain(**item)),
        unwritten=tuple(map(_history_line, raw.get("unwritten", ()))),
        alerted={key: dict(scores) for key, scores in raw.get("alerted", {}).items()},
    )


def _history_line(text: str) -> str:
    parse_instant(json.loads(text)["at"])  # by its time a line finds its file
    return text


def _heartbeat(raw: Mapping[str, Any]) -> Heartbeat:
    return Heartbeat(at=parse_instant(raw["at"]), machine=raw["machine"])


def _task(raw: Mapping[str, Any]) -> TaskState:
    return TaskState(
        **_memory(raw),
        enabled=raw["enabled"],
        claim=_optional(raw, "claim", _claim),
        last=_optional(raw, "last", _last),
        failures=raw.get("failures", 0),
        parts={key: Memory(**_memory(item)) for key, item in raw.get("parts", {}).items()},
    )


def _memory(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "since": _optional(raw, "since", parse_instant),
        "edges": {key: _edge(item) for key, item in raw.get("edges", {}).items()},
        "seen": dict(raw.get("seen", {})),
    }


def _claim(raw: Mapping[str, Any]) -> Claim:
    return Claim(
        execution=raw["execution"],
        trigger=raw["trigger"],
        machine=raw["machine"],
        at=parse_instant(raw["at"]),
        expires_at=parse_instant(raw["expires_at"]),
        slot=_optional(raw, "slot", parse_instant),
        attempt=raw["attempt"],
        fired=dict(raw.get("fired", {})),
        changed=tuple(raw.get("changed", ())),
        marks={key: parse_instant(at) for key, at in raw.get("marks", {}).items()},
    )


def _last(raw: Mapping[str, Any]) -> LastRun:
    return LastRun(
        execution=raw["execution"],
        status=raw["status"],
        started_at=parse_instant(raw["started_at"]),
        completed_at=parse_instant(raw["completed_at"]),
    )


def _edge(raw: Mapping[str, Any]) -> Edge:
    return Edge(holds=raw["holds"], fired_at=_optional(raw, "fired_at", parse_instant))


def _project(raw: Mapping[str, Any]) -> ProjectState:
    return ProjectState(
        figures=_optional(raw, "figures", lambda item: Figures(**item)),
        scores=dict(raw.get("scores", {})),
        branches={name: _branch(item) for name, item in raw.get("branches", {}).items()},
    )


def _branch(raw: Mapping[str, Any]) -> BranchRecord:
    return BranchRecord(
        tip=raw.get("tip"),
        standing=_optional(raw, "standing", _proposal),
        push=raw.get("push"),
        settled=tuple(_proposal(item) for item in raw.get("settled", [])),
        opened_at=_optional(raw, "opened_at", parse_instant),
        waiting=raw.get("waiting"),
    )


def _proposal(raw: Mapping[str, Any]) -> Proposal:
    return Proposal(
        content=raw["content"], made_at=parse_instant(raw["made_at"]), commit=raw["commit"]
    )


def _webhook(raw: Mapping[str, Any]) -> WebhookState:
    return WebhookState(
        failure_count=raw["failure_count"],
        last_used_at=_optional(raw, "last_used_at", parse_instant),
        last_error=raw.get("last_error"),
        open_until=_optional(raw, "open_until", parse_instant),
    )


def _optional(raw: Mapping[str, Any], key: str, read: Callable[[Any], T]) -> T | None:
    return read(raw[key]) if key in raw else None
