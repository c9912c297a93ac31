"""Changes as git shows them."""

from __future__ import annotations

import difflib
import re

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def unified(path: str, old: str | None, new: str) -> str:
    """The change of one file as `git apply` takes it; `old` is None for a new file."""
    if old == new:
        return ""
    head = f"diff --git a/{path} b/{path}\n"
    if old is None:
        head += "new file mode 100644\n"
    hunks = difflib.unified_diff(
        _LINE.findall(old or ""),
        _LINE.findall(new),
        "/dev/null" if old is None else f"a/{path}",
        f"b/{path}",
    )
    return head + "".join(map(_closed, hunks))


def _closed(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
