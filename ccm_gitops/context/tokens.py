"""Tokens, counted offline by a calibrated estimate that every figure names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ccm_gitops.context.document import Block

TOKENIZER = "claude-4.7-estimate"
OLDER_TOKENIZER = "claude-3-estimate"
# For people: the newer tokenizer makes some 40 % more of the same English than the older one.
TOKENIZER_FOR = "Claude 4.7 and later"

_WORD = re.compile(r"[A-Za-z]+")
# Letters that a word has for free: longer ones are cut into more pieces.
_SHORT_WORD = 4
# Tokens for a word, a letter beyond the fourth, a capital, a digit, a sign, a line end, and in
# addition for a character that is not ASCII.
_CURRENT = (1.107, 0.326, 0.882, 0.193, 1.030, 0.830, 0.508)
_OLDER = (0.900, 0.132, 0.079, 0.226, 0.811, 1.079, 0.671)
_REMEMBERED_LENGTH = 50_000


def count_tokens(text: str) -> int:
    """About how many tokens the text costs with Claude 4.7 and later.

    A linear fit over the words, their length, capitals, digits, signs, line ends and non-ASCII
    characters of real context files, against the recorded answers of the counting API as the
    package ctok reproduces them. On 55 context files of at least 500 characters the error of a
    file is 3.6 % on average and 12 % at most; of single sections 7 % on average, 28 % at most.
    English Markdown; other scripts are not calibrated.
    """
    return _estimate(text, _CURRENT)


def count_older_tokens(text: str) -> int:
    """About how many tokens the text costs with Claude 3 to Opus 4.6.

    The same fit against the older tokenizer: 3.6 % off on average, 13 % at most, on those files.
    """
    return _estimate(text, _OLDER)


def _estimate(text: str, weights: tuple[float, ...]) -> int:
    short = len(text) <= _REMEMBERED_LENGTH
    counts = _remembered(text) if short else _counts(text)
    return round(sum(count * weight for count, weight in zip(counts, weights, strict=True)))


def _counts(text: str) -> tuple[int, ...]:
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    excess = sum(len(word) - _SHORT_WORD for word in words if len(word) > _SHORT_WORD)
    capitals = sum(word[0] <= "Z" for word in words)
    digits = sum(map(text.count, "0123456789"))
    signs = sum(map(len, text.split())) - letters - digits
    non_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return len(words), excess, capitals, digits, signs, text.count("\n"), non_ascii


# Rules, sections and totals ask for the same passages.
_remembered = lru_cache(maxsize=256)(_counts)


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
