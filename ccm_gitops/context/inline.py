"""Code spans and links of the running text, with their place and what is said around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token

from ccm_gitops.context.document import Document

SpanKind = Literal["code", "link", "text", "command"]


@dataclass(frozen=True)
class Span:
    """A code span's content or a link's target; `sentence` is what it stands in.

    `lead` is what introduces it: the items above it in its list, the line before the list, the
    header of its table. `opens` says that an item or a cell begins with it,
    `offset` where in the sentence it begins. The kind `text` is a bare path in the running
    text, `command` a file that a command reads.
    """

    kind: SpanKind
    content: str
    line: int
    column: int
    sentence: str
    lead: str
    opens: bool = False
    offset: int = 0


# Bounded, so that a line of a megabyte takes linear time.
_SPAN = re.compile(
    r"(?<!`)(?P<ticks>`{1,3})(?!`)(?P<code>.{1,400}?)(?<!`)(?P=ticks)(?!`)"
    r"|\]\(\s*<?(?P<link>[^()\s<>]{1,400})>?(?:\s+[\"'][^\"'\n]{0,200}[\"'])?\s*\)"
    r"|(?P<url>\b[a-z][a-z+]{1,10}://\S{1,2000})"
    # A bare path: with a folder and an extension, or a folder in brackets.
    r"|(?<![\w/.@:~$<{}*`\\=\"'-])(?P<text>(?:\./)?(?:[\w.-]{1,60}/){1,12}[\w.+-]{1,80}"
    r"\.[a-z]{1,5}\b(?![/\w*<{(=]|\.\w)|(?<=\()(?:[\w.-]{1,60}/){1,8}(?=\)))",
    re.DOTALL,
)
# How far around a span its sentence is looked for, and how far on in its line the span itself:
# without an end to it, a line of a megabyte would take quadratic time.
_NEAR, _FAR = 500, 20_000
_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\bcf)[.!?;](?=\s|\*|$)|\n(?=\s*\n)")


def find_spans(document: Document) -> Iterator[Span]:
    """Every code span and link outside fences, HTML and front matter, in document order."""
    lead: list[str] = []
    depth = 0
    head = ""
    tokens = document.tokens
    for index, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open"} and depth == 0:
            lead, depth = [_introduction(tokens[max(0, index - 2) : index])], 0
        elif token.type == "list_item_open":
            depth += 1
        elif token.type == "list_item_close":
            depth -= 1
            del lead[depth + 1 :]
        elif token.type == "table_open":
            head = ""
        elif token.type == "inline" and token.map:
            in_table = tokens[index - 1].type in {"th_open", "td_open"}
            if tokens[index - 1].type == "th_open":
                head += f" {token.content}"
            if depth and len(lead) <= depth:
                lead.append(token.content)
            above = head if in_table else " ".join(lead[:depth])
            above = above[-_NEAR:]
            is_entry = in_table or tokens[index - 2].type == "list_item_open"
            yield from _spans(document, token, above, is_entry=is_entry)


def _introduction(before: Sequence[Token]) -> str:
    """The paragraph right before a list, when it leads into it with a colon."""
    if len(before) >= 2 and before[-1].type == "paragraph_close":
        text = before[-2].content.rstrip("*_ ")
        return text if text.endswith((":", "：")) else ""
    return ""


def _spans(document: Document, token: Token, lead: str, *, is_entry: bool) -> Iterator[Span]:
    text = token.content
    line = (token.map or [0])[0] + 1
    counted_to = searched_to = 0
    for match in _SPAN.finditer(text):
        if text.startswith("](", match.end()):
            continue  # the words of a link: its target is what counts
        kind: SpanKind = "link" if match["link"] else "text" if match["text"] else "code"
        content = match["link"] or match["text"] or (match["code"] or "").strip()
        if not content or match["url"]:
            continue
        breaks = text.count("\n", counted_to, match.start())
        line, counted_to = line + breaks, match.start()
        searched_to = 0 if breaks else searched_to
        found = document.lines[line - 1].find(content, searched_to, searched_to + _FAR)
        searched_to = max(found, searched_to)
        sentence, offset = _sentence(text, match.start(), match.end())
        opens = is_entry and not text[: match.start()].strip("*_ ")
        yield Span(kind, content, line, max(found, 0) + 1, sentence, lead, opens, offset)


def _sentence(text: str, start: int, end: int) -> tuple[str, int]:
    """The sentence around a place, and where in it the place is."""
    first, last = max(0, start - _NEAR), end + _NEAR
    begin = max((m.end() for m in _SENTENCE_END.finditer(text, first, start)), default=first)
    stop = _SENTENCE_END.search(text, end, last)
    return text[begin : stop.end() if stop else last], start - begin
