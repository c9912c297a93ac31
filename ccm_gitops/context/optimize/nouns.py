"""Nouns: a title as something that people change or rely on, in the middle of a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

from ccm_gitops.context.document import Document
from ccm_gitops.context.optimize.names import label

_CODE = re.compile(r"`[^`\n]*`|\]\([^)\n]*\)|https?://\S+")
_LOWER = re.compile(r"(?<![\w./@-])[a-z]{2,}(?![\w/@-]|\.\w)")
_NAMED = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+\b")
# Words that are no names, whether or not a file has them in its prose.
_WORDS = (
    "a access action actor adapter address agent alias all an and any array as asset "
    "assistant async at auth backend background backup base batch block boundary branch "
    "browser bug build button by cache call cause challenge change channel chart check "
    "checklist class cleanup click client code command common component concept config "
    "constant content context contract core credential custom data database dead default "
    "dependency design detail device directory discovery docs domain driven each endpoint "
    "engine entry error event example export factory feedback field file filter flag flow "
    "focus folder for form format framework from frontend gateway generator goal group guide "
    "handler header hierarchy high hook host hybrid in inline input interface into item job "
    "key known law layer layout level library lifecycle limit list load lock logic long loop "
    "main manager matrix memory message method methodology middleware mobile mode model "
    "module multi name network number object of on option or order outcome output package "
    "page parameter parser part party pattern per phase pipeline planner platform plugin "
    "point policy port preference process profile project prompt property protocol provider "
    "pull purpose query queue real recovery registry release render repository request "
    "research resource response result review role route router rubric rule run runtime "
    "schedule scheduler schema screen script search self server service setup skill source "
    "stack standard startup state status step storage store strategy stream style suite "
    "support switch symbol sync system table target task technology template tenancy test the "
    "theme third this thread tier time to tool topic transport tree trigger type unit update "
    "upload usage use user value variant via view web website widget window with without "
    "worker workflow workspace"
)
_PLAIN = frozenset(_WORDS.split())
# Endings that words have, and few names.
_WORD = re.compile(
    r"(?!(?:azure|notion|unity|drupal|mistral|obsidian)$)\w{3,}(?:ed|ing|[st]ions?|ments?|ness|[ei]ty|sis|tors?|iors?"
    r"|ures?|al|ous|ive|able|ics|ies|ance|ence|ly|ship)$"
)
_COUNTER = re.compile(
    r"(?:default|note|rule|option|example|phase|step|part|layer)(?: \d+)?: ", re.IGNORECASE
)
_DOING = re.compile(r"(?<!str)ing$")
_BESIDES = frozenset({"web", "mobile", "desktop", "shared", "core", "global", "local", "common"})
_PATTERN = re.compile(r"(?: implementation)? patterns?$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:you|your|you'll|we|is|are|was|do|don'?t|not|should|must|never|always|what|how|when|why|if"
    r"|these)\b|[!?]|['’](?:ll|re|ve)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"(?:,? (?:&|and|\+)|,) ", re.IGNORECASE)
_FRAMING = re.compile(
    r"^(?:about|key|important|current|additional|our|the|critical|quick|basic|new|expected)\s+(?=\w)",
    re.IGNORECASE,
)
_SPEAKING = re.compile(
    r"\s+(?:best practices|guidelines|conventions|standards|considerations|rules|instructions|notes"
    r"|tips|methodology|philosophy|overview|(?:quick )?reference|basics|details|principles|guide"
    r"|at a glance)$",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(
    r"(?:ic|al|ive|ed|ous|able|ible|\b(?i:design|code|coding|core|key|main)|[A-Z]{2,}| (?:&|and))$"
)
_MASS = re.compile(
    r"(?:(?<!str)ing|(?<!sess)(?<!vers)(?<!funct)(?<!applicat)(?<!extens)(?<!sect)(?<!act)(?<!collect)"
    r"(?<!transact)(?<!permiss)ion|ment|ence|ance|ity|ness|ware|data|state|memory|support|access"
    r"|\bcode|storage|content|coverage|recovery|usage|history|behaviou?r)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:integrat|animat|migrat|operat|notificat|connect|mutat|condit)ion$")
_THING = re.compile(
    r"(?:system|server|module|component|service|layer|engine|package|sdk|api|pipeline|model|store"
    r"|parser|flow|format|protocol|matrix|runtime|client|library|interface|cache|queue|agent|app"
    r"|cli|bot|registry|manager|provider|database|schema|architecture|lifecycle|structure|suite)$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r" (?:for|of|in|with|to|from|by|as|on|via|per|at|between) ")
_NO_PROSE = frozenset({"code", "heading", "blank", "rule"})
_MANY = re.compile(r"[^suiA-Z]s$")


def common_words(document: Document) -> frozenset[str]:
    """The words that the prose of a file writes small, more often than not."""
    blocks = [b for part in document.root.walk() for b in part.blocks if b.kind not in _NO_PROSE]
    prose = _CODE.sub(" ", "\n".join(block.text for block in blocks))
    named = Counter(word.lower() for word in _NAMED.findall(prose))
    small = Counter(_LOWER.findall(prose))
    return frozenset(word for word, times in small.items() if times > named[word])


def nouns(title: str, common: Set[str] = frozenset()) -> tuple[str, ...]:
    """What a title is about, each with its article; nothing of a title that is a clause."""
    name = _COUNTER.sub("", label(title))
    if _CLAUSE.search(name):
        return ()
    name = _FRAMING.sub("", name, count=1)
    rest = _PATTERN.sub("", name)
    if rest != name:
        text = lowered(rest, common)
        is_adjective = _ADJECTIVE.search(rest)
        return (f"the {lowered(name, common)}",) if is_adjective else (_one(text),)
    rest = _SPEAKING.sub("", name, count=1)
    if rest != name and _ADJECTIVE.search(rest):
        return ()
    return tuple(_phrase(part, common) for part in _AND.split(rest) if part.strip())


def _one(text: str) -> str:
    """Any one of a kind; what people do has no article."""
    is_mass = _MASS.search(text) and not _COUNTED.search(text)
    if is_mass or text.endswith("s"):
        return text
    return f"{'an' if text[:1].lower() in 'aeio' else 'a'} {text}"


def single(noun: str) -> str:
    """One of several: `a related project` of `related projects`."""
    if not _MANY.search(noun):
        return noun
    return _one(f"{noun[:-3]}y" if noun.endswith("ies") else noun[:-1])


def are_many(noun: str) -> bool:
    """Whether one adds such things: a plural, or what people do."""
    head = _PREPOSITION.split(noun)[0]
    return (
        bool(_DOING.search(head))
        or head.startswith(("a ", "an "))
        or (bool(_MANY.search(head)) and head.split()[-1].islower())
    )


def either(names: Sequence[str]) -> str:
    """Names as alternatives in a sentence."""
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def lowered(name: str, common: Set[str]) -> str:
    """A name as in running text: names, code and abbreviations keep their capitals."""
    return re.sub(
        r"(?<![@\w])[^\W\d_]+(?![\w.]*[.(]\w)", lambda match: _small(match[0], common), name
    )


def _small(word: str, common: Set[str]) -> str:
    low = word.lower()
    if not word.istitle() or len(word) < 2:
        return word
    known = {low, low.removesuffix("s"), low.removesuffix("es"), f"{low}s"}
    known |= {f"{low[:-3]}y"} if low.endswith("ies") else set()
    is_word = known & _PLAIN or known & common or any(map(_WORD.match, known))
    return low if is_word else word


def _phrase(name: str, common: Set[str]) -> str:
    text = lowered(name.strip(), common)
    text = f"{text} part" if text in _BESIDES else text
    head = _PREPOSITION.split(text)[0]
    last = head.split()[-1] if head.split() else head
    is_bare = are_many(text) or bool(_MASS.search(last)) or not last.isascii()
    is_word = last.islower() and _small(last.rpartition("-")[2].title(), common).islower()
    return text if is_bare or not (is_word or _THING.search(last)) else f"the {text}"
