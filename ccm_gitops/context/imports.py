"""`@path` imports, which Claude Code puts in place of the mention when it loads a file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ccm_gitops.context.document import Document


@dataclass(frozen=True)
class Import:
    """One mention; `written` is what follows the `@`, `line` and `column` count from 1.

    `target` is the path from the repository's root; None where it leads out of the repository.
    """

    written: str
    target: str | None
    line: int
    column: int


# Claude Code's documentation: "imported files can recursively import … maximum depth of four hops".
MAX_HOPS = 4
# After white space or at the start of a line; a scope (`@acme/ui`), a handle and a decorator look
# alike, so that only the tree tells: what is no file there is no import.
_MENTION = re.compile(r"(?<!\S)@(?P<path>(?:~/|\./|\.\./|/)?[\w.](?:\\ |[^\s\\])*)")
_CODE = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?!`).{1,400}?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_TRAILING = ".,;:!?)*_\"'"


def find_imports(document: Document, path: str) -> Iterator[Import]:
    """Every mention in the text of the file at `path`, outside code, HTML and front matter."""
    folder = posixpath.dirname(path)
    for token in document.tokens:
        if token.type == "inline" and token.map and "@" in token.content:
            yield from _mentions(document, folder, token.content, token.map[0] + 1)


def _mentions(document: Document, folder: str, text: str, line: int) -> Iterator[Import]:
    content = _CODE.sub(lambda code: re.sub(r"[^\n]", "`", code[0]), text)
    counted_to = searched_to = 0
    for match in _MENTION.finditer(content):
        # Counted on from the last mention: a paragraph of a megabyte takes linear time.
        breaks = content.count("\n", counted_to, match.start())
        line, counted_to = line + breaks, match.start()
        searched_to = 0 if breaks else searched_to
        column = document.lines[line - 1].find(match[0], searched_to) + 1
        searched_to = column or searched_to
        written = match["path"].rstrip(_TRAILING).partition("#")[0].replace("\\ ", " ")
        if written:
            yield Import(written, _target(folder, written), line, max(column, 1))


def _target(folder: str, written: str) -> str | None:
    if written.startswith(("/", "~")):
        return None
    target = posixpath.normpath(posixpath.join(folder, written))
    return None if target == ".." or target.startswith("../") else target
