"""What a title says of the text below it: how binding it is, and when somebody reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from ccm_gitops.context.optimize.names import plain

Standing = Literal["whole", "current", "binding", "needed", "open", "detail"]

# One step of several, and the form of an output, say little on their own.
_WHOLE = re.compile(
    r"\b(?:workflow|process|phase|step|stage|checklist|output|templates?)\b", re.IGNORECASE
)
_CURRENT = re.compile(
    r"\bcurrent (?:phase|status|focus|work|sprint|task|priorit|milestone)|\bstatus\W*$|\broadmap\b"
    r"|\b(?:in progress|next (?:up|steps?)|todos?)\b",
    re.IGNORECASE,
)
_BINDING = re.compile(
    r"\b(?:convention|guideline|rule|principle|standard|practice|polic|instruction|directive"
    r"|mandatory|important|critical|must|always|never|do'?s|don'?t|anti-?pattern|gotcha|pitfall"
    r"|caveat|limitation|constraint|(?<!system )requirement)\w*"
    r"|\b(?:code|coding|writing|commit|comment) style\b|^\W*style\b|\bstyle ?guide\b",
    re.IGNORECASE,
)
_NEEDED = re.compile(
    r"\b(?:command|script|quick|getting started|setup|set up|install|build|lint|test|develop|commit"
    r"|pull request|review|overview|about|introduction|purpose|philosophy|mindset|reminder|note"
    r"|agent|skill|how to|stack|technolog|usage|security)\w*|\b(?:run(?:ning)?|git|tools?)\b",
    re.IGNORECASE,
)
# What is read when something has gone wrong, or on a rare day; nothing below it is daily work.
_RARE = re.compile(
    r"\b(?:troubleshoot|debug|diagnos|common (?:issue|error|problem)|known (?:issue|problem)|faq"
    r"|deploy|production|releas|migration|rollback|monitoring|glossary|appendix|endpoint|example"
    r"|sample|advanced|resource|further reading|credit|contact|licen[cs]e|future|long-term"
    r"|history|background|benefit)\w*|\b(?:api|references?)\b",
    re.IGNORECASE,
)
# What a reader could find in the code, told for those who ask.
_DETAIL = re.compile(
    r"\b(?:architect|structure|component|module|layout|feature|data|model|schema|database|integrat"
    r"|design|flow|service|class|type|interface|librar|dependenc|performance|metric|result|system"
    r"|file|folder|director|environment|config|variable|implementation|internal|pipeline|cach|auth"
    r"|encrypt|protocol|state|event|hook|route|routing|storage|scope|concept|key|package|plugin"
    r"|provider|ui|theme|styling|log|cod(?:e|es) of)\w*",
    re.IGNORECASE,
)


def standing(titles: Sequence[str]) -> Standing:
    """How binding text is below these titles, from the top down; the nearest that tells decides."""
    if any(map(_WHOLE.search, titles)) and not any(map(_RARE.search, titles)):
        return "whole"
    if any(map(_CURRENT.search, titles)):
        return "current"
    if any(map(_BINDING.search, titles)):
        return "binding"
    if any(map(_RARE.search, titles)):
        return "detail"
    for title in reversed(titles):
        if _NEEDED.search(title):
            return "needed"
        if _DETAIL.search(title):
            return "detail"
    return "open"


_OCCASIONS = (
    (r"troubleshoot|debug|diagnos|issue|problem|error|faq", "when something does not work"),
    (r"deploy|production|hosting", "before you deploy"),
    (r"releas|publish", "before you release"),
    (r"migrat", "before you migrate"),
    (r"install|setup|set up|getting started|prerequisite", "when you set up a machine"),
    (r"environment|config|variable|settings", "before you change the configuration"),
    (r"structure|layout|director|folder|files?\b", "when you look for where something is"),
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
