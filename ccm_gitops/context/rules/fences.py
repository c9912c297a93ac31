"""Code fences that end elsewhere than was meant, so that text is read as code and code as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from ccm_gitops.context.rules.model import Hit, Rule, RuleContext

_OPENER = re.compile(r"\s*(?P<signs>`{3,}|~{3,})\s*(?P<language>[A-Za-z][\w+-]*)\s*")
_TYPING_SLIP = "``"


def _broken_fence(context: RuleContext) -> Iterator[Hit]:
    for token in context.document.tokens:
        if token.type == "fence" and token.map and (said := _what_is_wrong(context, token)):
            message, suggestion = said
            yield Hit(
                line=token.map[0] + 1,
                end_line=token.map[1],
                subject=context.document.lines[token.map[0]].strip(),
                message=message,
                suggestion=suggestion,
            )


def _what_is_wrong(context: RuleContext, token: Token) -> tuple[str, str] | None:
    lines = token.content.split("\n")
    start = (token.map or [0])[0] + 2
    for number, line in enumerate(lines, start=start):
        opener = _OPENER.fullmatch(line)
        if opener and opener["signs"].startswith(token.markup):
            message = f"the fence of line {number} begins inside this one, and its end closes this"
            return message, f"begin the outer fence with {token.markup}{token.markup[0]}"
        if token.markup == "```" and line.strip() == _TYPING_SLIP:
            return f"line {number} was to end it, but has two signs of three", "write three"
    if token.content.strip() and _is_left_open(context.document.lines, token):
        return "it is never closed: all that follows is read as code", "close it"
    return None


def _is_left_open(lines: Sequence[str], token: Token) -> bool:
    first, end = token.map or [0, 0]
    last = lines[end - 1].strip(" \t\r\n>")
    is_closed = last.startswith(token.markup) and not last.strip(token.markup[0])
    # Behind an HTML tag the parser misses a fence's beginning, which its readers do not.
    is_paired = sum(line.lstrip(" \t>").startswith(token.markup) for line in lines) % 2 == 0
    return not is_paired and (end - first == 1 or not is_closed)


RULES = (
    Rule("broken_fence", "a code fence that ends elsewhere than meant", "medium", _broken_fence),
)
