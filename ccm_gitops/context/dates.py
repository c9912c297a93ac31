"""Dates, months, quarters and years as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """A stretch of days that a text names, from `first` to `last`; `start` and `end` are where.

    `is_year`: nothing more exact than a year is named.
    """

    first: date
    last: date
    start: int
    end: int
    is_year: bool = False


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ANY_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = r"(?P<number>0?[1-9]|1[0-2])"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w/.-]){_YEAR}(?P<sign>[-/.]){_NUMBER}(?P=sign)(?P<day>[0-3]?\d)(?![\w/-])",
        rf"(?<![\w/.-])(?P<day>[0-3]?\d)\.{_NUMBER}\.{_YEAR}(?![\w/-])",
        rf"\b{_MONTH} +(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,? +{_YEAR}\b",
        rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)? +{_MONTH},? +{_YEAR}\b",
        rf"(?<!\d )\b{_MONTH},? +{_YEAR}\b",
        rf"(?<![\w/.-]){_YEAR}-(?P<number>0[1-9]|1[0-2])(?![\w/-])",
        rf"(?<!\d){_YEAR} ?[年년] ?{_NUMBER} ?[月월](?: ?(?P<day>[0-3]?\d) ?[日일])?",
    )
)
_PARTS = re.compile(
    rf"\b(?:(?P<part>[QH])(?P<count>[1-4])[ ,/'’-]{{0,2}}(?:of )?{_YEAR}"
    r"|(?P<year2>(?:19|20)\d\d)[ /-]?(?P<part2>[QH])(?P<count2>[1-4]))\b",
    re.IGNORECASE,
)
_WHOLE_YEAR = re.compile(r"(?<![\w$€£#:.,/-])(?P<year>20\d\d)(?![\w%:/-]|[.,]\d)")


def find_dates(text: str) -> Iterator[date]:
    """Every date in the text, in no order; a month without a day counts as its first day.

    Known: 2026-01-31, 2026/01/31, 31.01.2026, January 31, 2026, 31 Jan 2026, Jan 2026, 2026-01,
    2026年1月31日. A bare year is none: versions, copyrights and tax tables are full of them.
    """
    yield from (period.first for period in _dates(text))


def find_periods(text: str) -> list[Period]:
    """Every date, month, quarter (Q1 2026), half (H1 2026) and year in the text, by place."""
    found = [*_dates(text), *_parts(text)]
    taken = [(period.start, period.end) for period in found]
    for match in _WHOLE_YEAR.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            year = int(match["year"])
            found.append(Period(date(year, 1, 1), date(year, 12, 31), *match.span(), is_year=True))
    return sorted(found, key=lambda period: period.start)


def _dates(text: str) -> Iterator[Period]:
    if not _ANY_YEAR.search(text):
        return
    for pattern in _DATES:
        for match in pattern.finditer(text):
            first = _date(match.groupdict())
            if first:
                last = first if match.groupdict().get("day") else _before_next(first, 1)
                yield Period(first, last, *match.span())


def _date(parts: dict[str, str | None]) -> date | None:
    number, name = parts.get("number"), parts.get("month")
    month = int(number) if number else _MONTHS.index((name or "")[:3].lower()) + 1
    try:
        return date(int(parts["year"] or 0), month, int(parts.get("day") or 1))
    except ValueError:
        return None


def _parts(text: str) -> Iterator[Period]:
    for match in _PARTS.finditer(text):
        year = int(match["year"] or match["year2"])
        months = 3 if (match["part"] or match["part2"]).upper() == "Q" else 6
        month = (int(match["count"] or match["count2"]) - 1) * months + 1
        if month <= 12:
            first = date(year, month, 1)
            yield Period(first, _before_next(first, months), *match.span())


def _before_next(first: date, months: int) -> date:
    """The last day of a stretch of whole months."""
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
