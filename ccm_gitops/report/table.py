"""Tables and sentences for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ccm_gitops.clock import format_instant, parse_instant
from ccm_gitops.context.savings import monthly
from ccm_gitops.execution import Execution, RunReport
from ccm_gitops.report.layout import painted, printable, table

if TYPE_CHECKING:
    from ccm_gitops.context.analysis import Analysis
    from ccm_gitops.context.optimize import Optimization
    from ccm_gitops.notify.overview import WebhookRow
    from ccm_gitops.overview import TaskRow
    from ccm_gitops.upcoming import Slot


def plan(report: RunReport) -> str:
    """Every task: due with its slot, or why it is not."""
    rows = [[item.task_id, "due", f"{item.trigger}{_slot(item)}"] for item in report.executions]
    rows += [[item.task, "", item.reason] for item in report.skipped]
    return table(["task", "now", "why"], rows)


def tasks(rows: Iterable[TaskRow], now: datetime) -> str:
    """One line a task."""
    headers = ["task", "type", "schedule", "enabled", "last run", "next"]
    lines = [
        [
            row.id,
            row.type,
            row.schedule,
            "yes" if row.enabled else "no",
            f"{moment(row.last_run_at, now)} {row.last_status or ''}".strip(),
            moment(row.next_run_at, now) if row.next_run_at else "",
        ]
        for row in rows
    ]
    return table(headers, lines)


def upcoming(slots: Iterable[Slot], now: datetime) -> str:
    """One line a slot."""
    rows = [
        [
            format_instant(slot.at),
            "due now" if slot.is_due else moment(slot.at, now),
            slot.task,
            slot.schedule,
        ]
        for slot in slots
    ]
    return table(["at", "", "task", "schedule"], rows)


def webhooks(rows: Iterable[WebhookRow], now: datetime) -> str:
    """One line a webhook."""
    headers = ["webhook", "type", "url", "enabled", "health", "last used", "waiting", "given up"]
    lines = [
        [
            row.id,
            row.type,
            row.url,
            "yes" if row.enabled else "no",
            f"{row.health} (failed {row.failure_count}×)" if row.failure_count else row.health,
            moment(row.last_used_at, now),
            row.waiting,
            len(row.undeliverable),
        ]
        for row in rows
    ]
    return table(headers, lines, right=(6, 7))


def webhook(row: WebhookRow) -> str:
    """All that there is to say of one webhook, a line each."""
    document = row.to_json()
    letters = document.pop("undeliverable")
    document["enabled"] = "yes" if row.enabled else "no"
    document["events"] = ", ".join(row.events) if row.events else "all"
    lines = [
        f"{key.replace('_', ' ')}: {value}" for key, value in document.items() if value is not None
    ]
    lines += [
        f"undeliverable: {item['id']} ({item['event']}): {item['reason']}" for item in letters
    ]
    return "\n".join(lines)


def details(document: Mapping[str, Any]) -> str:
    """One thing, a line a key; what is empty is left out, mappings and lists are shown inline."""
    return "\n".join(
        f"{key.replace('_', ' ')}: {_plain(value)}".replace(": \n", ":\n")
        for key, value in document.items()
        if value not in (None, "", [], {}, ())
    )


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
        case list() if any(" " in str(item) for item in value):
            return "".join(f"\n  {_plain(item)}" for item in value)
        case list():
            return ", ".join(map(_plain, value))
    return str(value)


def history(lines: Iterable[Mapping[str, Any]], now: datetime) -> str:
    """One line an execution, as the history holds it."""
    headers = ["started", "task", "trigger", "status", "projects", "tokens saved", "error"]
    rows = [
        [
            moment(parse_instant(line["started_at"]), now),
            line["task_id"],
            line["trigger"],
            line["status"],
            line["projects_processed"],
            f"{line['tokens_saved']:,}",
            line["error"] or "",
        ]
        for line in lines
    ]
    return table(headers, rows, right=(4, 5))


def analyses(items: Sequence[tuple[str, Analysis]]) -> str:
    """The files with their figures, what a start costs, and each finding.

    A finding is `file:line: severity rule: message`.
    """
    rows = [
        [
            f"{path}/{a.file}",
            (a.loaded or "").replace("_", " "),
            a.score,
            len(a.issues),
            a.lines,
            f"{a.tokens:,}",
            f"{a.potential_savings:,}",
        ]
        for path, a in items
    ]
    headers = ["file", "loaded", "score", "issues", "lines", "tokens", "saves up to"]
    findings = [
        f"{path}/{a.file}:{i.line}: {painted(i.severity)} {i.rule}: {printable(i.message)}"
        for path, a in items
        for i in a.issues
    ]
    parts = [table(headers, rows, right=(2, 3, 4, 5, 6)), *starts(items)]
    if findings:
        parts.append("\n".join(findings))
    return "\n\n".join(parts)


def starts(items: Sequence[tuple[str, Analysis]]) -> Iterator[str]:
    """A line for each start of a project, which costs the sum of its files, and the tokenizer."""
    by_cost: dict[tuple[str, int], list[str]] = {}
    for path, item in items:
        if item.start_tokens is not None:
            by_cost.setdefault((path, item.start_tokens), []).append(item.file)
    for (path, tokens), files in by_cost.items():
        yield f"{path}: a session that loads {', '.join(files)} pays {tokens:,} tokens at its start"
    for name in dict.fromkeys(item.tokenizer for _, item in items):
        yield f"tokens as {name} counts them, offline"


def optimizations(items: Sequence[tuple[str, Optimization]]) -> str:
    """Each file with its figures, its actions and its proof; then what all of it saves."""
    parts = [part for path, item in items for part in _optimization(path, item)]
    if saved := sum(item.tokens_saved for _, item in items if not item.twin_of):
        parts.append(f"saves {saved:,} tokens in each conversation, {monthly(saved)}")
    return "\n\n".join(parts)


def seconds(milliseconds: int | None) -> str:
    """`1.2s`, or nothing where there was no time to measure."""
    return "" if milliseconds is None else f"{milliseconds / 1000:.1f}s"


def moment(when: datetime | None, now: datetime) -> str:
    """A time as people say it: `in 3 hours`, `2 days ago`, `never`."""
    if when is None:
        return "never"
    distance = abs(when - now)
    for unit, size in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        count = round(distance / size)
        if distance >= size:
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {words}" if when > now else f"{words} ago"
    return "now" if when <= now else "in a moment"


def _optimization(path: str, item: Optimization) -> Iterator[str]:
    before, after = item.before, item.after
    head = f"{path}/{item.file.path} ({item.strategy})"
    if not item.files:
        tokens = f"{before.tokens:,} tokens ({before.tokenizer})"
        yield f"{head}: nothing to change; {tokens}, score {before.score}"
        yield from _refused(item)
        return
    tokens = f"{before.tokens:,} → {after.tokens:,} tokens ({before.tokenizer})"
    yield f"{head}: {tokens}, score {before.score} → {after.score}"
    if item.twin_of:
        yield f"as {path}/{item.twin_of}: the two have one text, before and after"
        return
    rows = [
        [
            action.type,
            " > ".join(action.section),
            f"{action.start_line}-{action.end_line}",
            f"{action.tokens_saved:,}",
            action.target,
        ]
        for action in item.plan
    ]
    yield table(["action", "section", "lines", "tokens", "to"], rows, right=(3,))
    yield f"proof: {', '.join(f'{count} {what}' for what, count in item.proof.to_json().items())}"
    yield from _refused(item)


def _refused(item: Optimization) -> Iterator[str]:
    """What was left out of the plan, in one paragraph."""
    lines = [
        f"left out: {' > '.join(action.section)} ({action.start_line}-{action.end_line}): {reason}"
        for action, reason in item.refused
    ]
    if lines:
        yield "\n".join(lines)


def _slot(item: Execution) -> str:
    return f", slot {format_instant(item.slot)}" if item.slot else ""
