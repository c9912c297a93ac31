"""Tokens, counted offline by a calibrated estimate that every figure names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ccm_gitops.context.document import Block

TOKENIZER = "claude-4.7-estimate"

_WORD = re.compile(r"[A-Za-z]+")
# Letters that a word has for free: longer ones are cut into more pieces.
_SHORT_WORD = 4


def count_tokens(text: str) -> int:
    """About how many tokens the text costs with Claude 4.7 and later.

    A linear fit over the words, their length, capitals, digits, signs, line ends and non-ASCII
    characters of real context files, against the recorded answers of the counting API as the
    package ctok reproduces them. On 53 context files of 26 repositories the error of a file is
    3.8 % on average and 12 % at most; of 715 single sections 7 % on average, 28 % at most.
    English Markdown; other scripts are not calibrated.
    """
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    excess = sum(len(word) - _SHORT_WORD for word in words if len(word) > _SHORT_WORD)
    capitals = sum(word[0] <= "Z" for word in words)
    digits = sum(map(text.count, "0123456789"))
    visible = sum(map(len, text.split()))
    non_ascii = len(text) - len(text.encode("ascii", "ignore"))
    estimate: float = (
        1.107 * len(words)
        + 0.326 * excess
        + 0.882 * capitals
        + 0.193 * digits
        + 1.030 * (visible - letters - digits)
        + 0.830 * text.count("\n")
        + 0.508 * non_ascii
    )
    return round(estimate)


def billable(blocks: Iterable[Block]) -> str:
    """The text that an agent pays for: block-level HTML comments are stripped before loading."""
    return "".join(_without_comments(b.text) if _is_comment(b) else b.text for b in blocks)


def _is_comment(block: Block) -> bool:
    return block.kind == "html" and block.text.lstrip().startswith("<!--")


def _without_comments(text: str) -> str:
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[position:start])
        position = end + len("-->")
    return "".join((*kept, text[position:]))
