"""The chain over the lines of a history: each names the digest of the line before it.

The state knows the digests of the newest line and of the newest that was pruned. So nobody can
change, remove or add a line without another line, or the state, saying otherwise. Where an older
state is put back, the lines since then are beside the chain, which goes on from that state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccm_gitops.state.model import Chain

_LINK = "prev"


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What a walk from the newest line back found.

    `lines` are linked, `beside` are not; `earlier` were written before there was a chain.
    `ends_at` is the digest that the walk could not follow further, `after` the place of the line
    that names it (None: the state itself); `breaks` when that is not where the chain starts.
    """

    lines: int
    beside: int
    earlier: int
    ends_at: str | None
    after: str | None
    breaks: bool


@dataclass(frozen=True)
class _Line:
    place: str
    prev: str | None
    is_linked: bool


def link(lines: Sequence[Mapping[str, Any]], chain: Chain) -> tuple[list[str], Chain]:
    """The lines as they are written, without their ends, and the chain that they lengthen."""
    texts, head = [], chain.head
    for line in lines:
        texts.append(json.dumps({**line, _LINK: head}, ensure_ascii=False))
        head = _digest(texts[-1])
    return texts, replace(chain, head=head)


def trace(files: Mapping[str, str], chain: Chain) -> Trace:
    """Walk the chain through the files of a history, given by name, as far as it goes."""
    found = dict(_lines(files))
    at, after, count = chain.head, None, 0
    while at != chain.start and at in found:
        count, after, at = count + 1, found[at].place, found[at].prev
    linked = sum(line.is_linked for line in found.values())
    return Trace(
        lines=count,
        beside=linked - count,
        earlier=len(found) - linked,
        ends_at=at,
        after=after,
        breaks=at != chain.start,
    )


def pruned(kept: Mapping[str, str], gone: Mapping[str, str], chain: Chain) -> Chain:
    """The chain once some files are gone: it starts where a walk through the others ends.

    A chain that breaks in what is kept stays as it is, and so goes on being told.
    """
    end = trace(kept, chain).ends_at
    return replace(chain, start=end) if end in dict(_lines(gone)) else chain


def read_lines(text: str) -> Iterator[Mapping[str, Any]]:
    """The lines of a history file, without their links; what a crash tore is passed over."""
    for _, _, line in _parsed(text):
        yield {key: value for key, value in line.items() if key != _LINK}


def _lines(files: Mapping[str, str]) -> Iterator[tuple[str, _Line]]:
    for name, text in sorted(files.items()):
        for number, raw, line in _parsed(text):
            yield _digest(raw), _Line(f"{name}:{number}", line.get(_LINK), _LINK in line)


def _parsed(text: str) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    for number, raw in enumerate(text.split("\n"), 1):
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield number, raw, line


def _digest(raw: str) -> str:
    import hashlib  # noqa: PLC0415  a run with nothing to do writes no line

    return hashlib.sha256(raw.encode(errors="surrogateescape")).hexdigest()
