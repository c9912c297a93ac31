"""Sizes of memory as users write them: `512MiB`, `2GiB`."""

from __future__ import annotations

import re

# Kept equal to the `size` definition of schema/schedules.schema.json by a test.
PATTERN = r"^[1-9][0-9]{0,5}[MG]iB$"
_UNITS = {"MiB": 1 << 20, "GiB": 1 << 30}


def parse_size(text: str) -> int:
    """Read `512MiB` as bytes; raises ValueError for another form."""
    if not re.fullmatch(PATTERN, text, re.ASCII):
        raise ValueError(f"{text!r} is no size; write it as 512MiB or 2GiB")
    return int(text[:-3]) * _UNITS[text[-3:]]


def format_size(size: int) -> str:
    """Write bytes as `512MiB`, or as `2GiB` where that is exact."""
    whole = size % _UNITS["GiB"] == 0
    return f"{size // _UNITS['GiB']}GiB" if whole else f"{size // _UNITS['MiB']}MiB"
