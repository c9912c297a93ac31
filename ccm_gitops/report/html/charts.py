"""Small charts as SVG: shapes and classes only, so that the style sheet colours them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from ccm_gitops.report.model import Day
from ccm_gitops.report.projects import Point

if TYPE_CHECKING:
    from ccm_gitops.context.analysis import SectionReport

# What a section gives an agent, and the kinds that give it.
GROUPS = {
    "guidance": ("commands", "conventions", "testing", "current_phase"),
    "knowledge": ("project_overview", "technology_stack", "architecture", "data_model"),
    "history": ("completed_work", "changelog"),
    "other": ("notes", "reference", "unknown"),
}
# More points than these no chart of this size can show.
_POINTS = 24
_MARKS = {"completed": (4, 14), "failed": (4, 14), "skipped": (12, 6)}  # top, height


def group_of(kind: str) -> str:
    """The group of a kind of section."""
    return next((name for name, kinds in GROUPS.items() if kind in kinds), "other")


def sparkline(points: Sequence[Point]) -> Markup:
    """The course of the score, 0 to 100, by time; nothing where there is but one point."""
    if len(points) < 2:
        return Markup("")
    label = f"score from {points[0].score} to {points[-1].score} in {len(points)} days"
    pairs = _scaled(_thinned(points), lambda p: p.score, (0, 100), (96, 24), 2)
    x, y = pairs[-1]
    return Markup(
        '<svg class="spark" viewBox="0 0 96 24" width="96" height="24" role="img" '
        f'aria-label="{label}"><path d="{_path(pairs)}"/><circle cx="{x}" cy="{y}" r="2"/></svg>'
    )


def trend(points: Sequence[Point], measure: str) -> Markup:
    """The course of `score` or `tokens` over the history, with its ends written out."""
    if len(points) < 2:
        return Markup("")
    points = _thinned(points)
    values = [getattr(point, measure) for point in points]
    top = 100 if measure == "score" else max(1, *values)
    pairs = _scaled(points, lambda p: getattr(p, measure), (0, top), (600, 120), 6)
    label = f"{measure} from {values[0]:,} to {values[-1]:,}, highest {max(values):,}"
    area = f"{_path(pairs)}L{pairs[-1][0]} 114L{pairs[0][0]} 114Z"
    x, y = pairs[-1]
    dots = "".join(
        f'<circle cx="{px}" cy="{py}" r="7"><title>{_day(point.at)}: {value:,}</title></circle>'
        for (px, py), point, value in zip(pairs, points, values, strict=True)
    )
    return Markup(
        f'<svg class="trend" viewBox="0 0 600 120" role="img" aria-label="{label}">'
        '<path class="rule" d="M6 6H594M6 60H594M6 114H594"/>'
        f'<path class="area" d="{area}"/><path class="line" d="{_path(pairs)}"/>'
        f'<circle class="end" cx="{x}" cy="{y}" r="4"/><g class="hit">{dots}</g></svg>'
    )


def executions_chart(days: Sequence[Day]) -> Markup:
    """Executions a day: completed, upon them skipped and failed."""
    top = max(1, *(day.completed + day.failed + day.skipped for day in days))
    bars = []
    for index, day in enumerate(days):
        base = 76.0
        for status in ("completed", "skipped", "failed"):
            height = round(72 * getattr(day, status) / top, 1)
            if height:
                base -= height
                bars.append(_bar(index, round(base, 1), height, status))
        told = f"{day.completed} completed, {day.failed} failed, {day.skipped} skipped"
        bars.append(_hover(index, f"{_date(day)}: {told}"))
    total = sum(day.completed + day.failed + day.skipped for day in days)
    failed = sum(day.failed for day in days)
    return _days_chart(bars, f"{total:,} executions in {len(days)} days, {failed:,} failed")


def savings_chart(days: Sequence[Day]) -> Markup:
    """Tokens saved a day."""
    top = max(1, *(day.tokens_saved for day in days))
    bars = []
    for index, day in enumerate(days):
        height = round(72 * max(0, day.tokens_saved) / top, 1)
        if height:
            bars.append(_bar(index, round(76 - height, 1), height, "saved"))
        bars.append(_hover(index, f"{_date(day)}: {day.tokens_saved:,} tokens"))
    total = sum(day.tokens_saved for day in days)
    return _days_chart(bars, f"{total:,} tokens saved in {len(days)} days")


def section_bar(sections: Sequence[SectionReport]) -> Markup:
    """A file's sections side by side, each as wide as its tokens, coloured by group."""
    total = sum(section.tokens for section in sections) or 1
    parts, x = [], 0.0
    for section in sections:
        width = 1000 * section.tokens / total
        title = escape(f"{section.title or 'the beginning'}: {section.tokens:,} tokens")
        parts.append(
            f'<rect class="group-{group_of(section.type)}" x="{x:.1f}" '
            f'width="{max(width - 2, 1):.1f}" height="30"><title>{title}</title></rect>'
        )
        x += width
    label = ", ".join(
        f"{group} {round(100 * _tokens(sections, group) / total)} %" for group in GROUPS
    )
    return Markup(
        '<svg class="sections" viewBox="0 0 1000 30" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def recent_runs(statuses: Sequence[str]) -> Markup:
    """The last executions of a task as marks, the newest at the right."""
    if not statuses:
        return Markup("")
    counts = ", ".join(f"{statuses.count(name)} {name}" for name in dict.fromkeys(sorted(statuses)))
    marks = "".join(
        f'<rect class="{escape(status)}" x="{index * 8}" y="{top}" width="5" height="{height}" '
        'rx="1.5"/>'
        for index, status in enumerate(statuses)
        for top, height in (_MARKS.get(status, (12, 6)),)
    )
    width = len(statuses) * 8
    return Markup(
        f'<svg class="runs" viewBox="0 0 {width} 22" width="{width}" height="22" role="img" '
        f'aria-label="last {len(statuses)}: {escape(counts)}">{marks}</svg>'
    )


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Evenly chosen points, the first and the last among them."""
    if len(points) <= _POINTS:
        return points
    step = (len(points) - 1) / (_POINTS - 1)
    return [points[round(index * step)] for index in range(_POINTS)]


def _scaled(
    points: Sequence[Point],
    value: Callable[[Point], float],
    span: tuple[float, float],
    size: tuple[int, int],
    margin: int,
) -> list[tuple[float, float]]:
    """The points as places in a box of `size`, time to the right and values up."""
    start, end = points[0].at, points[-1].at
    seconds = (end - start).total_seconds() or 1
    low, high = span
    width, height = size[0] - 2 * margin, size[1] - 2 * margin
    return [
        (
            round(margin + width * (point.at - start).total_seconds() / seconds, 1),
            round(margin + height * (1 - (value(point) - low) / (high - low)), 1),
        )
        for point in points
    ]


def _path(pairs: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in pairs)


def _bar(index: int, y: float, height: float, name: str) -> str:
    return f'<rect class="{name}" x="{index * 20 + 3}" y="{y}" width="14" height="{height}"/>'


def _hover(index: int, text: str) -> str:
    return f'<rect class="hit" x="{index * 20}" width="20" height="80"><title>{text}</title></rect>'


def _days_chart(bars: Iterable[str], label: str) -> Markup:
    return Markup(
        f'<svg class="days" viewBox="0 0 600 80" role="img" aria-label="{label}">'
        f'<path class="rule" d="M0 76.5H600"/>{"".join(bars)}</svg>'
    )


def _tokens(sections: Iterable[SectionReport], group: str) -> int:
    return sum(section.tokens for section in sections if group_of(section.type) == group)


def _date(day: Day) -> str:
    return f"{day.date.day} {day.date:%b}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"
