"""Occasions: when somebody reads what moved, by its titles and by what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile

from ccm_gitops.context.optimize.fields import (
    BACKGROUND,
    CODE,
    EXAMPLE,
    FIELDS,
    LOOKUP,
    PARTS,
    PLACES,
    WHERE,
)
from ccm_gitops.context.optimize.kinds import EXAMPLES, FILES, TREE
from ccm_gitops.context.optimize.names import label

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
_GERUND = re.compile(r"\w+ing (?:the|an?|your|all|to|with|from|on|in)\b", re.IGNORECASE)
# Nobody works on a thing of this name: it says no more than where it stands.
_NO_NAME = re.compile(
    r"(?:for|with|on|in|from|as|by|at|of|when|if|after|before|do|don'?t|and|or|to|via|always|never"
    r"|wrong|correct|good|bad)\b|[\W\d_]*$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"\W*(?:(?:basic|key|server|client|example|code|data|control|more|other|general|common|main"
    r"|quick|additional|current) )*(?:requests?|responses?|usage|details?|notes?|format|fields"
    r"|parameters|options|syntax|basics|description|flow|input|output|structures?|methods|properties"
    r"|types|values|features|sections|components|patterns|principles|overview|configuration|setup"
    r"|architecture|examples?|summary|purpose|implementation|steps|process|definitions?|variants"
    r"|misc|others?|location|background|schema|events|states|errors|reference|issues|tasks|goals"
    r"|solution|problem|status|results?|context|concepts?|rules|guidelines|commands|files|tools"
    r"|tables|testing|docs|documentation|info|information)\W*$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:about\s+|(?:key|important|current|additional|our|the)\s+(?=\w+\s))", re.IGNORECASE
)
_TRAILING = re.compile(
    r"\s+(?:best practices|guidelines|conventions|standards|considerations|rules|instructions|notes"
    r"|tips|methodology|philosophy|overview|reference|basics|details|at a glance)$",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:system|server|module|component|service|layer|engine|package|sdk|api|pipeline|model"
    r"|store|parser|flow|format|protocol|matrix|runtime|client|library|interface|cache|queue"
    r"|agent|app|cli|bot|registry|manager|provider|header|footer|guide|database|schema"
    r"|architecture|hierarchy|lifecycle|structure|point)$",
    re.IGNORECASE,
)
# Words of titles that nothing is called by.
_PLAIN = re.compile(
    r"(?<= )(?:New|Tests?|Unit|Styles?|Data|Components?|Pages?|Tools?|Features?|Types?|Modules?"
    r"|Services?|Commands?|Sections?|Each|All|Packages?|Routes?|Endpoints?|Models?|Migrations?"
    r"|Fields?|Tables?|Class(?:es)?|Files?|Functions?|Methods?|Errors?|Support|Elements?|Screens?"
    r"|Settings?|Dependenc(?:y|ies)|Skills?|Agents?|Tasks?|Variables?|Production|Environments?"
    r"|Utility|Running|Custom|Common|Key|Metrics?|Logs?|Resources?|Integrations?|Documentation)\b"
)
_SOME = "when you work on one of these"
_VAGUE = frozenset({WHERE, PARTS, EXAMPLE, LOOKUP, BACKGROUND})
_JOINED = re.compile(r" (?:&|and|/|\+) |, ", re.IGNORECASE)
_LONGEST, _LONGEST_PART = 96, 50  # characters
_FEW = 4  # topics that `one of these` can mean


@dataclass(frozen=True)
class Topic:
    """Something that moved: the titles down to it, and the kinds of its blocks."""

    titles: Sequence[str]
    kinds: Set[str] = frozenset()


def says_little(title: str) -> bool:
    """Whether a title says nothing without the one above it."""
    return bool(_GENERIC.match(title) or _NO_NAME.match(title))


def is_place(title: str) -> bool:
    """Whether a title says that the text below tells what lies where."""
    return _matching(label(title), PLACES[:1]) == WHERE


def occasion(topics: Sequence[Topic], whole: Sequence[str] = ()) -> str:
    """When somebody reads about the topics; never empty.

    `whole` are the titles down to the section that has nothing else than the topics, if one has.
    """
    if len(topics) == 1:
        when, shown = _of(topics[0]), _of_examples(topics)
        return (shown if when in {"", CODE} else when) or when or _by_name(topics[0].titles)
    told = list(map(_of, topics))
    own = _of(Topic(whole)) if whole and not _JOINED.search(whole[-1]) else ""
    if own and (own not in _VAGUE or ("" in told and own == PARTS)):
        return own
    is_named = len(topics) <= _FEW and not any(_NO_NAME.match(topic.titles[-1]) for topic in topics)
    chapter = whole or (() if is_named else topics[0].titles[:-1])
    above = _of(Topic(topics[0].titles[:-1]))
    return (
        _either(told, topics)
        or own
        or (above if above in {WHERE, EXAMPLE} else "")
        or _of_examples(topics)
        or (_by_name(chapter) if chapter else _SOME)
    )


def _either(told: Sequence[str], topics: Sequence[Topic]) -> str:
    """One or two occasions that cover all topics, in one phrase; else nothing."""
    if told.count("") == 1:
        told = [when or _by_name(topic.titles) for when, topic in zip(told, topics, strict=True)]
        if any(len(when) > _LONGEST_PART for when in told):
            return ""
    first, *rest = dict.fromkeys(told)
    if "" in {first, *rest} or len(rest) > 1:
        return ""
    if not rest:
        return first
    words, others = first.split(), rest[0].split()
    alike = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False))))
    more = " ".join(others[alike if alike > 1 else 0 :])
    both = f"{first.removesuffix(' or belongs')} or {more}"
    return both if len(both) <= _LONGEST else ""


def _of(topic: Topic) -> str:
    """What the titles or the kinds of a topic tell of its occasion; the nearest title first."""
    if topic.kinds and topic.kinds <= {TREE, FILES}:
        return WHERE
    *above, own = map(label, topic.titles or ("",))
    if not _DOING.match(own) and (when := _matching(own, (*PLACES, *FIELDS))):
        return when
    inherited = next(filter(None, (_matching(name, FIELDS) for name in reversed(above))), "")
    return inherited or (_by_name(topic.titles) if _DOING.match(own) else "")


def _of_examples(topics: Sequence[Topic]) -> str:
    kinds = {kind for topic in topics for kind in topic.kinds}
    return EXAMPLE if kinds and kinds <= EXAMPLES else ""


def _matching(title: str, occasions: Iterable[tuple[str, str]]) -> str:
    found = (when for words, when in occasions if re.search(rf"\b(?:{words})", title, re.I))
    return next(found, "")


def _by_name(titles: Sequence[str]) -> str:
    """An occasion that speaks of the subject by name: that of the nearest title that has one."""
    named = [label(title) for title in titles]
    own = (name for name in reversed(named) if not says_little(name))
    name = next(own, named[-1] if named else "")
    first = name.partition(" ")[0]
    begun = first.lower() + name[len(first) :] if first.istitle() else name
    if titles and _DURING.match(named[-1]):
        return named[-1].lower()
    begun = _PLAIN.sub(lambda match: match[0].lower(), begun) if _DOING.match(begun) else begun
    if doing := _DOING.match(begun):
        want = doing["how"] or doing["want"]
        return f"when you want to {want[0].lower()}{want[1:]}" if want else f"before {begun}"
    if _ASKED.match(begun):
        return f"when you need to know {begun}"
    if (setup := _SETUP.match(name)) and not _OWN.match(name):
        return f"when you set up {setup['of']}"
    if _START.match(name):
        return "when you set up the project"
    return f"when you work on {begun if _GERUND.match(begun) else _subject(name) or 'this'}"


def _subject(name: str) -> str:
    name = _LEADING.sub("", name, count=1)
    rest = _TRAILING.sub("", name, count=1)
    name = name if says_little(rest) or rest.endswith("pecific") else rest
    return f"the {name}" if _THING.search(name) else name
