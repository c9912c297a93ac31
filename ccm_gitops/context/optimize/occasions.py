"""Occasions: when somebody reads what moved, by its titles and by what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile

from ccm_gitops.context.optimize.fields import (
    BACKGROUND,
    CHANGE,
    EXAMPLE,
    FIELDS,
    PARTS,
    PLACES,
    SOURCE,
    UI,
    VARIABLE,
    WHERE,
    Field,
)
from ccm_gitops.context.optimize.kinds import CODES, FILES, TREE, TYPES, VARIABLES
from ccm_gitops.context.optimize.names import label
from ccm_gitops.context.optimize.nouns import are_many, either, lowered, nouns, single

_DOING = re.compile(
    r"how to (?P<how>.+)"
    r"|(?P<ing>(?:adding|creating|updating|implementing|extending|integrating|modifying|writing"
    r"|using|configuring|importing|defining|registering|building|installing|upgrading|customi[sz]ing"
    r"|contributing|handling|managing|working with|developing|connecting|changing|removing"
    r"|generating|exporting|calling|setting up)\b.*)"
    r"|(?P<want>(?:(?:add|create|configure|install|view|generate|implement|register|enable|disable"
    r"|write|ensure|remove|delete|fix|find|choose|define|set up|clean|deploy|improve|track|measure"
    r"|verify|validate|handle|optimi[sz]e|understand|prepare)\b(?! &| and)"
    r"|(?:use|run|build|test|start|stop|restart|sync|resume|migrate|connect|import|export|debug"
    r"|check|make|work|switch|publish|release|monitor|update|open|get|set|read|load)"
    r" (?:the|an?|your|all|to|with|from|on|in|it|individual|tool)\b"
    r"|(?:start|stop|run|restart|use)(?= \w+ \w))\s.+)",
    re.IGNORECASE,
)
_SETUP = re.compile(r"(?P<of>.+) (?:setup|installation)$", re.IGNORECASE)
_OWN = re.compile(
    r"(?:initial|local|dev|development|environment|env|project|first|quick|machine|repo\w*|full"
    r"|one-time|first-time)\b",
    re.IGNORECASE,
)
_START = re.compile(
    r".*\b(?:set ?up|install(?:ation|ing)?|getting started|prerequisites|quick ?start"
    r"|onboarding)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"(?:what|which|who|where|how|why)\b|when to\b", re.IGNORECASE)
_DURING = re.compile(r"(?:before|after|while|when) \w+ing\b", re.IGNORECASE)
_OPEN = re.compile(r"\s+(?:for|to|with|in|of|on|from|by)$", re.IGNORECASE)
_TOLD = re.compile(f"{_DURING.pattern}|{_ASKED.pattern}", re.IGNORECASE)
_GERUND = re.compile(r"\w+ing (?:the|an?|your|all|to|with|from|on|in)\b", re.IGNORECASE)
# Nobody works on a thing of this name: it says no more than where it stands.
_NO_NAME = re.compile(
    r"(?:for|with|on|in|from|as|by|at|of|when|if|after|before|do|don'?t|and|or|to|via|always|never"
    r"|wrong|correct|good|bad)\b|[\W\d_]*$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"\W*(?:(?:basic|key|server|client|example|code|data|control|advanced|more|other|general|common|main"
    r"|quick|additional|current) )*(?:requests?|responses?|usage|details?|notes?|format|fields"
    r"|parameters|options|syntax|basics|description|flow|input|output|structures?|methods|properties"
    r"|types|values|features|sections|components|patterns|principles|overview|configuration|setup"
    r"|architecture|examples?|summary|purpose|implementation|steps|process|definitions?|variants"
    r"|misc|others?|location|background|schema|events|states|errors|reference|issues|tasks|goals"
    r"|best practices|conventions|standards|instructions|tips|considerations|solution|problem"
    r"|status|results?|context|concepts?|rules|guidelines|commands|files|tools"
    r"|tables|testing|docs|documentation|info|information)\W*$",
    re.IGNORECASE,
)
_SET_UP = "when you set up the project"
_SOME = "before you change or rely on what it describes"
KNOW = "when you need to know "
_VAGUE = frozenset({WHERE, PARTS, EXAMPLE, BACKGROUND})
_JOINED = re.compile(r" (?:&|and|/|\+) |, ", re.IGNORECASE)
_LONGEST, _LONGEST_NAMES = 100, 125  # characters
_FEW = 5  # topics that an occasion names


@dataclass(frozen=True)
class Topic:
    """Something that moved: the titles down to it, its kinds, text and most telling names.

    Without a text the titles alone are believed.
    """

    titles: Sequence[str]
    kinds: Set[str] = frozenset()
    text: str = ""
    names: Sequence[str] = ()


def says_little(title: str) -> bool:
    """Whether a title says nothing without the one above it."""
    return bool(_GENERIC.match(title) or _NO_NAME.match(title))


def is_place(title: str) -> bool:
    """Whether a title says that the text below tells what lies where."""
    return _matching(label(title), Topic((title,)), PLACES[1:2]) == WHERE


def occasion(
    topics: Sequence[Topic], whole: Sequence[str] = (), common: Set[str] = frozenset()
) -> str:
    """When somebody reads about the topics; never empty.

    `whole` are the titles down to the section that has nothing else than the topics, if one has.
    `common` are words that are no names.
    """
    told = [_of(topic, common) for topic in topics]
    if len(topics) == 1:
        return told[0] or by_name(topics, common) or _SOME
    text = "\n".join(topic.text for topic in topics)
    kinds = frozenset(kind for topic in topics for kind in topic.kinds)
    own = _of(Topic(whole, kinds, text), common) if whole and not _JOINED.search(whole[-1]) else ""
    if own and own not in _VAGUE:
        return own
    above = _of(Topic(topics[0].titles[:-1], kinds, text), common)
    return (
        _stock(told, topics, common)
        or (above if above in {WHERE, EXAMPLE} and not all(told) else "")
        or by_name(topics, common, chapter=whole or topics[0].titles[:-1])
        or next(filter(None, told), "")
        or own
        or _SOME
    )


def _stock(told: Sequence[str], topics: Sequence[Topic], common: Set[str]) -> str:
    """One phrase of one or two occasions, and of the names of the topics that have none."""
    known = list(dict.fromkeys(filter(None, told)))
    rest = [topic for when, topic in zip(told, topics, strict=True) if not when]
    if not known or len(known) > 2:
        return ""
    if len(known) == 2:
        return "" if rest else _both(*known)
    if not rest:
        return known[0]
    names = _names(rest, common)
    if not names:
        return known[0]
    is_vague = known[0] in _VAGUE - {WHERE}
    if is_vague:
        return by_name(rest, common)
    return known[0] if 2 * len(rest) < len(topics) else _with_names(known[0], names)


def _both(first: str, second: str) -> str:
    """Two occasions in one phrase; nothing where that is long."""
    words, others = first.split(), second.split()
    alike = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False))))
    more = " ".join(others[alike if alike > 1 else 0 :])
    both = f"{first.removesuffix(' or belongs')}{'' if alike else ','} or {more}"
    return both if len(both) <= _LONGEST else ""


def _with_names(when: str, names: Sequence[str]) -> str:
    """An occasion, and the same of some names; nothing where that is long or no sentence."""
    if when == WHERE:
        verb = "work" if names[1:] or are_many(names[0]) else "works"
        both = f"{when.removesuffix(' or belongs')} or how {either(names)} {verb}"
    elif when == SOURCE:
        both = f"when you need {either(['a source', *map(single, names)])}"
    elif re.match(r"before \w+ing\b", when):
        both = f"{when} or changing {either(names)}"
    elif when.startswith(KNOW):
        both = f"{when} or change {either(names)}"
    elif when.startswith(CHANGE) and " or " not in when:
        both = CHANGE + either([when.removeprefix(CHANGE), *names])
    else:
        again = "" if when.startswith("before you ") else "before you "
        both = f"{when}, or {again}change {either(names)}"
    return both if len(both) <= _LONGEST else ""


def _of(topic: Topic, common: Set[str]) -> str:
    """What the titles or the kinds of a topic tell of its occasion; the nearest title first."""
    if topic.kinds and topic.kinds <= {TREE, FILES}:
        return WHERE
    if topic.kinds and topic.kinds <= {VARIABLES}:
        return VARIABLE
    *above, own = map(label, topic.titles or ("",))
    is_telling = _DOING.match(own) or _ASKED.match(own)
    if not is_telling and (when := _matching(own, topic, (*PLACES, *FIELDS))):
        return when
    fields = (*FIELDS, UI) if is_telling or says_little(own) else FIELDS
    inherited = (_matching(name, topic, fields) for name in reversed(above))
    return next(filter(None, inherited), "") or _doing(topic.titles, common)


def _matching(title: str, topic: Topic, fields: Iterable[Field]) -> str:
    """The occasion of the first field that a title names and the text agrees with."""
    found = (
        field.when
        for field in fields
        if re.search(rf"\b(?:{field.title})", title, re.IGNORECASE)
        and not (field.when == PARTS and topic.kinds & CODES)
        and (not topic.text or re.search(field.text, topic.text, re.IGNORECASE))
    )
    return next(found, "")


def _doing(titles: Sequence[str], common: Set[str]) -> str:
    """The occasion of a title that says what somebody does, or wants to know."""
    named = map(label, reversed(titles))
    name = next((name for name in named if _TOLD.match(name) or not says_little(name)), "")
    if not name and len(titles) == 1 and _START.match(label(titles[0])):
        return _SET_UP
    if _DURING.match(name):
        return name.lower()
    begun = lowered(name, common)
    begun = begun[0].lower() + begun[1:] if name.partition(" ")[0].istitle() else begun
    if doing := _DOING.match(begun):
        want = _OPEN.sub("", doing["how"] or doing["want"] or "")
        return f"when you want to {want[0].lower()}{want[1:]}" if want else f"before {begun}"
    if _ASKED.match(begun):
        return f"{KNOW}{begun}"
    if (setup := _SETUP.match(name)) and not _OWN.match(name):
        return f"when you set up {setup['of']}"
    if _START.match(name):
        return _SET_UP
    return f"before you change how {begun} works" if _GERUND.match(begun) else ""


def by_name(
    topics: Sequence[Topic], common: Set[str] = frozenset(), chapter: Sequence[str] = ()
) -> str:
    """An occasion that names the topics, or the chapter where they are too many; may be empty."""
    names = _names(topics, common)
    if not names or len(names) > _FEW or len(either(names)) > _LONGEST_NAMES:
        names = _names([Topic(chapter)], common) or _fitting(names)
    if not names:
        return ""
    verb = "add, change or use" if all(map(are_many, names)) else "change or rely on"
    return f"before you {verb} {either(names)}"


def _names(topics: Sequence[Topic], common: Set[str]) -> list[str]:
    """What the topics are about: by their titles, else by the names that their text begins with."""
    return list(dict.fromkeys(name for topic in topics for name in _names_of(topic, common)))


def _names_of(topic: Topic, common: Set[str]) -> Sequence[str]:
    if topic.names and topic.kinds == {TYPES}:
        return topic.names
    if topic.names and topic.titles and says_little(label(topic.titles[-1])):
        return _nouns_of(topic.names, common)
    titles = [title for title in topic.titles if not says_little(label(title))]
    named = nouns(titles[-1], common) if titles else ()
    return named or _nouns_of(topic.names, common)


def _nouns_of(names: Sequence[str], common: Set[str]) -> list[str]:
    return [noun for name in names for noun in nouns(name, common)]


def _fitting(names: Sequence[str]) -> list[str]:
    """The first of some names, as many as a sentence can hold."""
    return [
        name
        for at, name in enumerate(names[:_FEW], start=1)
        if len(either(names[:at])) <= _LONGEST_NAMES
    ]
