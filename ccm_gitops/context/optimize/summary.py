"""Summary: where a section cannot go, what binds its reader stays in sight, and all of it moves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from typing import NamedTuple

from ccm_gitops.context.document import Block, Document, split_lines
from ccm_gitops.context.optimize.guards import Guards
from ccm_gitops.context.optimize.pieces import Piece, leans_back
from ccm_gitops.context.optimize.spans import Span, spans_of
from ccm_gitops.context.optimize.wording import is_glossary, prohibits
from ccm_gitops.context.tokens import count_tokens

_SMALLEST = 170  # tokens that leave the file; a pointer asks for forty, and for attention
Binds = Callable[[Sequence[str]], bool]  # whether the lines of an item bind their reader

_MARKER = re.compile(r"[-*+][ \t]+")
_PATH = re.compile(r"^[-*+][ \t]+\*\*`?[\w@.-]+(?:/|\.[a-z]{1,5}\b)", re.MULTILINE)
_MOSTLY = 0.7
_THESE = re.compile(r"\bthese\b", re.IGNORECASE)  # of all that stand above


class Summary(NamedTuple):
    """Lines from the first to the last that go; those in `kept` stay in sight, and go along."""

    span: Span
    kept: tuple[Span, ...]


def summarize(
    own: Sequence[Piece], going: Sequence[Span], share: float, document: Document
) -> Summary | None:
    """What a section with the pieces `own` gives away, where that is a `share` of it or more.

    None but the lines `going` leave the file. Where others stand between them, all text moves, so
    that what moves is whole.
    """
    size = sum(count_tokens(document.slice(*span)) for span in going)
    if size < max(_SMALLEST, share * sum(piece.tokens for piece in own)):
        return None
    gone = {number for start, end in going for number in range(start, end + 1)}
    touched = [piece.span for piece in own if any(map(piece.span.overlaps, going))]
    span = Span(touched[0].start, touched[-1].end)
    if not any(_kept(span, gone, document)):
        return Summary(span, ())
    whole = Span(own[0].span.start, own[-1].span.end)
    return Summary(whole, tuple(_kept(whole, gone, document)))


def _kept(span: Span, gone: Set[int], document: Document) -> Iterator[Span]:
    """The lines that stay, without blank ones that only parted them from others."""
    kept: list[int] = []
    for number in range(span.start, span.end + 1):
        is_blank = not document.lines[number - 1].strip()
        is_spare = is_blank and not (kept and document.lines[kept[-1] - 1].strip())
        if number not in gone and not is_spare:
            kept.append(number)
    return spans_of(kept)


def free_items(block: Block, guards: Guards, binds: Binds) -> list[Span]:
    """The items of a list with bullets that bind nobody; none where most of them do.

    Few names of many would be taken for all of them, and stay alone for a prohibition only.
    """
    lines = split_lines(block.text)
    starts = [at for at, line in enumerate(lines) if _MARKER.match(line)]
    if block.kind != "list" or starts[:1] != [0]:
        return []
    free: list[Span] = []
    kept: list[str] = []
    is_leant_on = is_of_all = False
    for start, end in reversed(list(zip(starts, [*starts[1:], len(lines)], strict=True))):
        item = lines[start:end]
        span = Span(block.start_line + start, block.start_line + end - 1)
        is_free = guards.allow(*span, with_instructions=True)
        stays = is_leant_on or not is_free or binds(item)
        is_of_all = is_of_all or (stays and any(map(_THESE.search, item)))
        is_leant_on = is_of_all or (stays and leans_back(_MARKER.sub("", item[0])))
        if stays:
            kept.extend(item)
        else:
            free.append(span)
    is_index = is_glossary(block) or len(_PATH.findall(block.text)) >= _MOSTLY * len(starts)
    are_few = is_index and 4 * len(free) >= 3 * len(starts)
    is_missed = are_few and not any(map(prohibits, kept))
    return free[::-1] if 2 * len(free) >= len(starts) and not is_missed else []
