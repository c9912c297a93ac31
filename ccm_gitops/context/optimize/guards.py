"""What an optimisation leaves where it stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from urllib.parse import unquote

from ccm_gitops.context.document import Block, Document, Section, split_lines
from ccm_gitops.context.links import anchored, loose
from ccm_gitops.context.optimize.wording import CODE_SPAN, forbids, is_shell

# A path, a document or a name in capitals; `@app.cell` decorates, `depends on @acme/paths` names.
_IMPORT = re.compile(
    r"(?:^|\s)@(?:[~.]{0,2}/|[\w./-]+/[\w.-]*\.\w|[\w-]*\.(?:mdx?|txt|json|ya?ml|toml)\b|[A-Z]{4,}\b)"
    r"|^\s*(?:[-*+]\s+)?@[\w.-]+/"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BEGIN, _END = (
    re.compile(
        rf"<!--\s*(?:{mark})\b|<!--(?:(?!<!--).)*\b(?:{mark})\s*-->"
        rf"|(?<!=)={{3,}}[^=\n]*\b(?:{mark})\b[^=\n]*={{3}}",
        re.IGNORECASE,
    )
    for mark in ("BEGIN|START", "END")
)
_KEEP = re.compile(r"<!--\s*ccm:\s*keep\s*-->")
_ANCHOR = re.compile(r"(?:\]\(\s*<?|href=[\"']|^ {0,3}\[[^\]]+\]:\s*<?)#([^)>\s\"']+)")
_LABEL = re.compile(r"\[([^\[\]]+)\](?!\()")
_NUMBER = re.compile(r"-\d+$")
_DEFINITION = re.compile(r" {0,3}\[([^\[\]]+)\]:")


@dataclass(frozen=True)
class Guards:
    """Lines (from 1) that may not leave the file.

    fixed: the first line, front matter, comments, managed blocks, imports, what is marked to keep.
    instructions: prohibitions and shell commands. links: the lines that name an anchor or
    a label; targets: the lines that offer one; both in order.
    """

    fixed: frozenset[int]
    instructions: frozenset[int]
    links: Mapping[str, Sequence[int]]
    targets: Sequence[tuple[int, str]]

    def allow(self, start: int, end: int, *, with_instructions: bool = False) -> bool:
        """Whether lines `start` to `end` may go; instructions among them only where asked."""
        cut = range(start, end + 1)
        is_free = self.fixed.isdisjoint(cut) and (
            with_instructions or self.instructions.isdisjoint(cut)
        )
        return is_free and not self._serves_others(cut)

    def with_fixed(self, lines: Set[int]) -> Guards:
        """The same guards, and some more lines that may not leave the file."""
        return replace(self, fixed=self.fixed | lines)

    def _serves_others(self, cut: range) -> bool:
        first = bisect_left(self.targets, (cut.start, ""))
        last = bisect_left(self.targets, (cut.stop, ""))
        return any(
            lines[0] < cut.start or lines[-1] >= cut.stop
            for _, name in self.targets[first:last]
            if (lines := self.links.get(name))
        )


def guard(document: Document) -> Guards:
    """Read the guards of a document."""
    fixed = {1, *_managed(document), *_never_closed(document)}
    for section in marked_to_keep(document.root):
        fixed.update(range(section.start_line, section.end_line + 1))
    instructions: set[int] = set()
    for block in document.blocks:
        lines = range(block.start_line, block.end_line + 1)
        if block.kind == "front_matter" or (block.kind == "html" and "<!--" in block.text):
            fixed.update(lines)
        if is_shell(block):
            instructions.update(lines)
        for number, line in _numbered(block):
            if forbids(line, in_code=block.kind == "code"):
                instructions.add(number)
            if block.kind != "code" and _IMPORT.search(CODE_SPAN.sub("", line)):
                fixed.add(number)
    links, targets = _references(document)
    fixed.update(_counted(links, targets))
    return Guards(frozenset(fixed), frozenset(instructions), links, sorted(targets))


def _managed(document: Document) -> Iterator[int]:
    """Lines between a BEGIN comment and its END, both included; an open one runs to the end."""
    depth = 0
    for block in document.blocks:
        comment = block.text if block.kind in {"html", "heading", "paragraph"} else ""
        depth += len(_BEGIN.findall(comment))
        if depth:
            yield from range(block.start_line, block.end_line + 1)
        depth = max(0, depth - len(_END.findall(comment)))


def _never_closed(document: Document) -> Iterator[int]:
    """Lines of a fence or HTML that only the end of the file ends: elsewhere it would run on."""
    last = next((b for b in reversed(document.blocks) if b.kind != "blank"), None)
    if last and (last.kind == "html" or is_open_fence(last)):
        yield from range(last.start_line, last.end_line + 1)


def is_open_fence(block: Block) -> bool:
    """Whether a block is a fence that nothing closes."""
    fence = _FENCE.match(block.text) if block.kind == "code" else None
    closing = split_lines(block.text)[-1].strip()
    is_one_line = len(split_lines(block.text)) == 1
    return fence is not None and (
        is_one_line or len(closing) < len(fence[1]) or bool(closing.strip(fence[1][0]))
    )


def marked_to_keep(root: Section) -> Iterator[Section]:
    """The sections that hold a keep comment, or that one stands right above."""
    above = False
    for section in root.walk():
        texts = [block.text for block in section.blocks if block.kind != "blank"]
        if above or any(map(_KEEP.search, texts)):
            yield section
        above = bool(texts) and bool(_KEEP.search(texts[-1]))


def _references(document: Document) -> tuple[dict[str, list[int]], list[tuple[int, str]]]:
    """The lines that use each anchor or label, and what is offered, as (line, name)."""
    links: defaultdict[str, list[int]] = defaultdict(list)
    targets = [(line, f"#{name}") for line, name in anchored(document)]
    for block in document.blocks:
        if block.kind == "code":
            continue
        for number, line in _numbered(block):
            definition = _DEFINITION.match(line)
            if definition:
                targets.append((number, definition[1].lower()))
            uses = line[definition.end() :] if definition else line
            names = [f"#{loose(unquote(anchor))}" for anchor in _ANCHOR.findall(line)]
            for name in (*names, *map(str.lower, _LABEL.findall(uses))):
                links[name].append(number)
    return links, targets


def _counted(
    links: Mapping[str, Sequence[int]], targets: Sequence[tuple[int, str]]
) -> Iterator[int]:
    """The lines of headings of one title, where a link has the number that tells them apart."""
    names = {name for _, name in targets if name.startswith("#")}
    titles = names & {
        _NUMBER.sub("", name) for name in names & links.keys() if _NUMBER.search(name)
    }
    yield from (line for line, name in targets if _NUMBER.sub("", name) in titles)


def _numbered(block: Block) -> Iterator[tuple[int, str]]:
    yield from enumerate(split_lines(block.text), start=block.start_line)
