"""Findings that the file's authors have seen and want left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ccm_gitops.context.document import Document

_DISABLE = re.compile(
    r"<!--\s*ccm:\s*disable(?P<scope>-next-block|-file)?=(?P<rules>[\w, ]+?)\s*-->"
)


@dataclass(frozen=True)
class Suppression:
    """Rules that are silent on a range of lines; `all` stands for every rule."""

    rules: frozenset[str]
    start_line: int
    end_line: int

    def covers(self, rule: str, line: int) -> bool:
        """Whether a finding of the rule on that line is left out."""
        return self.start_line <= line <= self.end_line and bool(self.rules & {rule, "all"})


def find_suppressions(document: Document) -> Iterator[Suppression]:
    """Each `<!-- ccm: disable=rule, rule -->`: it holds for the section that it stands in.

    Before the first heading it holds for the whole file, and so does `disable-file` anywhere;
    `disable-next-block` holds for the paragraph, list, table or fence that follows.
    """
    last = max(len(document.lines), 1)
    for section in document.root.walk():
        for block in section.blocks:
            for match in _DISABLE.finditer(block.text) if block.kind == "html" else ():
                names = frozenset(match["rules"].replace(",", " ").split())
                if match["scope"] == "-file":
                    yield Suppression(names, 1, last)
                elif match["scope"] == "-next-block":
                    yield Suppression(names, *_next_block(document, block.end_line))
                else:
                    yield Suppression(names, section.start_line, section.end_line)


def _next_block(document: Document, line: int) -> tuple[int, int]:
    """The lines of the first block after a line that is not blank; an empty range at the end."""
    following = document.within(line + 1, len(document.lines))
    found = next((block for block in following if block.kind != "blank"), None)
    return (found.start_line, found.end_line) if found else (line + 1, line)
