"""Occasions: when somebody reads what moved, by its titles and by what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile

from ccm_gitops.context.optimize.fields import (
    BACKGROUND,
    EXAMPLE,
    FIELDS,
    PARTS,
    PLACES,
    UI,
    VARIABLE,
    WHERE,
    Field,
)
from ccm_gitops.context.optimize.kinds import CODES, FILES, TREE, VARIABLES
from ccm_gitops.context.optimize.names import label

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
_VAGUE = frozenset({PARTS, EXAMPLE, BACKGROUND})  # told of a chapter, they may not hold for all
_JOINED = re.compile(r" (?:&|and|/|\+) |, ", re.IGNORECASE)
_LONGEST = 100  # characters


@dataclass(frozen=True)
class Topic:
    """Something that moved: the titles down to it, its kinds and its text.

    Without a text the titles alone are believed.
    """

    titles: Sequence[str]
    kinds: Set[str] = frozenset()
    text: str = ""


def says_little(title: str) -> bool:
    """Whether a title says nothing without the one above it."""
    return bool(_GENERIC.match(title) or _NO_NAME.match(title))


def is_place(title: str) -> bool:
    """Whether a title says that the text below tells what lies where."""
    return _matching(label(title), Topic((title,)), PLACES[1:2]) == WHERE


def occasion(topics: Sequence[Topic], chapter: Sequence[str] = ()) -> str:
    """When somebody reads about the topics: an act or two that fit all; may be empty.

    `chapter` are the titles down to the section that has nothing else than the topics, if one has.
    """
    told = list(dict.fromkeys(map(_of, topics)))
    if "" not in told and len(told) <= 2 and (when := _both(*told)):
        return when
    text = "\n".join(topic.text for topic in topics if topic.text)
    kinds = frozenset(kind for topic in topics for kind in topic.kinds)
    is_one = chapter and not _JOINED.search(chapter[-1])
    when = _of(Topic(chapter, kinds, text)) if is_one else ""
    return "" if when in _VAGUE else when


def _both(first: str, second: str = "") -> str:
    """One occasion, or two in one phrase; nothing where that is long."""
    if not second:
        return first
    words, others = first.split(), second.split()
    alike = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False))))
    more = " ".join(others[alike if alike > 1 else 0 :])
    both = f"{first.removesuffix(' or belongs')}{'' if alike else ','} or {more}"
    return both if len(both) <= _LONGEST else ""


def _of(topic: Topic) -> str:
    """What the titles or the kinds of a topic tell of its occasion; the nearest title first."""
    if topic.kinds and topic.kinds <= {TREE, FILES}:
        return WHERE
    if topic.kinds and topic.kinds <= {VARIABLES}:
        return VARIABLE
    *above, own = map(label, topic.titles or ("",))
    if when := _matching(own, topic, (*PLACES, *FIELDS)):
        return when
    fields = (*FIELDS, UI) if says_little(own) else FIELDS
    return next(filter(None, (_matching(name, topic, fields) for name in reversed(above))), "")


def _matching(title: str, topic: Topic, fields: Iterable[Field]) -> str:
    """The occasion of the first field that a title names and the text agrees with."""
    found = (
        field.when
        for field in fields
        if re.search(rf"\b(?:{field.title})", title, re.IGNORECASE)
        and not (field.when in {PARTS, WHERE} and topic.kinds & CODES)
        and (not topic.text or re.search(field.text, topic.text, re.IGNORECASE))
    )
    return next(found, "")
