"""Tables that fit a terminal: wrapped at words, or a line a value where it is too narrow."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

_GAP = "  "
_LONGEST_WHOLE_WORD = 20  # a longer one may be cut
_BREAK = re.compile(r"\s+|(?<=[a-z]-)(?=[a-z])")  # where `textwrap` may go to the next line
_CODES = {"green": 32, "red": 31, "yellow": 33, "dim": 2}
_COLOURS = {
    **dict.fromkeys(("completed", "delivered", "ok", "yes"), "green"),
    **dict.fromkeys(("failed", "undeliverable", "failing", "wrong", "high"), "red"),
    **dict.fromkeys(("due", "waiting", "paused", "skipped", "warning", "medium"), "yellow"),
    **dict.fromkeys(("no", "never", "off", "unused", "disabled", "low", "info"), "dim"),
}
# Only there is a word one of these; elsewhere it may be somebody's name.
_COLOURED = frozenset({"status", "health", "severity", "now", "enabled", "last run"})


def table(
    headers: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()
) -> str:
    """Rows under headers; the columns `right` are set to the right.

    On a terminal the widest columns are wrapped until a line fits; where even that does not, each
    row is a paragraph with a line for each value.
    """
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    limit = terminal_width()
    widths: list[int | None] = [None] * len(headers)
    if limit is not None:
        # tabulate keeps two characters free beside each header.
        columns = zip([f"{header}  " for header in headers], *cells, strict=True)
        fitting = fitted(list(columns), limit)
        if fitting is None:
            return "\n\n".join("\n".join(_record(headers, row, limit)) for row in cells)
        widths = [*fitting]
    # Most runs find nothing due and print no table.
    from tabulate import tabulate  # noqa: PLC0415

    return tabulate(
        [list(map(_shown, headers, row, widths)) for row in cells],
        headers,
        tablefmt="simple",
        colalign=["right" if column in right else "left" for column in range(len(headers))],
        disable_numparse=True,
    )


def fitted(columns: Sequence[Sequence[str]], limit: int) -> list[int] | None:
    """How wide each column is for a line to fit; None where words would have to be cut.

    A column is its header, which is not wrapped, and its cells.
    """
    widths = [max(map(width_of, column)) for column in columns]
    narrowest = [_narrowest(column) for column in columns]
    while _total(widths) > limit:
        spare = [width - least for width, least in zip(widths, narrowest, strict=True)]
        shrinkable = [index for index, room in enumerate(spare) if room > 0]
        if not shrinkable:
            return None
        widths[max(shrinkable, key=widths.__getitem__)] -= 1
    return widths


def width_of(text: str) -> int:
    """How many places of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def terminal_width() -> int | None:
    """The columns of the terminal that stdout is; None where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def painted(text: str, word: str | None = None) -> str:
    """A text in the colour that its last word, or `word`, has; plain where colour is unwanted."""
    colour = _COLOURS.get(word or (text.split() or [""])[-1])
    if colour is None or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{_CODES[colour]}m{text}\033[0m"


def filled(text: str, indent: str = "") -> str:
    """A sentence in the terminal's lines, the second and later ones indented."""
    limit = terminal_width()
    if limit is None:
        return text
    wrapper = textwrap.TextWrapper(
        limit, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
    return wrapper.fill(text)


def printable(text: str) -> str:
    """A text on one line, without what would steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _narrowest(column: Sequence[str]) -> int:
    header, *cells = column
    words = (width_of(word) for cell in cells for word in _BREAK.split(cell))
    return max(width_of(header), min(max(words, default=0), _LONGEST_WHOLE_WORD))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _shown(header: str, cell: str, width: int | None) -> str:
    """A cell as it is drawn; tabulate's own wrapping takes `1,314` for a number, and fails."""
    places = width_of(cell)
    lines = [cell]
    if width is not None and places > width:
        lines = textwrap.wrap(cell, max(1, width * len(cell) // places))
    if header.lower() not in _COLOURED:
        return "\n".join(lines)
    word = (cell.split() or [""])[-1]
    return "\n".join(painted(line, word) for line in lines)


def _record(headers: Sequence[str], row: Sequence[str], limit: int) -> Iterator[str]:
    for header, cell in zip(headers, row, strict=True):
        if cell:
            yield textwrap.fill(f"{header}: {cell}", limit, subsequent_indent="  ")
