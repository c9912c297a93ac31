"""Instructions that say nothing, shout, or contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ccm_gitops.context.document import split_lines
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext

_PROSE = frozenset({"paragraph", "list", "quote"})
# "Format code properly", "test your changes" and "keep files organized" are the memory docs' own
# examples; names and errors are left out, since a review can hold somebody to those.
_VAGUE = re.compile(
    r"[-*+\d.)\s]*\**(?:always |please |try to |make sure to )?(?:"
    r"write (?:clean|good|readable|maintainable|high[- ]quality|quality|clear)"
    r"(?:,? (?:and )?(?:clean|readable|maintainable|efficient|testable|clear))* code"
    r"|follow (?:the )?(?:(?:industry|coding|general|software|development) )*best practices"
    r"|(?:format|structure) (?:the |your )?code properly|test your (?:changes|code)"
    r"|keep (?:the |your )?(?:code|files|things) (?:clean|organi[sz]ed|tidy)"
    r"|(?:ensure|maintain) (?:(?:high|good) )?(?:code )?quality)\**\s*[.!]?\s*",
    re.IGNORECASE,
)
_LOUD = re.compile(r"\b(?:IMPORTANT|CRITICAL|MUST|NEVER|ALWAYS|MANDATORY|WARNING)\b|🚨|‼️")
_FEWEST_LOUD, _LOUD_SHARE = 15, 0.2
_MANAGERS = "npm|pnpm|yarn|bun"
_ONLY = re.compile(
    rf"\b(?:always use|only use|use only|must use) `?(?P<used>{_MANAGERS})\b`?(?! (?:run|add))"
    rf"|\b(?:never|do not|don['’]t) (?:use|run) `?(?P<banned>{_MANAGERS})\b`?"
    r"(?!-| (?:run|publish|test|\w+:))"
    rf"|\buse `?(?P<chosen>{_MANAGERS})\b`?,? (?:not|instead of|never|rather than)"
    rf" `?(?P<left>{_MANAGERS})\b",
    re.IGNORECASE,
)
_CALL = re.compile(
    rf"\s*(?:\$ )?(?P<call>(?P<name>{_MANAGERS}) (?:install|i|ci|run|add|test|start)\b)(?! -g)"
)


def _vague(context: RuleContext) -> Iterator[Hit]:
    for number, line in _prose(context):
        if len(line) < 200 and _VAGUE.fullmatch(line):
            yield Hit(
                line=number,
                end_line=number,
                subject=line.strip(" -*+\n\r"),
                message="nobody would do otherwise, and nobody can check it",
                suggestion="say what differs here from the usual, or remove the line",
            )


def _emphasis(context: RuleContext) -> Iterator[Hit]:
    lines = [(number, line) for number, line in _prose(context) if line.strip()]
    loud = [number for number, line in lines if _LOUD.search(line)]
    if len(loud) >= _FEWEST_LOUD and len(loud) >= _LOUD_SHARE * len(lines):
        yield Hit(
            line=loud[0],
            end_line=loud[-1],
            message=f"{len(loud)} of {len(lines)} lines shout: where all is stressed, nothing is",
            suggestion="keep the capitals for the few lines that are broken most often",
            confidence=0.9,
        )


def _conflicts(context: RuleContext) -> Iterator[Hit]:
    """A package manager that one line forbids and a fence calls."""
    banned = dict(_banned(context))
    seen: set[str] = set()
    for number, line in _shell(context):
        match = _CALL.match(line)
        if match is None or match["name"] not in banned or match["name"] in seen:
            continue
        seen.add(match["name"])
        yield Hit(
            line=number,
            end_line=number,
            column=match.start("call") + 1,
            subject=match["call"],
            message=f"line {banned[match['name']]} says not to use {match['name']}",
            suggestion="say the same in both places: an agent follows either",
            confidence=0.9,
        )


def _banned(context: RuleContext) -> Iterator[tuple[str, int]]:
    """Each manager that a line rules out, with the line; where two are asked for, none is."""
    used: set[str] = set()
    out: dict[str, int] = {}
    for number, line in _prose(context):
        for match in _ONLY.finditer(line[:2000]):
            chosen = (match["used"] or match["chosen"] or "").lower()
            used.add(chosen)
            left = (match["banned"] or match["left"] or "").lower()
            rest = _MANAGERS.split("|") if match["used"] else [left]
            out.update({name: number for name in rest if name not in {chosen, *out}})
    yield from ((name, line) for name, line in out.items() if name not in used)


def _prose(context: RuleContext) -> Iterator[tuple[int, str]]:
    for block in context.document.blocks:
        if block.kind in _PROSE:
            yield from enumerate(split_lines(block.text), start=block.start_line)


def _shell(context: RuleContext) -> Iterator[tuple[int, str]]:
    for block in context.document.blocks:
        if block.kind == "code":
            lines: Sequence[str] = split_lines(block.text)
            yield from enumerate(lines, start=block.start_line)


RULES = (
    Rule("vague_instruction", "an instruction that nobody could break", "low", _vague),
    Rule(
        "conflicting_instructions",
        "a package manager that is ruled out here and called there",
        "medium",
        _conflicts,
    ),
    Rule("emphasis_inflation", "so much stress that none is left", "info", _emphasis),
)
