"""What a title says of the text below it: how binding it is for daily work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from ccm_gitops.context.optimize.names import short
from ccm_gitops.context.optimize.wording import forbids

Standing = Literal[
    "whole",
    "current",
    "binding",
    "shown",
    "introduction",
    "needed",
    "background",
    "open",
    "task",
    "detail",
    "rare",
    "later",
]

# One step of several, the form of an output, and an index of documents; not `Workflow Engine`.
_WHOLE = re.compile(
    r"\b(?:workflow|process|phase|step|stage|checklist|output|templates?|documents?|documentation)\b"
    r"(?! (?:architect|class|engine|executor|loader|manage|model|module|parser|pipeline|registry"
    r"|runner|schema|service|state|storage|store|system|table)\w*)"
    r"|\bmcp servers\b"
    r"|\b(?:available|project|slash|custom|speciali[sz]ed) (?:agents|commands|skills|tools)\b",
    re.IGNORECASE,
)
_CURRENT = re.compile(
    r"\bcurrent (?:phase|status|focus|work|sprint|task|priorit|milestone)|\bstatus\W*$|\broadmap\b"
    r"|\b(?:implementation|project|development|build|feature|overall) status\b"
    r"|\bprogress (?:tracking|report|summary|update)|\bprogress\W*$"
    r"|\b(?:missing|outstanding|unfinished|open|remaining) (?:features|items|tasks|work|issues)\b"
    r"|\b(?:issues|bugs|tasks|things) to (?:address|fix|do)\b|\bP[0-3]\b.*\btasks\b"
    r"|\bpending (?:changes|features?|issues|items?|tasks?|work)\b|\bpending\W*$"
    r"|\b(?:in progress|next (?:up|steps?)|todos?|remaining|upcoming|planned|backlog"
    r"|(?:near|short)[- ]term)\b",
    re.IGNORECASE,
)
_BINDING = re.compile(
    r"\b(?:rules|rule(?=\W*$|\W*:|\W+\d| of\b))\b"
    r"|\b(?:convention|guideline|principle|standard|practice|polic|instruction|directive"
    r"|mandatory|must|always|never|do'?s|don'?t|anti-?pattern|gotcha|pitfall|caveat|limitation"
    r"|constraint|decision|prohibit|forbidden|banned|non-negotiable|(?<!system )requirement)\w*"
    r"|\bimport(?:ing\b| (?:pattern|order|style|convention))|\bwhen (?:not )?to use\b"
    r"|\b(?:red lines?|code quality|critical|(?:in|out of) scope|non-goals|threat model"
    r"|(?:un)?acceptable)\b"
    r"|\btrust (?:assumption|boundar|model)\w*"
    r"|\b(?:important|critical)(?: (?:note|reminder|consideration|info|point|lesson)s?)?\W*$"
    r"|^\W*(?:code )?formatting\W*$|\bboundaries\W*$|\bcommon mistakes\b|\bdefinition of done\b"
    r"|规则|规范|约定|约束|原则|注意|ルール|規約|規則|原則|규칙|원칙|주의|\b(?:правил|regeln|règles|reglas)"
    r"|\b(?:code|coding|writing|commit|comment) style\b|^\W*style\b|\bstyle ?guide\b",
    re.IGNORECASE,
)
_URGED = re.compile(
    r"\((?:preferred|use sparingly|strict|mandatory|enforced|immutable)\b", re.IGNORECASE
)
# What a session does every day.
_DAILY = re.compile(
    r"\b(?:command|script|quick|getting started|setup|set up|install|build|lint|test|develop|commit"
    r"|pull request|review)\w*|\b(?:run(?:ning)?|git)\b"
    r"|命令|快速开始|测试|コマンド|テスト|명령|테스트",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"\b(?:overview|about|introduction|purpose|philosophy|mindset|reminder|note|summary)\w*"
    r"|\bwhat (?:this|it|we)\b",
    re.IGNORECASE,
)
_STACK = re.compile(r"\b(?:tech stack|technolog|tool ?chain)", re.IGNORECASE)
_BACKGROUND = re.compile(r"\b(?:agent|skill|stack|usage|security)\w*|\btools?\b", re.IGNORECASE)
# What is read when something has gone wrong, or on a rare day; nothing below it is daily work.
_RARE = re.compile(
    r"\b(?:troubleshoot|debug|diagnos|common (?:issue|error|problem)|known (?:issue|problem)|faq"
    r"|deploy|production|releas|migration|rollback|monitoring|glossary|appendix|endpoint|example"
    r"|sample|advanced|further reading|credit|contact|licen[cs]e|history|benefit)\w*|\bapi\b"
    r"|(?<!project )\breferences?\W*$|\breference (?:doc|repo|guide)|\breferences? (?:&|and)"
    r"|(?:^\W*|\b(?:additional|external|further|helpful|learning|more|other|useful|&|and) )"
    r"(?:background|resources?)\W*$|\bbackground (?:information|reading)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"`[^`]+`|\b[\w/-]+\.[a-z]{1,4}\b")  # `tests.py` is no test
# Looked up, even where it stands among guidelines.
_LOOKED_UP = re.compile(
    r"\b(?:endpoints|glossary|faqs?|troubleshooting|change ?log|appendix|(?:api|cli) reference"
    r"|error codes)\W*$",
    re.IGNORECASE,
)
# Said after a title's name, of what the section is about.
_SPARED = re.compile(
    r"\w\W*[(\[:–—-]\s*(?:not|rarely|seldom) (?:\w+ )?(?:needed|required|used|necessary)\b",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(?:future|long[- ]term|wish ?list|nice[- ]to[- ]have)\b", re.IGNORECASE)
# What is done now and then, and has a title that says so.
_TASK = re.compile(
    r"^\W*(?:how to|when \w+ing|adding|creating|updating|implementing|extending|integrating"
    r"|modifying)\b",
    re.IGNORECASE,
)
# What a reader could find in the code, told for those who ask.
_DETAIL = re.compile(
    r"\b(?:architect|structure|component|module|layout|feature|data|model|schema|database|integrat"
    r"|design|flow|service|class(?:es)?\b|types?\b|interface|librar|dependenc|performance|metric|result|system"
    r"|file|folder|director|environment|config|variable|implementation|internal|pipeline|cach|auth"
    r"|encrypt|protocol|state|event|hook|route|routing|storage|scope|concept|key|package|plugin"
    r"|provider|ui|theme|how it works|styling|log|cod(?:e|es) of)\w*",
    re.IGNORECASE,
)


def standing(titles: Sequence[str]) -> Standing:
    """How binding text is below these titles, from the top down; the nearest that tells decides."""
    kinds = list(map(_kind, titles))
    if "current" in kinds:
        return "current"
    for kind, title in zip(reversed(kinds), reversed(titles), strict=True):
        if kind == "binding":
            return kind
        if kind == "rare" or kind == "later":
            is_shown = "binding" in kinds and not _LOOKED_UP.search(short(title))
            return "shown" if is_shown else kind
    if "whole" in kinds:
        return "whole"
    for kind in reversed(kinds):
        if kind == "about" or kind == "background":
            return "detail" if "detail" in kinds else "introduction" if kind == "about" else kind
        if kind:
            return kind
    return "open"


_Kind = Standing | Literal["about"]


def _kind(title: str) -> _Kind | None:
    """What a title announces; brackets and subtitles tell only where the rest does not."""
    title = _NAME.sub("x", title)
    if _SPARED.search(title):
        return "rare"
    if forbids(title) or _URGED.search(title):
        return "binding"
    if _LATER.search(title):
        return "later"
    if _CURRENT.search(title):
        return "current"
    return _announced(short(title)) or _announced(title)


def _announced(title: str) -> _Kind | None:
    is_daily = _DAILY.search(title)
    if _BINDING.search(title):
        return "binding"
    if _RARE.search(title) and (not is_daily or _LOOKED_UP.search(title)):
        return "rare"
    if _WHOLE.search(title):
        return "whole"
    if _TASK.search(title):
        return "task"
    if _STACK.search(title):
        return "introduction"
    if is_daily:
        return "needed"
    if _DETAIL.search(title):
        return "detail"
    if _INTRODUCTION.search(title):
        return "about"
    return "background" if _BACKGROUND.search(title) else None
