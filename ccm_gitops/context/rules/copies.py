"""Text of the file that stands in another file too: one that is paid for as well, or a document."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ccm_gitops.context.document import Block, BlockKind, parse
from ccm_gitops.context.inventory import take_inventory
from ccm_gitops.context.rules.duplicates import comparable, is_near, normal, shingles, word_runs
from ccm_gitops.context.tree import Tree


@dataclass(frozen=True)
class Copy:
    """Lines that stand at `path` too; lines count from 1, inclusive.

    `exact` and `similarity` as for DuplicatePair. `is_paid`: whoever loads this file loads the
    other as well.
    """

    start_line: int
    end_line: int
    path: str
    other_start: int
    other_end: int
    exact: bool
    similarity: float
    is_paid: bool

    @property
    def is_for_agents(self) -> bool:
        """Whether the other file is a context file too."""
        return posixpath.basename(self.path) in _NESTED


_NAMES = ("CLAUDE.md", ".claude/CLAUDE.md", "AGENTS.md")
_NESTED = frozenset(_NAMES)
_DOCUMENT = re.compile(r"(?:docs?/.+|[^/]+)\.mdx?", re.IGNORECASE)
# Histories and files for agents: not what a person would be sent to read instead.
_NO_DOCUMENT = re.compile(r"(?:^|/)(?:changelog|history|claude|agents|gemini)\b[^/]*$", re.I)
_FEWEST_LINES_BESIDE = 8
_MOST_DOCUMENTS, _MOST_BYTES = 40, 200_000


def find_copies(path: str, document: Sequence[Block], tree: Tree) -> tuple[Copy, ...]:
    """What the file shares with others, neighbouring blocks as one.

    Of two files that one start loads, and of two in one folder, the first names the other; a nested
    file names those of the start. Files for different folders may say the same. Commands and code
    in a README are no copies: an agent needs them at hand. Of a file that is a copy as a whole
    duplicate_file speaks.
    """
    copies: list[Copy] = []
    blocks = [block for block in document if comparable(block)]
    if not blocks:
        return ()
    runs = {block.start_line: shingles(block) for block in blocks}
    paid, documents, beside = _others(path, tree)
    own_data = tree.read(path)
    for other, is_paid in (
        *((name, True) for name in paid),
        *((name, False) for name in (*beside, *documents)),
    ):
        covered = {copy.start_line for copy in copies}
        data = tree.read(other) or b""
        if other == path or data == own_data or len(data) > _MOST_BYTES or b"\0" in data:
            continue
        if other in beside and not _shares_a_line(blocks, data):
            continue
        left = [b for b in blocks if b.start_line not in covered]
        left = [b for b in left if b.kind != "code"] if other in documents else left
        pieces = [(block, runs[block.start_line]) for block in left]
        if any(_may_hold(data, *piece) for piece in pieces):
            copies += _copies(pieces, other, _indexed(data), is_paid=is_paid)
    joined = _joined(sorted(copies, key=lambda copy: copy.start_line), document)
    return tuple(copy for copy in joined if copy.path not in beside or _is_long(copy))


def _may_hold(data: bytes, block: Block, own: set[tuple[str, ...]]) -> bool:
    """Whether a file may hold a block, by its runs of words, or by its longest line if it has none.

    Far cheaper than to parse the file, which few have anything in common with.
    """
    if own:
        return is_near(len(own & _runs_of(data)), len(own))
    longest = max(block.text.split("\n"), key=len).strip()
    return longest.encode() in data


@lru_cache(maxsize=64)
def _runs_of(data: bytes) -> set[tuple[str, ...]]:
    return word_runs(data.decode("utf-8", "replace"))


def _shares_a_line(blocks: Sequence[Block], data: bytes) -> bool:
    """Whether it is worth parsing a file: a copy that is long has a block's longest line too."""
    longest = (max(block.text.split("\n"), key=len).strip().encode() for block in blocks)
    return any(line in data for line in longest)


def _is_long(copy: Copy) -> bool:
    """Whether a copy in another agent's file is worth a word: it is never paid for twice."""
    return copy.end_line - copy.start_line >= _FEWEST_LINES_BESIDE


def _others(path: str, tree: Tree) -> tuple[list[str], list[str], list[str]]:
    """What is loaded with a file, the documents near it, and other agents' files of its folder."""
    inventory = take_inventory(tree, _NAMES)
    order = [file.path for file in inventory.files]
    later = order[order.index(path) + 1 :] if path in order else []
    start = next((start for start in inventory.starts if path in start), None)
    if start is None:
        root = inventory.starts[0] if inventory.starts else frozenset()
        paid = [other for other in order if other in root]
    else:
        paid = [other for other in later if other in start]
    beside = [o for o in later if o not in paid and posixpath.basename(o) in _NESTED]
    folder = posixpath.dirname(path)
    return paid, _documents(path, tree), [o for o in beside if posixpath.dirname(o) == folder]


def _documents(path: str, tree: Tree) -> list[str]:
    folder = posixpath.dirname(path)
    own = f"{folder}/README.md" if folder else "README.md"
    found = [
        other
        for other in tree.paths()
        if other == own or (_DOCUMENT.fullmatch(other) and not _NO_DOCUMENT.search(other))
    ]
    nearest = sorted(found, key=lambda other: (other != own, other.count("/"), other))
    return nearest[:_MOST_DOCUMENTS]


@dataclass(frozen=True)
class _Index:
    """The blocks of another file, by text and by the runs of words in them."""

    blocks: tuple[Block, ...]
    sizes: tuple[int, ...]
    by_text: dict[tuple[BlockKind, str], Block]
    holders: dict[tuple[str, ...], list[int]]


@lru_cache(maxsize=64)  # the files of one repository are looked at one after the other
def _indexed(data: bytes) -> _Index:
    blocks = tuple(filter(comparable, parse(data.decode("utf-8", "replace")).blocks))
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    runs = tuple(map(shingles, blocks))
    for number, own in enumerate(runs):
        for shingle in own:
            holders[shingle].append(number)
    by_text = {(block.kind, normal(block.text)): block for block in reversed(blocks)}
    return _Index(blocks, tuple(map(len, runs)), by_text, dict(holders))


def _copies(
    blocks: Sequence[tuple[Block, set[tuple[str, ...]]]], path: str, index: _Index, *, is_paid: bool
) -> Iterator[Copy]:
    for block, own in blocks:
        same = index.by_text.get((block.kind, normal(block.text)))
        if same:
            yield _copy(block, path, same, 1.0, is_paid=is_paid)
            continue
        shared: Counter[int] = Counter()
        for shingle in own & index.holders.keys():
            shared.update(index.holders[shingle])
        for number, common in shared.most_common(1):
            union = len(own) + index.sizes[number] - common
            if is_near(common, union):
                similarity = round(common / union, 2)
                yield _copy(block, path, index.blocks[number], similarity, is_paid=is_paid)


def _copy(block: Block, path: str, other: Block, similarity: float, *, is_paid: bool) -> Copy:
    return Copy(
        start_line=block.start_line,
        end_line=block.end_line,
        path=path,
        other_start=other.start_line,
        other_end=other.end_line,
        exact=similarity == 1.0,
        similarity=similarity,
        is_paid=is_paid,
    )


def _joined(copies: Sequence[Copy], document: Sequence[Block]) -> Iterator[Copy]:
    """Copies with nothing but blanks and headings between them, in both files' order, as one."""
    texts = {b.start_line: b.end_line for b in document if b.kind not in {"blank", "heading"}}
    starts = sorted(texts)
    held: Copy | None = None
    for copy in copies:
        if held and _follows(held, copy, starts):
            held = Copy(
                held.start_line,
                copy.end_line,
                held.path,
                held.other_start,
                copy.other_end,
                held.exact,
                min(held.similarity, copy.similarity),
                held.is_paid,
            )
            continue
        if held:
            yield held
        held = copy
    if held:
        yield held


def _follows(first: Copy, second: Copy, starts: Sequence[int]) -> bool:
    between = any(first.end_line < start < second.start_line for start in starts)
    same = (first.path, first.exact) == (second.path, second.exact)
    return same and not between and second.other_start > first.other_end
