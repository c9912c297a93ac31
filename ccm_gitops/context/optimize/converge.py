"""A change that lasts: the same strategy finds nothing more to do on what it leaves.

What a cut leaves is judged anew at the next run: neighbours join, shares and limits move. So a plan
is made for the result too, and joined to the first, until the result asks for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from ccm_gitops.context.document import Document, parse
from ccm_gitops.context.optimize.apply import cut
from ccm_gitops.context.optimize.change import Change, Job, job_for, no_change, sound_change
from ccm_gitops.context.optimize.dedupe import reason
from ccm_gitops.context.optimize.linked import linked_lines
from ccm_gitops.context.optimize.model import Action, Plan, Refusal
from ccm_gitops.context.optimize.overlay import Overlay
from ccm_gitops.context.optimize.plan import CUSTOM, make_plan
from ccm_gitops.context.optimize.spans import Span, spans_of
from ccm_gitops.context.optimize.worth import is_worth_it
from ccm_gitops.context.tokens import count_tokens

_MOST_ROUNDS = 4


def lasting_change(job: Job) -> Change:
    """The change of the strategy, or no more than the archives; none where neither is worth it."""
    return _first(_settled(job, _change(job, attempt)) for attempt in _attempts(job))


def merged(document: Document, plan: Plan, more: Plan) -> Plan:
    """Both plans as one; `more` counts its lines in what `plan` leaves of the document.

    An action of `more` that takes a line of what another left there takes all that the other took.
    """
    left = cut(document, plan)
    later = [
        _over(document, _counted_back(action, left.spans), plan, _stood_in(action, left.lines))
        for action in more
    ]
    first = (one for one in plan if not any(one.span.overlaps(other.span) for other in later))
    return tuple(sorted((*first, *later), key=lambda action: action.start_line))


def _attempts(job: Job) -> Sequence[str]:
    fallback = job.strategy if job.strategy == CUSTOM else "conservative"
    return tuple(dict.fromkeys((job.strategy, fallback)))


def _first(changes: Iterator[Change]) -> Change:
    """The first of some changes that does something; else one, with all that was refused."""
    refused: list[Refusal] = []
    for change in changes:
        refused += (one for one in change.refused if one not in refused)
        if change.plan:
            break
    return replace(change, refused=tuple(refused))


def _change(job: Job, attempt: str) -> Change:
    """What a strategy does, as far as the proof accepts it; nothing where that is not worth it."""
    plan = _plan(job, attempt)
    is_asked = attempt == CUSTOM
    if not plan or not is_worth_it(job.subject, plan, is_asked=is_asked):
        return no_change(job)
    change = sound_change(job, plan)
    if not change.refused or is_worth_it(job.subject, change.plan, is_asked=is_asked):
        return change
    return no_change(job, change.refused)


def _plan(job: Job, attempt: str) -> Plan:
    """The plan of a strategy, which leaves what other files link to."""
    subject, rules = job.subject, job.wishes.rules
    plan = make_plan(subject, attempt, rules)
    linked = linked_lines(subject.document, plan, job.tree, job.names)
    if not linked:
        return plan
    guards = subject.guards.with_fixed(linked)
    return make_plan(replace(subject, guards=guards), attempt, rules)


def _settled(job: Job, change: Change) -> Change:
    """A change with all that would follow it; none where that comes to no end."""
    refused = change.refused
    for _ in range(_MOST_ROUNDS):
        if not change.plan:
            return replace(change, refused=refused)
        left = _after(job, change)
        more = _first(_change(left, attempt) for attempt in _attempts(left))
        if not more.plan:
            return replace(change, refused=refused)
        change = sound_change(job, merged(job.subject.document, change.plan, more.plan))
        refused += change.refused
    return no_change(job, refused)


def _after(job: Job, change: Change) -> Job:
    """The same job once the change is made."""
    files = {path: text.encode() for path, text in change.applied.files.items()}
    return job_for(
        job.twins,
        parse(change.applied.text),
        Overlay(job.tree, files),
        strategy=job.strategy,
        wishes=job.wishes,
        now=job.subject.now,
    )


def _counted_back(action: Action, spans: Sequence[Span]) -> Action:
    """An action with its lines as they were; each line that it counts stands for one of `spans`."""

    def back(span: Span) -> Span:
        return Span(spans[span.start - 1].start, spans[span.end - 1].end)

    start, end = back(action.span)
    same = action.same and back(action.same)
    return replace(
        action,
        start_line=start,
        end_line=end,
        kept=tuple(map(back, action.kept)),
        same=same,
        reason=reason(same) if same else action.reason,
    )


def _stood_in(action: Action, lines: Sequence[str]) -> frozenset[str]:
    return frozenset(line.rstrip("\r\n") for line in lines[action.start_line - 1 : action.end_line])


def _over(document: Document, action: Action, plan: Plan, taken: Set[str]) -> Action:
    """An action grown over those of the plan that it touches; what stays of them does so.

    The lines `taken` are what it took there. Without a pointer of its own, it leaves others theirs.
    """
    touched = [one for one in plan if one.span.overlaps(action.span)]
    others = (one for one in touched if one.pointer and one.pointer not in taken)
    left = _lines(*(span for one in touched for span in one.kept))
    gone = _lines(*(one.span for one in touched)) - left
    kept = tuple(spans_of((left - _lines(action.span)) | (_lines(*action.kept) - gone)))
    start = min(one.start_line for one in (action, *touched))
    end = max(one.end_line for one in (action, *touched))
    base = action if action.pointer else next(others, action)
    size = sum(count_tokens(document.slice(*span)) for span in kept)
    return replace(
        base,
        start_line=start,
        end_line=end,
        kept=kept,
        tokens_saved=count_tokens(document.slice(start, end)) - count_tokens(base.pointer) - size,
    )


def _lines(*spans: Span) -> frozenset[int]:
    return frozenset(number for span in spans for number in range(span.start, span.end + 1))
