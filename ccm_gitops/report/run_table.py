"""A run for people at a terminal: what ran, what it found, who was told, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ccm_gitops.clock import format_instant
from ccm_gitops.execution import Execution, NotificationReport, ProjectResult, RunReport
from ccm_gitops.notify.summary import low_scores
from ccm_gitops.report.layout import printable, table
from ccm_gitops.report.table import moment, seconds


def run_report(report: RunReport) -> str:
    """A whole run: what ran, what it did in each project, who was told, what comes next."""
    parts = []
    if report.executions:
        parts.append(executions(report.executions))
    for execution in report.executions:
        if execution.projects:
            parts.append(f"{execution.task_name} ({execution.task_id})")
            parts.append(projects(execution.projects))
            parts.append("\n".join(map(printable, found(execution))))
        elif execution.error:
            parts.append(f"{execution.task_name} ({execution.task_id}): {execution.error}")
    if report.notifications:
        rows = list(_notifications(report.notifications))
        parts.append(table(["webhook", "event", "status", "reason"], rows))
    parts.append(_closing(report))
    return "\n\n".join(filter(None, parts))


def found(execution: Execution) -> Iterator[str]:
    """What a task that looks and changes nothing found in all, and what would help most."""
    if execution.task_type not in ("analyze", "health_check") or execution.health_score is None:
        return
    mean = f"mean score {execution.health_score} of 100"
    if execution.alert_threshold is None:
        yield mean
    else:
        low = [f"{label} at {score}" for label, score in low_scores(execution).items()]
        yield f"{mean}; below {execution.alert_threshold}: {', '.join(low) or 'none'}"
    for result in execution.projects:
        yield from (f"- {result.id}/{text}" for text in result.recommendations)


def executions(items: Iterable[Execution]) -> str:
    """One line an execution."""
    rows = [
        [
            item.task_id,
            item.trigger,
            item.status,
            item.projects_processed,
            item.issues_found,
            f"{item.tokens_saved:,}",
            seconds(item.duration_ms),
        ]
        for item in items
    ]
    headers = ["task", "trigger", "status", "projects", "issues", "tokens saved", "time"]
    return table(headers, rows, right=(3, 4, 5, 6))


def projects(items: Iterable[ProjectResult]) -> str:
    """One line a context file, or a project that has none."""
    rows = [
        [
            item.id,
            item.file or "",
            "" if item.score is None else item.score,
            "" if item.issues is None else item.issues,
            "" if item.tokens is None else f"{item.tokens:,}",
            f"{item.tokens_saved:,}" if item.tokens_saved else "",
            _outcome(item),
        ]
        for item in items
    ]
    headers = ["project", "file", "score", "issues", "tokens", "saved", "result"]
    return table(headers, rows, right=(2, 3, 4, 5))


def _outcome(item: ProjectResult) -> str:
    if item.error:
        return f"failed: {item.error}"
    place = f" {item.commit[:10]} on {item.branch}" if item.commit and item.branch else ""
    saves = item.details.get("would_save")
    amount = f", saves {saves:,} tokens" if saves else ""
    asked = f", {item.pull_request}" if item.pull_request else ""
    why = f": {item.details['reason']}" if item.details.get("reason") else ""
    return f"{item.action or ''}{place}{asked}{amount}{why}"


def _notifications(notes: Iterable[NotificationReport]) -> Iterator[list[str]]:
    """A row for each message that was settled, and one a webhook for those that wait."""
    waiting: dict[str, list[NotificationReport]] = {}
    for note in notes:
        if note.status == "waiting":
            waiting.setdefault(note.webhook, []).append(note)
        else:
            yield [note.webhook, note.event, note.status, note.reason or ""]
    for webhook, held in waiting.items():
        what = held[0].event if len(held) == 1 else f"{len(held)} messages"
        yield [webhook, what, "waiting", held[0].reason or ""]


def _closing(report: RunReport) -> str:
    failed = len({item.task_id for item in report.executions if item.status == "failed"})
    failures = f"{failed} task{'' if failed == 1 else 's'} failed"
    if report.dry_run and report.due:
        done = "A dry run: nothing was written, pushed or sent"
    else:
        done = "Done" if report.due else "Nothing was due"
    if failed:
        done = failures if done == "Done" else f"{done}; {failures}"
    at = report.next_due_at
    if at is None:
        return f"{done}; no task has a next time."
    if at <= report.finished_at:
        more = "what was due still is" if report.dry_run else "more is due now"
        return f"{done}; {more}: `ccm-gitops plan` tells what."
    return f"{done}; next due {moment(at, report.finished_at)}, at {format_instant(at)}."
