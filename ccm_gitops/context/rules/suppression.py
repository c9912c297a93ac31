"""Findings that the file's authors have seen and want left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ccm_gitops.context.document import Document

_DISABLE = re.compile(r"<!--\s*ccm:\s*disable=(?P<rules>[\w, ]+?)\s*-->")


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

    Before the first heading it holds for the whole file.
    """
    for section in document.root.walk():
        for block in section.blocks:
            if block.kind == "html":
                for match in _DISABLE.finditer(block.text):
                    names = frozenset(match["rules"].replace(",", " ").split())
                    yield Suppression(names, section.start_line, section.end_line)
