"""Two instructions of which only one can be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from ccm_gitops.context.intent import is_meant
from ccm_gitops.context.rules.model import PROSE, Hit, Rule, RuleContext
from ccm_gitops.context.rules.style_claims import Claim, style_claims

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
# A command that is ruled out without a condition: what follows it ends the statement.
_NEVER = re.compile(
    r"\b(?:never|do not|don['’]t|must not|must never) (?:ever )?(?:run|use|call|execute|invoke)"
    r" `(?P<command>[^`\n]{3,80})`(?: (?:directly|here|ever|anymore|any more|at all))?"
    r"(?=\s*(?:[.!;,(]|[—–-]|$)| instead)",
    re.IGNORECASE,
)
_UNLESS = re.compile(
    r"\b(?:unless|except|without|only|until|while|when|if|in|on|from|outside|before|after)\b",
    re.IGNORECASE,
)


def _conflicts(context: RuleContext) -> Iterator[Hit]:
    return chain(_called_though_banned(context), _managers(context), _styles(context))


def _called_though_banned(context: RuleContext) -> Iterator[Hit]:
    """A command that one line forbids and a fence gives."""
    banned = {
        tuple(match["command"].split()): number
        for number, line in context.lines_of(PROSE)
        for match in _NEVER.finditer(line[:2000])
        if " " in match["command"].strip() and not _UNLESS.search(line[match.end() :][:80])
    }
    for command in context.commands if banned else ():
        titles = " / ".join(context.section_at(command.line).path)
        for words, number in banned.items():
            more = command.words[len(words) :]
            if not command.is_fenced or command.words[: len(words)] != words:
                continue
            # With options it may be another thing: `npm test` watches, `npm test -- --run` ends.
            if is_meant(command, titles) and not any(word.startswith("-") for word in more):
                said = " ".join(words)
                yield _hit(
                    command.line, command.column, said, f"line {number} says never to run it"
                )


def _styles(context: RuleContext) -> Iterator[Hit]:
    """Two demands of code's layout for the same code."""
    first: dict[tuple[str, frozenset[str]], Claim] = {}
    for claim in style_claims(context):
        known = first.setdefault((claim.subject, claim.scope), claim)
        if known.value != claim.value:
            yield _hit(claim.line, 1, claim.said, f"line {known.line} says “{known.said}”")


def _managers(context: RuleContext) -> Iterator[Hit]:
    """A package manager that one line forbids and a fence calls."""
    banned = dict(_banned(context))
    seen: set[str] = set()
    for number, line in context.lines_of({"code"}):
        match = _CALL.match(line)
        if match is None or match["name"] not in banned or match["name"] in seen:
            continue
        seen.add(match["name"])
        message = f"line {banned[match['name']]} says not to use {match['name']}"
        yield _hit(number, match.start("call") + 1, match["call"], message)


def _banned(context: RuleContext) -> Iterator[tuple[str, int]]:
    """Each manager that a line rules out, with the line; where two are asked for, none is."""
    used: set[str] = set()
    out: dict[str, int] = {}
    for number, line in context.lines_of(PROSE):
        for match in _ONLY.finditer(line[:2000]):
            chosen = (match["used"] or match["chosen"] or "").lower()
            used.add(chosen)
            left = (match["banned"] or match["left"] or "").lower()
            rest = _MANAGERS.split("|") if match["used"] else [left]
            out.update({name: number for name in rest if name not in {chosen, *out}})
    yield from ((name, line) for name, line in out.items() if name not in used)


def _hit(line: int, column: int, subject: str, message: str) -> Hit:
    return Hit(
        line=line,
        end_line=line,
        column=column,
        subject=subject,
        message=message,
        suggestion="say the same in both places: an agent follows either",
        confidence=0.9,
    )


RULES = (
    Rule(
        "conflicting_instructions",
        "two instructions of which only one can be followed",
        "medium",
        _conflicts,
    ),
)
