"""Pointers: the one line that stands for what moved says what it is and when to read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ccm_gitops.context.document import Block
from ccm_gitops.context.optimize.listings import is_tree
from ccm_gitops.context.optimize.names import listed, plain
from ccm_gitops.context.optimize.pieces import is_caption

_NOUNS = {"code": "example", "table": "table", "list": "list"}
_WHERE = "when you look for where something is or belongs"
_OCCASIONS = (
    (r"troubleshoot|debug|diagnos|issue|problem|error|faq", "when something does not work"),
    (r"deploy|production|hosting", "before you deploy"),
    (r"releas|publish", "before you release"),
    (r"migrat", "before you migrate"),
    (r"install|setup|set up|getting started|prerequisite", "when you set up a machine"),
    (r"environment|config|variable|settings", "before you change the configuration"),
    (
        r"structure|layout|director|folder|files?\b",
        "when you look for where something is or belongs",
    ),
    (r"architect|overview", "when you need to know how the parts fit together"),
    (r"roadmap|future|ideas|wish|planned", "when you plan what comes next"),
    (r"resource|further reading|references?\b|link|source|contact", "when you need a source"),
    (r"example|sample|usage", "when you need an example"),
    (r"perform|benchmark|optimi[sz]", "when you work on performance"),
)
_WHEN = tuple((re.compile(rf"\b(?:{words})", re.IGNORECASE), when) for words, when in _OCCASIONS)
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.)]|step \d+:?)\s+|\s*\([^()]*\)\s*$", re.IGNORECASE)


def occasion(title: str) -> str:
    """When somebody reads what stands below a title."""
    found = next((when for words, when in _WHEN if words.search(title)), None)
    return found or f"before you work on {_NUMBER.sub('', plain(title))}"


def contents(titles: Sequence[str], blocks: Sequence[Block], *, is_rest: bool) -> str:
    """What moved, with its verb; `is_rest` where more than a lead of the section stays."""
    if titles:
        return f"{listed([plain(title) for title in titles])} {'is' if len(titles) == 1 else 'are'}"
    told = [block for block in blocks if block.kind != "blank" and not is_caption(block)]
    if told and all(map(is_tree, told)):
        return "the directory tree is"
    counts = Counter(_NOUNS.get(block.kind, "") for block in told)
    if "" in counts or not 0 < len(counts) <= 2:
        return "the rest of this section is" if is_rest else "the details are"
    words = [f"{noun}s" if count > 1 else noun for noun, count in counts.items()]
    return f"the {' and '.join(words)} {'is' if len(told) == 1 else 'are'}"
