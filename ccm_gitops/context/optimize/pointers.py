"""Pointers: the one line that stands for what moved says what it is and when to read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ccm_gitops.context.document import Block
from ccm_gitops.context.optimize.listings import is_tree
from ccm_gitops.context.optimize.names import listed, short, unnumbered
from ccm_gitops.context.optimize.pieces import is_caption

_PROGRAM = re.compile(r"\s*[`~]{3,}\s*(?!(?:env|dotenv|ini|text|txt|plaintext)\b)\w")
_NOUNS = {"code": "example", "table": "table", "list": "list"}
_TREE = "the directory tree"
_TROUBLE = "when something does not work"
_SETUP = "when you set up a machine"
_WHERE = "when you look for where something is or belongs"
# What holds for all below a title, and what only for the title itself.
_DAYS = (
    (r"troubleshoot|debug|diagnos|(?:common|known) (?:issue|problem|error)|faq", _TROUBLE),
    (r"deploy|production|hosting", "before you deploy"),
    (r"releas|publish", "before you release"),
    (r"migrat", "before you migrate"),
    (r"roadmap|future|wish ?list|planned", "when you plan what comes next"),
    (r"resources|further reading|references\b|links\b|sources\b", "when you need a source"),
    (r"examples?\b|samples?\b", "when you need an example"),
)
_PLACES = (
    *_DAYS,
    (r"\W*(?:install|getting started|prerequisite)|(?:local|environment) setup", _SETUP),
    (r"environment|configuration|settings", "before you change the configuration"),
    (r"(?:project|director\w*|folder|file|repo\w*|code|source) (?:struct|layout|organ)", _WHERE),
    (r"(?:key|important|main) (?:files|director|folders)", _WHERE),
    (r"architecture|overview", "when you need to know how the parts fit together"),
    (r"performance|benchmark", "when you work on performance"),
)
_TASK = re.compile(
    r"(?:(?P<how>how to) )?(?P<rest>(?(how)|(?:adding|creating|updating|implementing|extending"
    r"|integrating|modifying|writing|using|building|running|starting|stopping|configuring|importing)"
    r"\b)\w*.*)",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"(?!\w+ing\b).*[^siu]s$", re.IGNORECASE)
# A title that says nothing without the one above it.
_GENERIC = re.compile(
    r"\W*(?:(?:basic|key|server|client|example|code) )?(?:requests?|responses?|usage|details?"
    r"|notes?|format|fields|parameters|options|syntax|basics|description|flow|input|structure|methods"
    r"|properties|types|values|features|sections|components|patterns|principles)\W*$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


def occasion(what: str, titles: Sequence[str]) -> str:
    """When somebody reads what moved from below titles, from the top down; the nearest tells."""
    if what.startswith(_TREE):
        return _WHERE
    asked = [(titles[-1], _PLACES), *((title, _DAYS) for title in reversed(titles[:-1]))]
    for title, occasions in asked:
        for words, when in occasions:
            if re.search(rf"\b(?:{words})", title, re.IGNORECASE):
                return when
    telling = next((title for title in reversed(titles) if not _GENERIC.match(title)), titles[-1])
    name = _BRACKETS.sub("", unnumbered(telling))
    task = _TASK.match(name)
    if task:
        rest = task["rest"][0].lower() + task["rest"][1:]
        return f"before you {rest}" if task["how"] else f"before {rest}"
    return f"before you work on {name}"


def contents(titles: Sequence[str], blocks: Sequence[Block], *, is_rest: bool) -> str:
    """What moved, with its verb; `is_rest` where more than a lead of the section stays."""
    if titles:
        names = [short(title) for title in titles]
        is_one = len(names) == 1 and not _PLURAL.match(names[0])
        return f"{listed(names, most=5)} {'is' if is_one else 'are'}"
    told = [block for block in blocks if block.kind != "blank" and not is_caption(block)]
    if told and all(map(is_tree, told)):
        return f"{_TREE} is"
    counts = Counter(_noun(block) for block in told)
    if "" in counts or not 0 < len(counts) <= 2:
        return "the rest of this section is" if is_rest else "the details are"
    words = [
        f"{noun}s" if count > 1 and noun != "steps" else noun for noun, count in counts.items()
    ]
    return f"the {' and '.join(words)} {'is' if len(told) == 1 and words != ['steps'] else 'are'}"


def _noun(block: Block) -> str:
    if block.kind == "list" and block.text.lstrip()[0].isdigit():
        return "steps"
    if block.kind == "code" and not _PROGRAM.match(block.text):
        return "listing"
    return _NOUNS.get(block.kind, "")
