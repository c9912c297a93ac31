"""The proof that an optimisation lost nothing: it sees the old text and the new files, no plan.

It trusts neither the optimiser nor what an archive says of itself: every unit of the old text must
stand, as whole lines and verbatim, in a file of the same commit. What it cannot find is lost.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ccm_gitops.context.archive import is_removal
from ccm_gitops.context.document import Block, parse, split_lines
from ccm_gitops.context.links import own_anchors, relink, resolved
from ccm_gitops.errors import ProofError

_LIST_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)")


class Unit(NamedTuple):
    """The smallest text that may move on its own: a block, or an item of a list; lines from 1."""

    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True)
class Proof:
    """What became of each block of the old text; a long list counts by its items.

    kept: verbatim in the new target, in the old order. moved: verbatim in another file of the
    commit, but for links that lead to the same place from there. duplicates: a
    copy less of text that the target still has. removed: as many of the moved are only in an
    archive of what nobody needs to be led to.
    """

    blocks: int
    kept: int
    moved: int
    duplicates: int
    lost: tuple[Unit, ...]
    removed: int = 0

    def require(self) -> None:
        """Raise ProofError when anything is lost, naming the first line of it."""
        if not self.lost:
            return
        first = self.lost[0]
        excerpt = first.text.strip().split("\n", 1)[0].rstrip()[:80]
        raise ProofError(
            f"the change would lose {len(self.lost)} of {self.blocks} blocks, the first at line "
            f"{first.start_line} ({excerpt!r}); nothing was written"
        )

    def to_json(self) -> dict[str, int]:
        """The counts, `lost` included; `removed` only where there is any."""
        counts = {
            "blocks": self.blocks,
            "kept": self.kept,
            "moved": self.moved,
            "duplicates": self.duplicates,
            "lost": len(self.lost),
        }
        return counts | ({"removed": self.removed} if self.removed else {})


def prove(old: str, files: Mapping[str, str], *, target: str) -> Proof:
    """Find every block of `old` in `files`, the commit's new files, path to text.

    `target` is the path of the changed file among them; when it is not there, it counts as empty.
    """
    before = list(units(old))
    texts = [unit.text for unit in before]
    after = [unit.text for unit in units(files.get(target, ""))]
    others = {path: _led(new, path, target) for path, new in files.items() if path != target}
    elsewhere = {text for texts in others.values() for text in texts}
    in_sight = {text for path, texts in others.items() if not is_removal(path) for text in texts}
    led = _led(old, target, target)
    if len(led) != len(before):
        raise ProofError("the text has links that cannot be followed; nothing was written")
    kept = _in_order(texts, after)
    copies_before, copies_after = Counter(texts), Counter(after)
    duplicates, moved, removed, lost = 0, 0, 0, []
    for index, unit in enumerate(before):
        if index in kept:
            continue
        # As many copies as before, and yet not in order: that block changed its place.
        if copies_before[unit.text] > copies_after[unit.text] > 0:
            duplicates += 1
        elif led[index] in elsewhere:
            moved += 1
            removed += led[index] not in in_sight
        else:
            lost.append(unit)
    return Proof(len(before), len(kept), moved, duplicates, tuple(lost), removed)


def units(text: str) -> Iterator[Unit]:
    """Cut a text into units; raises ProofError where their joined blocks are not the text."""
    document = parse(text)
    if "".join(block.text for block in document.blocks) != text:
        raise ProofError("the text cannot be cut into blocks without a rest; nothing was written")
    for block in document.blocks:
        for start, lines in _pieces(block):
            while lines and not lines[-1].strip():
                lines.pop()
            if lines:
                body = "".join(lines).removeprefix("\ufeff").rstrip("\r\n")
                yield Unit(start, start + len(lines) - 1, body)


def _led(text: str, path: str, target: str) -> list[str]:
    """The units of a file with each link as the place that it leads to.

    So text is the same where its links are written for another folder; that it is rewritten
    moves no line, and so the units are those of the text itself.
    """
    headings = own_anchors(text) if path != target else frozenset()
    return [
        unit.text
        for unit in units(relink(text, lambda link: resolved(link, path, target, headings)))
    ]


def _pieces(block: Block) -> Iterator[tuple[int, list[str]]]:
    lines = split_lines(block.text)
    starts = [0]
    if block.kind == "list":
        starts += [i for i, line in enumerate(lines) if i and _LIST_ITEM.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield block.start_line + start, lines[start:end]


class _Link(NamedTuple):
    at: int
    before: _Link | None


def _in_order(old: Sequence[str], new: Sequence[str]) -> set[int]:
    """Indexes into `old` of a longest common subsequence with `new`."""
    known = frozenset(old)
    wanted = [text for text in new if text in known]
    found = set(_first_matches(old, wanted))
    # All that could be found was: none is longer. Only text that changed its place needs the rest.
    return found if len(found) == len(wanted) else _longest_in_order(old, wanted)


def _first_matches(old: Sequence[str], wanted: Iterable[str]) -> Iterator[int]:
    """The next index of each text in turn, until one has none left."""
    rest = iter(enumerate(old))
    for text in wanted:
        index = next((index for index, known in rest if known == text), None)
        if index is None:
            return
        yield index


def _longest_in_order(old: Sequence[str], new: Sequence[str]) -> set[int]:
    """The same for any two sequences (Hunt and Szymanski), slow where many texts are equal."""
    places = defaultdict(list)
    for position, text in enumerate(new):
        places[text].append(position)
    ends: list[int] = []  # where in `new` the best chain of each length ends
    chains: list[_Link] = []
    for index, text in enumerate(old):
        for position in reversed(places.get(text, ())):
            length = bisect_left(ends, position)
            link = _Link(index, chains[length - 1] if length else None)
            ends[length : length + 1] = [position]
            chains[length : length + 1] = [link]
    found = set()
    last = chains[-1] if chains else None
    while last:
        found.add(last.at)
        last = last.before
    return found
