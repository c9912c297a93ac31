"""Files that the fences of a document run, as in `./scripts/check.sh` or `python tools/x.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccm_gitops.context.document import Document, split_lines
from ccm_gitops.context.inline import Span

_RUN = re.compile(
    r"\s*(?:\$ )?(?:(?:bash|sh|zsh|source|python3?|node|ruby|tsx|bun) +|(?=\./))"
    r"(?P<path>[\w.-]+(?:/[\w.-]+)+\.(?:sh|bash|py|rb|js|mjs|ts|ps1))(?![\w./*<{$])"
)
# What is fetched on the way, or stands in another repository, is not here.
_FETCHES = re.compile(r"\b(?:curl|wget|git clone|unzip|tar|gh repo clone|degit|npx create)\b")


def find_scripts(document: Document) -> Iterator[Span]:
    """Each script that a line of a fence begins with, as a code span with the line's comment."""
    for block in document.blocks:
        if block.kind != "code" or _FETCHES.search(block.text):
            continue
        for number, line in enumerate(split_lines(block.text), start=block.start_line):
            match = _RUN.match(line)
            if match:
                path = match["path"]
                said = f"`{path}` {line.partition(' #')[2].strip()}"
                yield Span("code", path, number, line.find(path) + 1, said, "")
