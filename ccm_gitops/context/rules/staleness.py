"""Statements about a time that has passed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from ccm_gitops.context.classify import HISTORY
from ccm_gitops.context.dates import Period, find_periods
from ccm_gitops.context.document import Block, split_lines
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext

_PROSE = frozenset({"paragraph", "list", "quote", "heading"})
# A plan is late at once, but for the days in which somebody may still say so; a snapshot ages.
_LATE, _OLD, _VERY_OLD = timedelta(days=30), timedelta(days=180), timedelta(days=365)
_MANY_LINES, _STALE = 30, 0.6
_CODE = re.compile(r"(`{1,3}).{1,400}?\1|\b[a-z]{2,12}://\S+|\]\([^)\s]*\)")
_EMPHASIS = re.compile(r"(?<!\w)_|_(?!\w)")
# A bare number is a year where such a word stands before it.
_YEAR = re.compile(r"\b(?:in|by|for|of|until|during)[ *]*$", re.IGNORECASE)
_BETWEEN = r"[\s:*_(,–—-]{1,8}(?:the |around |about )?(?:(?:end of|early|mid|late|start of)[ -])?"
_STAMP = re.compile(
    r"(?:\blast[- ](?:updated?|modified|revised|reviewed|verified|checked|edited|changed|synced)"
    r"|(?:^|\()\W{0,6}(?:updated|reviewed|verified|checked)"
    r"|\b(?:letzte|zuletzt) (?:aktualisier\w+|geändert)|\bdernière mise à jour"
    r"|\búltima (?:actualización|atualização)"
    r"|最終更新日?|最后更新|최종 갱신|마지막 업데이트)"
    r"(?: on| date| at| by \w+)?[\s:：*_(–—-]{1,8}$",
    re.IGNORECASE,
)
_AS_OF = re.compile(rf"\b(?:as of|as at|status as of|state as of|snapshot of){_BETWEEN}$", re.I)
# What makes `as of …` speak of how things stood; else it may be when a rule began.
_SNAPSHOT = re.compile(
    r"\b\d+(?:\.\d+)?\s*%|\b\d+ (?:\w+ )?(?:tests?|files?|lines?|users?|issues?|endpoints?|errors?"
    r"|warnings?|packages?|routes?|tables?|components?|modules?|commits?)\b|\b(?:current(?:ly)?"
    r"|latest|newest|still|not yet|pending|in progress|passing|failing|open issues)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:due(?: date| by| on| in)?|deadline|eta|target(?:ed|ing)?(?: date| for| release)?"
    r"|(?:planned|scheduled|slated|expected) (?:for|in|on|by)|planned|scheduled"
    r"|coming (?:in|on)|(?:launch|go[- ]live|release|ship) (?:date|planned|scheduled|target)"
    r"(?: for| in| on)?|no later than|expires?(?: on| in)?|valid until"
    rf"|(?:todo|fixme)\W{{0,3}}(?:by|before|until|in)?){_BETWEEN}$",
    re.IGNORECASE,
)
_BY = re.compile(rf"\bby{_BETWEEN}$", re.IGNORECASE)
_TO_DO = re.compile(
    r"\b(?:todo|fixme|will|must|should|needs? to|to be|plan(?:s|ned|ning)?|goals?|targets?"
    r"|deadline|migrate|finish|complete|deliver|ship|launch)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:keep|supported|freeze|frozen|do not|don['’]t|never|hold|wait|pause|avoid|block(?:ed)?)\b"
    rf"[^.;\n]{{0,60}}\buntil{_BETWEEN}$",
    re.IGNORECASE,
)
_CURRENT = re.compile(
    r"\b(?:current|active|ongoing|upcoming|next|this) (?:sprint|milestone|quarter|phase|focus"
    r"|release|iteration|cycle|week|month|status|state|priorit\w+|goals?|work|tasks?|objectives?)\b"
    r"[^.;\n]{0,40}$",
    re.IGNORECASE,
)
_AIMS = re.compile(
    r"^\W{0,4}(?:goals?|roadmap|priorit\w+|plans?|okrs?|objectives?|milestones?|focus|sprint"
    r"|initiatives?|targets?|todos?|backlog)\b",
    re.IGNORECASE,
)
_AIMS_BEFORE = re.compile(
    r"\b(?:goals?|roadmap|priorit\w+|plans?|okrs?|objectives?|milestones?|focus|sprint(?: \d+)?"
    r"|initiatives?|targets?|todos?|backlog)(?: for| of)?[\s:*_(,–—-]{1,6}$",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|been|(?<!be )completed|done|finished|released|shipped|launched|merged"
    r"|deployed|since|ended|reached|fixed|achieved|delivered|archived?|past|previous|historical"
    r"|history|retrospective|met|expired|test(?:s|ed)?|fixture|example|e\.g)\b|✅|✔|☑|\[x\]|~~",
    re.IGNORECASE,
)
# What follows a date that is the name of something.
_NAMED = re.compile(
    r"^\W{0,3}(?:spec\w*|version|release|edition|api|schema|protocol|revision|format|standard"
    r"|model|snapshot|preview|beta|rules?|tax)\b",
    re.IGNORECASE,
)


def _stale_dates(context: RuleContext) -> Iterator[Hit]:
    today = context.now.date()
    for block in context.document.blocks:
        if block.kind not in _PROSE or "20" not in block.text or _is_history(context, block):
            continue
        for number, line in enumerate(split_lines(block.text), start=block.start_line):
            if "20" in line and (found := _stale(context, line[:2000], block, today)):
                period, message = found
                yield Hit(
                    line=number,
                    end_line=number,
                    column=period.start + 1,
                    subject=line[period.start : period.end],
                    message=message,
                    suggestion="say what holds now, or remove the line",
                    confidence=0.9,
                )


def _is_history(context: RuleContext, block: Block) -> bool:
    """A record of what was done names past dates by right; other rules speak of it."""
    section = context.section_at(block.start_line)
    found = context.classes.get(section.start_line)
    return found is not None and found.type in HISTORY


def _stale(context: RuleContext, line: str, block: Block, today: date) -> tuple[Period, str] | None:
    text = _CODE.sub(lambda match: " " * len(match[0]), _EMPHASIS.sub(" ", line))
    for period in find_periods(text):
        before, after = text[: period.start], text[period.end :]
        age = today - period.last
        if age <= _LATE or _NAMED.match(after) or text[period.start - 1 :][:1] in {"v", "@"}:
            continue
        is_stamp = _STAMP.search(before[-160:]) and not period.is_year
        if is_stamp and (message := _why_stamp(period, age, context.changed)):
            return period, message
        if not is_stamp and (message := _why(before[-160:], after[:80], period, age, block)):
            return period, message
    return None


def _why_stamp(period: Period, age: timedelta, changed: date | None) -> str | None:
    """A stamp is wrong where the file changed after it; else, where nothing tells, it is old."""
    if changed is not None:
        is_wrong = changed - period.last > _LATE
        return f"the file has changed since, last on {changed.isoformat()}" if is_wrong else None
    return f"written {_ago(age)} ago, by its own stamp" if age > _VERY_OLD else None


def _why(before: str, after: str, period: Period, age: timedelta, block: Block) -> str | None:
    around = f"{before} {after}"
    is_done = bool(_PAST.search(around))
    ago = _ago(age)
    if _AS_OF.search(before):
        is_snapshot = after.lstrip(" *_")[:1] in {")", "]"} or _SNAPSHOT.search(around)
        return f"how things stood {ago} ago" if age > _OLD and is_snapshot else None
    if is_done:
        return None
    is_plan = _PLAN.search(before) or (_BY.search(before) and _TO_DO.search(before))
    if (is_plan or _UNTIL.search(before)) and (not period.is_year or _YEAR.search(before)):
        return f"that time ended {ago} ago"
    if _CURRENT.search(before):
        is_past = not period.is_year and age > 3 * _LATE
        return f"what was current {ago} ago" if is_past else None
    if (_AIMS.match(after) or _AIMS_BEFORE.search(before)) and _leads(before, after, block):
        return f"aims of a time that ended {ago} ago"
    return None


def _leads(before: str, after: str, block: Block) -> bool:
    """Whether the words are a heading, or open a line as one would."""
    return block.kind == "heading" or (len(before) + len(after) < 60 and ":" in before + after)


def _ago(age: timedelta) -> str:
    months = age.days // 30
    if months < 24:
        return f"{months} month{'s' * (months != 1)}"
    return f"{age.days // 365} years"


def _low_actionability(context: RuleContext) -> Iterator[Hit]:
    """Long sections that instruct nobody, and of which the newest date is old."""
    for section in context.sections:
        found = context.classes[section.start_line]
        lines = sum(
            1 for block in section.blocks for line in split_lines(block.text) if line.strip()
        )
        if found.actionability != "low" or found.type in HISTORY or not section.level:
            continue
        if lines > _MANY_LINES and found.staleness >= _STALE:
            yield Hit(
                line=section.start_line,
                end_line=section.blocks[-1].end_line,
                subject=section.title,
                message=f"{lines} lines without an instruction, and nothing recent in them",
                suggestion="move it to a file, and say when to read that",
                confidence=0.7,
            )


RULES = (
    Rule("stale_dates", "a plan or a snapshot of a time that has passed", "low", _stale_dates),
    Rule(
        "low_actionability",
        "a long, old section that instructs nobody",
        "low",
        _low_actionability,
        opt_in=True,
    ),
)
