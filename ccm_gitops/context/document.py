"""A Markdown document as a tree of sections over byte-exact blocks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

BlockKind = Literal[
    "front_matter",
    "heading",
    "paragraph",
    "list",
    "code",
    "table",
    "quote",
    "html",
    "rule",
    "definition",
    "blank",
]


@dataclass(frozen=True)
class Block:
    """A run of whole lines; `text` is exact, line ends included. Lines count from 1, inclusive."""

    kind: BlockKind
    start_line: int
    end_line: int
    text: str


def _start(block: Block) -> int:
    return block.start_line


@dataclass(frozen=True)
class Section:
    """A heading with all that it governs.

    `blocks` are its own (the heading first), `children` the deeper sections. The root has level 0,
    an empty title and what stands before the first heading. `path` are the titles from the top down
    to this one. `end_line` is that of the subtree.
    """

    title: str
    level: int
    path: tuple[str, ...]
    start_line: int
    end_line: int
    blocks: tuple[Block, ...]
    children: tuple[Section, ...]

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Document:
    """A whole file; joining the blocks' texts gives `text` back, for every input.

    `tokens` are the parser's, of what stands below the front matter; `map` counts lines from 0.
    """

    text: str
    blocks: tuple[Block, ...]
    root: Section
    tokens: Sequence[Token] = field(repr=False, compare=False)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines with their line ends."""
        return tuple(split_lines(self.text))

    def within(self, start_line: int, end_line: int) -> Sequence[Block]:
        """The blocks that begin in lines `start_line` to `end_line`, inclusive."""
        first = bisect_left(self.blocks, start_line, key=_start)
        return self.blocks[first : bisect_right(self.blocks, end_line, key=_start)]

    def slice(self, start_line: int, end_line: int) -> str:
        """The exact text of lines `start_line` to `end_line`, inclusive."""
        return "".join(self.lines[start_line - 1 : end_line])


# CommonMark 2.1: a line ends at LF, CR or CRLF, and nowhere else.
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
# CommonMark 2.1 knows two blank characters; the byte order mark is no text either.
_BLANK = " \t\r\n\ufeff"
_FRONT_MATTER_KEY = re.compile(r"[\w\"'-][^:]*:(?:\s|$)")
_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "fence": "code",
    "code_block": "code",
    "table_open": "table",
    "blockquote_open": "quote",
    "html_block": "html",
    "hr": "rule",
    "definition": "definition",
}
_LONGEST_REMEMBERED = 200_000  # characters
# The parser's own limit of 20 would let a list nested ten deep swallow the rest of the document;
# at 200 it still stays far from Python's recursion limit.
_PARSER = MarkdownIt("commonmark", {"maxNesting": 200, "inline_definitions": True}).enable("table")


def split_lines(text: str) -> list[str]:
    """Cut a text into its lines, line ends included; `str.splitlines` would cut at U+2028 too."""
    return _LINE.findall(text)


def parse(text: str) -> Document:
    """Parse CommonMark with GFM tables and front matter; never fails, whatever the text."""
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _parse(text)


def _parse(text: str) -> Document:
    lines = split_lines(text)
    body_start = _front_matter_end(lines)
    blocks: list[Block] = []
    titles: dict[int, tuple[int, str]] = {}
    if body_start:
        blocks.append(Block("front_matter", 1, body_start, "".join(lines[:body_start])))
    tokens = _block_tokens(lines, body_start)
    for index, token in enumerate(tokens):
        kind = _KINDS.get(token.type)
        if token.level or kind is None or token.map is None:
            continue
        start, end = token.map
        end = _without_trailing_blanks(lines, start, end) if kind in {"list", "quote"} else end
        blocks.extend(_gap(lines, blocks, start))
        blocks.append(Block(kind, start + 1, end, "".join(lines[start:end])))
        if kind == "heading":
            titles[start + 1] = (int(token.tag[1]), _title(tokens[index + 1]))
    blocks.extend(_gap(lines, blocks, len(lines)))
    return Document(text, tuple(blocks), _sections(blocks, titles, len(lines)), tokens)


# A change has some ten texts; analysis, optimiser and proof ask for each of them in turn.
_remembered = lru_cache(maxsize=16)(_parse)


def _block_tokens(lines: Sequence[str], skip: int) -> list[Token]:
    # Lines left out as blanks keep the line numbers. Without the inline pass, which nobody needs,
    # the parser is several times faster.
    source = "\n" * skip + "".join(lines[skip:]).removeprefix("\ufeff")
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return _PARSER.block.parse(source, _PARSER, {}, []) or []


def _front_matter_end(lines: Sequence[str]) -> int:
    """How many lines the front matter takes; 0 when there is none, or when it is never closed."""
    if len(lines) < 2 or lines[0].removeprefix("\ufeff").rstrip() != "---":
        return 0
    # A rule followed by text opens documents too: metadata starts right away, with a key.
    if not _FRONT_MATTER_KEY.match(lines[1]) and not lines[1].startswith("#"):
        return 0
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() in {"---", "..."}:
            has_key = any(_FRONT_MATTER_KEY.match(between) for between in lines[1 : number - 1])
            return number if has_key else 0
    return 0


def _without_trailing_blanks(lines: Sequence[str], start: int, end: int) -> int:
    while end > start + 1 and not lines[end - 1].strip(_BLANK):
        end -= 1
    return end


def _gap(lines: Sequence[str], blocks: Sequence[Block], end: int) -> Iterator[Block]:
    """The lines between the last block and line index `end`: blank ones, as one block."""
    start = blocks[-1].end_line if blocks else 0
    if start < end:
        text = "".join(lines[start:end])
        yield Block("paragraph" if text.strip(_BLANK) else "blank", start + 1, end, text)


def _title(inline: Token) -> str:
    return " ".join(inline.content.split())


@dataclass
class _OpenSection:
    title: str
    level: int
    path: tuple[str, ...]
    start_line: int
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)

    def closed(self, end_line: int) -> Section:
        return Section(
            self.title,
            self.level,
            self.path,
            self.start_line,
            end_line,
            tuple(self.blocks),
            tuple(self.children),
        )


def _sections(
    blocks: Iterable[Block], titles: dict[int, tuple[int, str]], last_line: int
) -> Section:
    """Nest the blocks under their headings; `titles` maps a heading's line to level and title."""
    stack = [_OpenSection("", 0, (), 1)]

    def close(level: int, end_line: int) -> None:
        while stack[-1].level >= level:
            section = stack.pop().closed(end_line)
            stack[-1].children.append(section)

    for block in blocks:
        if block.kind == "heading":
            level, title = titles[block.start_line]
            close(level, block.start_line - 1)
            stack.append(_OpenSection(title, level, (*stack[-1].path, title), block.start_line))
        stack[-1].blocks.append(block)
    close(1, last_line)
    return stack[0].closed(last_line)
