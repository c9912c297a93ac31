"""The dashboard in short, as tables for the terminal and as Markdown for the job summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ccm_gitops.overview import TaskRow
from ccm_gitops.report import markdown
from ccm_gitops.report.layout import filled, table
from ccm_gitops.report.model import Cards, Dashboard
from ccm_gitops.report.projects import ProjectView, worst_first
from ccm_gitops.report.table import moment, seconds

# GitHub takes a job summary of 1 MiB; nobody reads a fraction of that.
_TASKS, _EXECUTIONS, _PROJECTS, _TEXT = 50, 20, 50, 200
_Rows = Sequence[Sequence[str]]


def as_table(board: Dashboard) -> str:
    """For the terminal."""
    parts = [filled(_headline(board)), filled(_figures(board))]
    for title, headers, rows, right, note in _tables(board):
        if rows:
            parts.append(f"{title}\n{table(headers, rows, right)}{_below(note)}")
    return "\n\n".join(parts)


def as_markdown(board: Dashboard) -> str:
    """For `$GITHUB_STEP_SUMMARY`, far below its limit of 1 MiB whatever there is to tell."""
    parts = ["## ccm-gitops", markdown.escape(_headline(board)), markdown.escape(_figures(board))]
    for title, headers, rows, _, note in _tables(board):
        if rows:
            parts += [f"### {title}", markdown.table(headers, rows), *([note] if note else [])]
    return "\n\n".join(parts) + "\n"


def _headline(board: Dashboard) -> str:
    status, now = board.status, board.generated_at
    next_due = (
        f"next due {moment(status.next_due_at, now)} ({status.next_due_task})"
        if status.next_due_at
        else "nothing is due by time"
    )
    check = f"next check {moment(status.next_check_at, now)}, " if status.next_check_at else ""
    return (
        f"Scheduler: {status.health.value}. {status.reason} "
        f"Last check {moment(status.last_check_at, now)}, {check}{next_due}."
    )


def _figures(board: Dashboard) -> str:
    cards = board.cards
    return (
        f"Today: {cards.executions_today:,} executions, {cards.successful_today:,} successful, "
        f"{cards.failed_today:,} failed, {cards.tokens_saved_today:,} tokens saved. "
        f"In total: {cards.tokens_saved_total:,} tokens saved{_money(cards)}. "
        f"Active tasks: {cards.active_tasks} of {cards.tasks}."
    )


def _money(cards: Cards) -> str:
    if cards.money_per_month is None or cards.price is None:
        return ""
    return f", {cards.money_per_month:,.2f} {cards.price.currency} a month"


def _tables(board: Dashboard) -> Iterator[tuple[str, Sequence[str], _Rows, Sequence[int], str]]:
    """Title, headers, rows, the columns set to the right, and a note on what was left out."""
    now = board.generated_at
    tasks = [
        [
            _short(view.row.name),
            view.row.type,
            _short(view.row.schedule),
            f"{moment(view.row.last_run_at, now)} {view.row.last_status or ''}".strip(),
            _next(view.row, now),
            "all" if view.scope is None else _short(", ".join(view.scope)),
            _short(", ".join(view.notifies)),
        ]
        for view in board.tasks
    ]
    headers = ["Task", "Type", "Schedule", "Last run", "Next", "Projects", "Tells"]
    yield "Tasks", headers, tasks[:_TASKS], (), _left(len(tasks), _TASKS)
    yield from _execution_table(board)
    projects = worst_first(board.projects)
    rows = [_project(view) for view in projects[:_PROJECTS]]
    headers = ["Project", "Score", "Change", "Tokens", "Issues", "Saved"]
    note = _left(len(projects), _PROJECTS)
    yield "Projects, the lowest score first", headers, rows, (1, 2, 3, 4, 5), note
    webhooks = [
        [
            _short(view.name),
            view.type,
            view.health if view.enabled else "disabled",
            moment(view.last_used_at, now),
        ]
        for view in board.webhooks
    ]
    headers = ["Webhook", "Type", "Health", "Last used"]
    yield "Webhooks", headers, webhooks[:_TASKS], (), _left(len(webhooks), _TASKS)


def _execution_table(
    board: Dashboard,
) -> Iterator[tuple[str, Sequence[str], _Rows, Sequence[int], str]]:
    rows = [
        [
            _short(row.task_name),
            row.status,
            moment(row.started_at, board.generated_at),
            seconds(row.duration_ms),
            f"{row.projects_processed:,}",
            f"{row.issues_found:,}",
            f"{row.tokens_saved:,}",
            _short(row.error or ""),
        ]
        for row in board.executions[:_EXECUTIONS]
    ]
    headers = ["Task", "Status", "Started", "Took", "Projects", "Issues", "Saved", "Error"]
    note = _left(board.executions_total, _EXECUTIONS)
    yield "Recent executions", headers, rows, (3, 4, 5, 6), note


def _next(row: TaskRow, now: datetime) -> str:
    if not row.enabled:
        return "disabled"
    return moment(row.next_run_at, now) if row.next_run_at else ""


def _project(view: ProjectView) -> list[str]:
    return [
        view.id,
        "" if view.score is None else str(view.score),
        "" if view.score_change is None else f"{view.score_change:+d}",
        "" if view.tokens is None else f"{view.tokens:,}",
        "" if view.issues is None else f"{view.issues:,}",
        f"{view.tokens_saved:,}",
    ]


def _below(note: str) -> str:
    return f"\n{note}" if note else ""


def _left(total: int, shown: int) -> str:
    return f"{total - shown:,} more are left out here." if total > shown else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT else f"{line[: _TEXT - 1]}…"
