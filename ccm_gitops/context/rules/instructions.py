"""Instructions that say nothing, or shout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccm_gitops.context.rules.model import PROSE, Hit, Rule, RuleContext

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


def _vague(context: RuleContext) -> Iterator[Hit]:
    for number, line in context.lines_of(PROSE):
        if len(line) < 200 and _VAGUE.fullmatch(line):
            yield Hit(
                line=number,
                end_line=number,
                subject=line.strip(" -*+\n\r"),
                message="nobody would do otherwise, and nobody can check it",
                suggestion="say what differs here from the usual, or remove the line",
            )


def _emphasis(context: RuleContext) -> Iterator[Hit]:
    lines = [(number, line) for number, line in context.lines_of(PROSE) if line.strip()]
    loud = [number for number, line in lines if _LOUD.search(line)]
    if len(loud) >= _FEWEST_LOUD and len(loud) >= _LOUD_SHARE * len(lines):
        yield Hit(
            line=loud[0],
            end_line=loud[-1],
            message=f"{len(loud)} of {len(lines)} lines shout: where all is stressed, nothing is",
            suggestion="keep the capitals for the few lines that are broken most often",
            confidence=0.9,
        )


RULES = (
    Rule("vague_instruction", "an instruction that nobody could break", "low", _vague),
    Rule("emphasis_inflation", "so much stress that none is left", "info", _emphasis),
)
