"""Credentials, and instructions that somebody planted."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from ccm_gitops.context.rules.model import Hit, Rule, RuleContext

# The issuers' own documented forms; what follows the prefix is random.
_TOKEN = re.compile(
    r"(?<![\w-])(?P<prefix>gh[pousr]_(?=\w{36})|github_pat_(?=\w{60})|sk-ant-(?=[\w-]{40})"
    r"|sk-proj-(?=[\w-]{40})|sk-(?=[A-Za-z0-9]{40})|xox[bpras]-(?=[\w-]{30})|AKIA(?=[0-9A-Z]{16}\b)"
    r"|AIza(?=[\w-]{35})|glpat-(?=[\w-]{20})|npm_(?=\w{36})|pypi-AgEI(?=[\w-]{50})"
    r"|[rs]k_live_(?=\w{24})|SG\.(?=[\w-]{22}\.[\w-]{40})|hf_(?=[A-Za-z]{34})"
    r"|hooks\.slack\.com/services/(?=T\w+/B\w+/\w{20})"
    r"|discord(?:app)?\.com/api/webhooks/(?=\d{17,20}/[\w-]{60}))(?P<random>[\w./-]+)"
)
_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?=\s*\\?n?\s*[A-Za-z0-9+/]{40})")
_MADE_UP = re.compile(
    r"example|your|dummy|fake|placeholder|redacted|xxxx|1234|abcd|0000", re.IGNORECASE
)
# Random text of 16 signs and more has well over 3 bits a sign; `xxxxx` and `aaaabbbb` do not.
_MIN_ENTROPY = 3.0

_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any )?(?:of )?(?:the |your )?(?:previous|prior|above"
    r"|earlier) (?:instructions?|prompts?|rules)\b"
    r"|\bdo not (?:tell|inform|mention (?:this|it) to|reveal (?:this|it) to) the user\b",
    re.IGNORECASE,
)
_ABOUT_IT = re.compile(
    r"[\"'“‘`«]|\b(?:inject|attack|malicious|untrusted|phrases?|such as|e\.g|detect|refuse"
    r"|jailbreak|never|treat|if )\b",
    re.IGNORECASE,
)


def _secret(context: RuleContext) -> Iterator[Hit]:
    for number, line in enumerate(context.document.lines, start=1):
        for match in _TOKEN.finditer(line):
            random = match["random"]
            if not _MADE_UP.search(random) and _entropy(random) >= _MIN_ENTROPY:
                yield _hit(number, match.start() + 1, f"{match['prefix']}…", "a credential")
    for match in _KEY.finditer(context.document.text):
        number = context.document.text.count("\n", 0, match.start()) + 1
        yield _hit(number, 1, match[0], "a private key")


def _hit(line: int, column: int, subject: str, what: str) -> Hit:
    return Hit(
        line=line,
        end_line=line,
        column=column,
        subject=subject,
        message=f"{what}: it is in the repository, its history and every session",
        suggestion="revoke it at its issuer; name the variable that holds the next one",
        confidence=0.95,
    )


def _entropy(text: str) -> float:
    """Shannon's measure, in bits a sign."""
    shares = (count / len(text) for count in Counter(text).values())
    return -sum(share * math.log2(share) for share in shares)


def _planted(context: RuleContext) -> Iterator[Hit]:
    for number, line in enumerate(context.document.lines, start=1):
        match = _ORDER.search(line[:2000])
        if match and not _ABOUT_IT.search(line[:2000]):
            yield Hit(
                line=number,
                end_line=number,
                column=match.start() + 1,
                subject=match[0],
                message="an instruction to set others aside, or to hide something from the user",
                suggestion="look at who wrote the line; remove it unless it is a quotation",
                confidence=0.9,
            )


RULES = (
    Rule("secret", "a token or a private key", "high", _secret),
    Rule("planted_instruction", "a text that turns an agent against its user", "high", _planted),
)
