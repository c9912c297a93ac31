"""Text that an agent reads twice."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_gitops.context.classify import HISTORY
from ccm_gitops.context.document import Section
from ccm_gitops.context.rules.copies import Copy
from ccm_gitops.context.rules.duplicates import DuplicatePair
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext
from ccm_gitops.context.rules.repeats import find_repeats
from ccm_gitops.context.rules.twins import twins

# What such sections list is told of each entry again.
_RECURRING = frozenset({*HISTORY, "reference"})


def _duplicate_content(context: RuleContext) -> Iterator[Hit]:
    yield from _within(context)
    yield from _repeated(context)
    yield from _elsewhere(context)


def _within(context: RuleContext) -> Iterator[Hit]:
    for pair in context.duplicates:
        tokens = context.tokens(pair.removed_start, pair.removed_end)
        yield Hit(
            line=pair.removed_start,
            end_line=pair.removed_end,
            subject=_first_line(context, pair.removed_start),
            message=f"{_relation(pair)} lines {pair.kept_start}-{pair.kept_end}",
            suggestion="keep one of the two",
            savings=tokens if pair.exact else 0,
            confidence=0.95 if pair.exact else 0.9,
            fixable=pair.exact,
            severity="medium" if pair.exact else "low",
        )


def _are_entries(one: Section, other: Section) -> bool:
    """Whether two sections are entries of one catalogue, each of which says what holds for it."""
    return one is not other and one.level >= 3 and one.path[:-1] == other.path[:-1]


def _repeated(context: RuleContext) -> Iterator[Hit]:
    """Items and sentences, where no larger block tells it already; lists of routes may recur."""
    told = {n for p in context.duplicates for n in range(p.removed_start, p.removed_end + 1)}
    for repeat in find_repeats(context.document):
        lines = range(repeat.start_line, repeat.end_line + 1)
        section, first = map(context.section_at, (repeat.start_line, repeat.first_start))
        kind = context.classes[section.start_line].type
        if told.isdisjoint(lines) and kind not in _RECURRING and not _are_entries(section, first):
            yield Hit(
                line=repeat.start_line,
                end_line=repeat.end_line,
                subject=_first_line(context, repeat.start_line),
                message=f"says what {_lines(repeat.first_start, repeat.first_end)} said",
                suggestion="say it once",
                confidence=0.9,
                severity="low",
            )


def _lines(start: int, end: int) -> str:
    return f"line {start}" if start == end else f"lines {start}-{end}"


def _elsewhere(context: RuleContext) -> Iterator[Hit]:
    for copy in context.copies:
        place = f"lines {copy.other_start}-{copy.other_end} of {copy.path}"
        is_waste = copy.is_paid and copy.exact
        yield Hit(
            line=copy.start_line,
            end_line=copy.end_line,
            subject=_first_line(context, copy.start_line),
            message=f"{_relation(copy)} {place}"
            + (", which is loaded with this file" if copy.is_paid else ""),
            suggestion=_remedy(copy),
            savings=context.tokens(copy.start_line, copy.end_line) if is_waste else 0,
            confidence=0.95 if copy.exact else 0.9,
            severity="medium" if is_waste else "low",
        )


def _remedy(copy: Copy) -> str:
    if copy.is_paid:
        return "keep one of the two"
    if copy.is_for_agents:
        return "keep it in one file, and name that file in the other: the next edit reaches one"
    return f"keep it there, and say here when to read {copy.path}"


def _relation(pair: DuplicatePair | Copy) -> str:
    if pair.exact:
        return "says word for word what stands in"
    return f"shares {pair.similarity:.0%} of its wording with"


def _first_line(context: RuleContext, line: int) -> str:
    return context.document.lines[line - 1].strip()


def _duplicate_file(context: RuleContext) -> Iterator[Hit]:
    """The copies of the file, told by the first of them."""
    if context.is_later_twin:
        return
    for path in twins(context.file, context.tree):
        yield Hit(
            line=1,
            end_line=len(context.document.lines),
            subject=path,
            message=f"{path} is a copy of this file; the next edit will make them differ",
            suggestion="keep one, and make the other a symbolic link or a line `@<the file>`",
            confidence=0.98,
        )


RULES = (
    Rule(
        "duplicate_content", "text that stands here or nearby twice", "medium", _duplicate_content
    ),
    Rule("duplicate_file", "a context file that is a copy of another", "low", _duplicate_file),
)
