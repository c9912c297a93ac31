"""Every line of the history in words: who took up what, what became of it, who was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ccm_gitops.report.layout import table

Line = Mapping[str, Any]


def trail(lines: Iterable[Line]) -> str:
    """One row a line."""
    rows = [
        [
            line.get("at") or line.get("started_at", ""),
            line.get("kind", ""),
            line.get("task_id", ""),
            _WORDS.get(line.get("kind", ""), _reason)(line),
        ]
        for line in lines
    ]
    return table(["at", "what", "task", "details"], rows)


def _claim(line: Line) -> str:
    who = f"{line['user']} on {line['machine']}" if line["user"] else line["machine"]
    attempt = f", attempt {line['attempt']}" if line["attempt"] > 1 else ""
    slot = f", slot {line['slot']}" if line["slot"] else ""
    commit = line["config"]["commit"]
    version = f"commit {commit[:10]}" if commit else f"uncommitted {line['config']['digest'][:10]}"
    return f"{line['trigger']}{slot}{attempt}; {who}, {line['via']}; configuration {version}"


def _execution(line: Line) -> str:
    return f"{line['status']}: {line['error']}" if line["error"] else str(line["status"])


def _coalesced(line: Line) -> str:
    return f"{line['slots']} missed slots from {line['first']} to {line['last']}"


def _retry(line: Line) -> str:
    return f"{line['project']}: {line['attempts']} tries; {line['errors'][-1]}"


def _publish(line: Line) -> str:
    where = line["pull_request"] or line["branch"] or ""
    return f"{line['project']}: {line['action']} {(line['commit'] or '')[:10]} {where}".rstrip()


def _notification(line: Line) -> str:
    reason = f": {line['reason']}" if line["reason"] else ""
    return f"{line['webhook']}: {line['event']} {line['status']}{reason}"


def _webhook_paused(line: Line) -> str:
    return f"{line['webhook']} until {line['until']}: {line['reason']}"


def _audit(line: Line) -> str:
    return f"{line['caller']}: {line['action']} {line['target']}"


def _reason(line: Line) -> str:
    return str(line.get("reason", ""))


_WORDS: Mapping[str, Callable[[Line], str]] = {
    "claim": _claim,
    "execution": _execution,
    "coalesced": _coalesced,
    "retry": _retry,
    "publish": _publish,
    "notification": _notification,
    "webhook_paused": _webhook_paused,
    "audit": _audit,
}
