"""Occasions: when somebody reads what moved, by its titles and by what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile

from ccm_gitops.context.optimize.kinds import EXAMPLES, FILES, TREE
from ccm_gitops.context.optimize.names import label

WHERE = "when you look for where something is or belongs"
_PARTS = "when you look for which part does what"
_BACKGROUND = "when you want the background"
_EXAMPLE = "when you need an example"
_SOME = "when you work on one of these"
# What holds for all below a title.
_FIELDS = (
    (
        r"troubleshoot|(?:common|known) (?:\w+ )?(?:issue|problem|error)s?\b|faq\b|debug|diagnos"
        r"|\w* ?issues\b",
        "when something does not work",
    ),
    (r"deploy|hosting|production\b", "before you deploy"),
    (r"releas(?:e|es|ing)\b|publish", "before you release"),
    (r"upgrad|migrat(?:e|ing)\b|migration (?:guide|from|to)\b", "before you migrate"),
    (r"migrations?\b", "before you write or run a migration"),
    (
        r"roadmap|future|wish ?list|planned|long-term|next steps|ideas\b",
        "when you plan what comes next",
    ),
    (r"tests?\b|testing|fixtures\b|mock(?:s|ing)\b", "before you write a test"),
    (
        r"ui\b|ux\b|user interface|design system|them(?:es?|ing)\b|styling|stylesheets?|css\b"
        r"|tailwind|colou?rs?\b|palette|typography|visual",
        "before you add or change UI",
    ),
)
# What holds for a title alone.
_PLACES = (
    (
        r"(?:project|director\w*|folder|file|repo\w*|code|codebase|source|monorepo|package"
        r"|workspace) (?:struct|layout|organ|tree|map)|where (?:things|to find)"
        r"|(?:key|important|main|core) (?:files|director|folders|paths|locations)",
        WHERE,
    ),
    (r"examples?\b|samples?\b", _EXAMPLE),
    (
        r"(?:env|environment) (?:var|config|settings)|\.env\b|env vars?\b",
        "when you set or add an environment variable",
    ),
    (r"sources\b|links\b|resources|further reading|references\b", "when you need a source"),
    (
        r"vision\b|innovation|success metrics|target results|compar(?:ison|ed)|history|benefit"
        r"|background|motivation|rationale|philosophy|relationship to|problem statement|why\b"
        r"|overview\b|introduction\b|credits|acknowledg|about\b|findings\b|lessons\b",
        _BACKGROUND,
    ),
    (
        r"i18n|l10n|internationali|locali[sz]ation|translation",
        "before you add or change text that users see",
    ),
    (
        r"data models?\b|database models?|domain model|pydantic models|entit(?:y|ies)\b|models$",
        "before you change a data model",
    ),
    (
        r"databases?\b|db\b|schemas?\b|sql\b|prisma\b|(?:key|main|core|database) tables?\b",
        "before you change the database",
    ),
    (
        r"endpoints?\b|apis?(?: (?:reference|routes?|calls?|surface|list|overview|contract))?$"
        r"|routes$|graphql|rpc\b",
        "before you call or change an endpoint",
    ),
    (
        r"o?auth2?\b|authenticat|authoriz|login|permissions?\b",
        "before you change authentication or permissions",
    ),
    (
        r"(?:error|exception)s? (?:handling|types?|codes?|classes)|exceptions?\b",
        "when you raise or handle errors",
    ),
    (
        r"logs?\b|logging|monitoring|observability|telemetry|tracing\b",
        "when you work on logging or monitoring",
    ),
    (r"performance|profiling|benchmark", "when you work on performance"),
    (
        r"(?:tech(?:nology|nical)? )stack|dependenc|librar(?:y|ies)\b",
        "before you add or replace a dependency",
    ),
    (r"naming\b", "before you name something"),
    (r"glossary|terminology|vocabulary", "when you meet a term you do not know"),
    (r"templates?\b", "when you write one"),
    (r"contacts?\b|licen[cs]e|support channels", "when you need a contact or the licence"),
    (r"commands?$|scripts$", "when you look for a command"),
    (r"configuration$|config$|settings$", "before you change the configuration"),
    (r"architect|components$|modules$|layers$|how it works|internals", _PARTS),
)
_DOING = re.compile(
    r"how to (?P<how>.+)"
    r"|(?P<ing>(?:adding|creating|updating|implementing|extending|integrating|modifying|writing"
    r"|using|configuring|importing|defining|registering|building|installing|upgrading|customi[sz]ing"
    r"|contributing|handling|managing|working with|developing|connecting|changing|removing"
    r"|generating|exporting|calling|setting up)\b.*)"
    r"|(?P<want>(?:(?:add|create|configure|install|view|generate|implement|register|enable|disable"
    r"|write|ensure|remove|delete|fix|find|choose|define|set up|clean|deploy|improve)\b(?! &| and)"
    r"|(?:use|run|build|test|start|stop|restart|sync|resume|migrate|connect|import|export|debug"
    r"|check|make|work|switch|publish|release|monitor|update|open|get|set|read|load)"
    r" (?:the|an?|your|all|to|with|from|on|in|it|individual|tool)\b)\s.+)",
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
_GERUND = re.compile(r"\w+ing (?:the|an?|your|all|to|with|from|on|in)\b", re.IGNORECASE)
# Nobody works on a thing of this name: it says no more than where it stands.
_NO_NAME = re.compile(
    r"(?:for|with|on|in|from|as|by|at|of|when|if|after|before|do|don'?t|and|or|to|via)\b|[\W\d_]*$",
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
    r"|functions|tables|testing|docs|documentation|info|information)\W*$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:key|important|main|current|additional|our|the|example)\s+(?=\w)", re.IGNORECASE
)
_THING = re.compile(
    r"\b(?:system|server|module|component|service|layer|engine|package|sdk|api|pipeline|model"
    r"|store|parser|flow|format|protocol|matrix|runtime|client|library|interface|cache|queue"
    r"|agent|app|cli|bot|registry|manager|provider|header|footer|guide|database|schema"
    r"|architecture|hierarchy|lifecycle|structure)$",
    re.IGNORECASE,
)
_JOINED = re.compile(r" (?:&|and|/|\+) |, ", re.IGNORECASE)
_LONGEST = 96  # characters


@dataclass(frozen=True)
class Topic:
    """Something that moved: the titles down to it, and the kinds of its blocks."""

    titles: Sequence[str]
    kinds: Set[str] = frozenset()


def is_generic(title: str) -> bool:
    """Whether a title says nothing without the one above it."""
    return bool(_GENERIC.match(title))


def is_place(title: str) -> bool:
    """Whether a title says that the text below tells what lies where."""
    return _matching(label(title), _PLACES[:1]) == WHERE


def occasion(topics: Sequence[Topic], whole: Sequence[str] = ()) -> str:
    """When somebody reads about the topics; never empty.

    `whole` are the titles down to the section that has nothing else than the topics, if one has.
    """
    if len(topics) == 1:
        return _of(topics[0]) or _of_examples(topics) or _by_name(topics[0].titles)
    own = _of(Topic(whole)) if whole and not _JOINED.search(whole[-1]) else ""
    if own and own not in {WHERE, _PARTS, _EXAMPLE}:
        return own
    return (
        _either(list(map(_of, topics)), topics)
        or _of_examples(topics)
        or (_by_name(whole) if whole else _SOME)
    )


def _either(told: Sequence[str], topics: Sequence[Topic]) -> str:
    """One or two occasions that cover all topics, in one phrase; else nothing."""
    if told.count("") == 1:
        told = [when or _by_name(topic.titles) for when, topic in zip(told, topics, strict=True)]
    first, *rest = dict.fromkeys(told)
    if "" in {first, *rest} or len(rest) > 1:
        return ""
    if not rest:
        return first
    words, others = first.split(), rest[0].split()
    alike = list(takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False)))
    both = f"{first.removesuffix(' or belongs')} or {' '.join(others[len(alike) :])}"
    return both if len(both) <= _LONGEST else ""


def _of(topic: Topic) -> str:
    """What the titles or the kinds of a topic tell of its occasion; the nearest title first."""
    if topic.kinds and topic.kinds <= {TREE, FILES}:
        return WHERE
    names = list(map(label, topic.titles))
    if names and _DOING.match(names[-1]):
        return _by_name(names)
    own = _matching(names[-1], (*_PLACES, *_FIELDS)) if names else ""
    return own or next(filter(None, (_matching(name, _FIELDS) for name in names[-2::-1])), "")


def _of_examples(topics: Sequence[Topic]) -> str:
    kinds = {kind for topic in topics for kind in topic.kinds}
    return _EXAMPLE if kinds and kinds <= EXAMPLES else ""


def _matching(title: str, occasions: Iterable[tuple[str, str]]) -> str:
    found = (when for words, when in occasions if re.search(rf"\b(?:{words})", title, re.I))
    return next(found, "")


def _by_name(titles: Sequence[str]) -> str:
    """An occasion that speaks of the subject by name: that of the nearest title that has one."""
    named = [label(title) for title in titles]
    own = (name for name in reversed(named) if not (_NO_NAME.match(name) or is_generic(name)))
    name = next(own, named[-1] if named else "")
    first = name.partition(" ")[0]
    begun = first.lower() + name[len(first) :] if first.istitle() else name
    if doing := _DOING.match(begun):
        want = doing["how"] or doing["want"]
        return f"when you want to {want}" if want else f"before {begun}"
    if _ASKED.match(begun):
        return f"when you need to know {begun}"
    if (setup := _SETUP.match(name)) and not _OWN.match(name):
        return f"when you set up {setup['of']}"
    if _START.match(name):
        return "when you set up the project"
    return f"when you work on {begun if _GERUND.match(begun) else _subject(name) or 'this'}"


def _subject(name: str) -> str:
    name = _LEADING.sub("", name, count=1)
    return f"the {name}" if _THING.search(name) else name
