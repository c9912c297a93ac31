"""Calendar dates as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ANY_YEAR = re.compile(r"(?:19|20)\d\d")
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w/.-]){_YEAR}(?P<sign>[-/.])(?P<number>0?[1-9]|1[0-2])(?P=sign)(?P<day>[0-3]?\d)(?![\w/-])",
        rf"(?<![\w/.-])(?P<day>[0-3]?\d)\.(?P<number>0?[1-9]|1[0-2])\.{_YEAR}(?![\w/-])",
        rf"\b{_MONTH} +(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,? +{_YEAR}\b",
        rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)? +{_MONTH},? +{_YEAR}\b",
        rf"(?<!\d )\b{_MONTH},? +{_YEAR}\b",
        rf"(?<![\w/.-]){_YEAR}-(?P<number>0[1-9]|1[0-2])(?![\w/-])",
    )
)


def find_dates(text: str) -> Iterator[date]:
    """Every date in the text, in no order; a month without a day counts as its first day.

    Known: 2026-01-31, 2026/01/31, 31.01.2026, January 31, 2026, 31 Jan 2026, Jan 2026, 2026-01.
    A bare year is none: versions, copyrights and tax tables are full of them.
    """
    if not _ANY_YEAR.search(text):
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            found = _date(match.groupdict())
            if found:
                yield found


def _date(parts: dict[str, str | None]) -> date | None:
    number, name = parts.get("number"), parts.get("month")
    month = int(number) if number else _MONTHS.index((name or "")[:3].lower()) + 1
    try:
        return date(int(parts["year"] or 0), month, int(parts.get("day") or 1))
    except ValueError:
        return None
