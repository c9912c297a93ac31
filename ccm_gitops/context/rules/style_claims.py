"""What a file asks of code's layout: indents, quotes, semicolons, line length, trailing commas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccm_gitops.context.document import split_lines
from ccm_gitops.context.rules.model import PROSE, RuleContext
from ccm_gitops.context.words import words


@dataclass(frozen=True)
class Claim:
    """One demand: of what, which, by whom it is to be kept, and where it stands."""

    subject: str
    value: str
    scope: frozenset[str]
    line: int
    said: str


_LEAD = (
    r"(?:(?:indentation|indent|indents|quotes|strings|semicolons|formatting|style|line length"
    r"|trailing commas)\W{1,4})?"
    r"(?:(?:always|please|prefer|must|should|we|code|use|uses|using|add|keep|with|be|the|a|all"
    r"|lines?|length|limit|max(?:imum)?|to|under|of|at|only|end|statements?)\W{1,3})*"
)
_NUMBERS = {"two": "2", "four": "4", "eight": "8"}
_END = (
    r"(?: instead| everywhere| throughout| only| (?:when|where) possible"
    r"| for (?:strings|indentation|indents?|all code))?"
)
_FORMS: Sequence[tuple[str, str]] = (
    ("indentation", r"(?P<v>[248]|two|four|eight)[- ]?spaces?(?: indent(?:ation|s)?)?"),
    ("indentation", r"(?:indent with )?(?P<v>tabs)(?: indent(?:ation|s)?)?"),
    ("quotes", r"(?P<v>single|double)[- ]quotes?"),
    ("semicolons", r"(?P<v>no|omit|avoid|without|never use|do not use) semicolons"),
    ("semicolons", r"semicolons(?: are)? (?P<v>required|always)|(?P<w>semicolons)"),
    ("trailing commas", r"(?P<v>no|omit|avoid|never use) trailing commas|(?P<w>trailing commas)"),
    ("line length", r"(?P<v>7\d|8\d|9\d|1[0-5]\d)(?:[- ](?:characters?|chars|columns))?"),
)
_CLAUSE = [
    (
        subject,
        re.compile(rf"\W*{_LEAD}(?:{form}){_END}\W*(?:\((?:no|not|never) [\w ]+\)\W*)?", re.I),
    )
    for subject, form in _FORMS
]
_ANY = re.compile(
    r"\bspaces?\b|\btabs\b|\bquotes?\b|\bsemicolons\b|\btrailing commas\b|\bline length\b"
    r"|\bcharacters\b|\bcolumns\b",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\bline|\bcharacters|\bcolumns|\bchars\b", re.IGNORECASE)
_CUT = re.compile(r"[.;,]\s|\s(?:and|but)\s|[.;,]$")
# Titles under which what is said holds for all of the code.
_GENERAL = re.compile(
    r"\b(?:style|conventions?|format(?:ting)?|guidelines?|standards?|rules?|general|important"
    r"|notes?|practices|coding|lint(?:ing)?|quality|indentation|quotes|code|reminders?)\b",
    re.IGNORECASE,
)
_AREAS = words(
    "python javascript typescript js ts jsx tsx react vue svelte html css scss sass less json yaml"
    " yml toml xml markdown md sql go golang rust java kotlin swift ruby php c cpp c++ c# csharp"
    " bash shell sh makefile makefiles terraform hcl docker dockerfile zig lua elixir dart scala"
    " jinja twig blade graphql proto solidity perl docstrings docstring comments comment jsx/tsx"
    " frontend backend client server api web mobile ios android tests test docs scripts infra"
    " config configuration commit commits message messages templates attributes imports urls"
)
_WORD = re.compile(r"[\w+#/]+")
_CODE = re.compile(r"`([^`\n]{1,80})`")


def style_claims(context: RuleContext) -> Iterator[Claim]:
    """Every plain demand; one that is hedged (`except`, `for tests`) names its scope or is none."""
    for block in context.document.blocks:
        if block.kind not in PROSE or not _ANY.search(block.text):
            continue
        titles = context.section_at(block.start_line).path
        for number, line in enumerate(split_lines(block.text), start=block.start_line):
            if _ANY.search(line) and len(line) < 400:
                yield from _claims(line, titles, number)


def _claims(line: str, titles: Sequence[str], number: int) -> Iterator[Claim]:
    scope = _scope(line, titles)
    text = _CODE.sub("", line).replace("*", "").strip()
    for clause in _CUT.split(text):
        for subject, form in _CLAUSE:
            match = form.fullmatch(clause)
            if match is None or (subject == "line length" and not _LENGTH.search(text)):
                continue
            value = (match["v"] or "").lower()
            yield Claim(subject, _plain(subject, value), scope, number, clause.strip(" -*+\t"))
            break


def _plain(subject: str, value: str) -> str:
    if subject in {"semicolons", "trailing commas"}:
        return (
            "no"
            if value in {"no", "omit", "avoid", "without", "never use", "do not use"}
            else "yes"
        )
    return _NUMBERS.get(value, value)


def _scope(line: str, titles: Sequence[str]) -> frozenset[str]:
    """The languages and parts that a line and its headings name, and a title that is no style's."""
    said = " ".join((line, *titles[1:]))
    found = {word.lower() for word in _WORD.findall(said)} & _AREAS
    found |= set(_CODE.findall(line))
    title = titles[-1] if titles[1:] else ""
    if title and not _GENERAL.search(title) and _AREAS.isdisjoint(title.lower().split()):
        found.add(title)
    return frozenset(found)
