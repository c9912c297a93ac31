"""Shell lines of fences and code spans, as single commands with the folder that they run in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from ccm_gitops.context.document import Block, Document, split_lines
from ccm_gitops.context.inline import Span
from ccm_gitops.context.words import words


@dataclass(frozen=True)
class Command:
    """One command as it stands; `words` begin with the program, prompt and assignments left out.

    `folder`, from the root, is where it runs as far as the text tells; None for a place outside the
    repository, or none that is known. `is_said`: the same line says so. `before` and `after` are
    what the text around it tells. `is_plain`: nothing marks the line as a command, so that it may
    be prose. `made` are files that it, or a command before it in its fence, writes or fetches.
    `is_fenced`: it stands in a fence.
    """

    words: tuple[str, ...]
    folder: str | None
    is_said: bool
    line: int
    column: int
    before: str
    after: str
    is_plain: bool = False
    made: frozenset[str] = frozenset()
    is_fenced: bool = False


SHELLS = words(
    "bash sh shell zsh fish console terminal shell-session shellsession powershell ps1 cmd bat"
)
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[ \t]*(?P<language>[\w+-]*)")
_PROMPT = re.compile(r"^\s*(?:[\w@:~/()-]*[$%❯➜]) (?=\S)")
_TOKEN = re.compile(
    r"\s+"
    r"|(?P<redirect>\d?>>?(?:&\d|\s*[^\s;&|()<>]+)|&>>?\s*\S+|<<-?\s*[\"']?(?P<until>\w+)[\"']?)"
    r"|(?P<between>&&|\|\||[;|&()])"
    r"|(?P<word>(?:\"[^\"]*\"|'[^']*'|\$\([^)]{0,200}\)|<[A-Za-z][^<>\n]{0,40}>|\\.|[^\s;&|()<>])+)"
    r"|[<>]"
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
# They run what follows as if it stood alone.
_KEYWORDS = words("sudo time env nohup command exec do then else if while until ! {")
# What they bring is not of this repository, and often not in the folder that they are run in.
_FETCH = re.compile(r"(?:git clone|gh repo clone|unzip|tar|npx degit|(?:npx|npm) create\S*)\b")
_MAKE = words("touch mkdir cp mv curl wget")
_MOVES = frozenset({"cd", "pushd", "popd"})
_REMARK = re.compile(r"(?:^|\s)(?:#|//)\s*(?P<said>.*)")


def find_commands(
    document: Document, spans: Sequence[Span], base: str, folders: Set[str]
) -> Iterator[Command]:
    """Each command in a shell fence, a fence without a language, or a code span of several words.

    `base` is the folder of the file that speaks, `folders` are those of the repository, in their
    plain form. A `cd` of a line before holds for the rest of its fence.
    """
    for index, block in enumerate(document.blocks):
        if block.kind == "code" and (language := fence_language(block.text)) is not None:
            above = _introduction(document.blocks[:index][-2:])
            shell = _Shell(base.lower(), folders, above, is_plain=not language, is_fenced=True)
            yield from shell.read(block)
    for span in spans:
        if span.kind == "code" and " " in span.content:
            shell = _Shell(base.lower(), folders, f"{span.lead} {span.sentence[: span.offset]}")
            after = span.sentence[span.offset :].partition(span.content)[2]
            text = _PROMPT.sub("", span.content, count=1)
            yield from shell.run(text, span.line, span.column, after=after)


def fence_language(text: str) -> str | None:
    """The language of a block that may hold commands, empty for none; None for any other block."""
    fence = _FENCE.match(text)
    language = fence["language"].lower() if fence else ""
    return language if not language or language in SHELLS else None


def _introduction(before: Sequence[Block]) -> str:
    """The paragraph right above a fence, when it leads into it with a colon."""
    text = "".join(block.text for block in before if block.kind == "paragraph").strip()
    return text if text.rstrip("*_").endswith((":", "：")) else ""


@dataclass
class _Shell:
    """What a shell knows while it reads line by line: above all, where it is."""

    base: str
    folders: Set[str]
    above: str
    is_plain: bool = False
    here: str | None = ""
    left: list[str | None] = field(default_factory=list)
    made: frozenset[str] = frozenset()
    is_fenced: bool = False

    def read(self, block: Block) -> Iterator[Command]:
        lines = split_lines(block.text)
        prompted = [bool(_PROMPT.match(line)) for line in lines]
        self.is_plain = self.is_plain and not any(prompted)
        until, remark = "", ""
        for number, line in _whole_lines(lines):
            text = line.strip()
            if until or (any(prompted) and not prompted[number]):
                until = "" if text == until else until
                continue
            text = _PROMPT.sub("", text, count=1)
            if text.startswith("#") or not text:
                remark = text
                continue
            column = lines[number].find(text.split()[0]) + 1
            beside = _REMARK.search(text)
            after = beside["said"] if beside else ""
            yield from self.run(text, block.start_line + number, column, remark, after)
            until = next((m["until"] for m in _TOKEN.finditer(text) if m["until"]), "")

    def run(
        self, text: str, line: int, column: int, remark: str = "", after: str = ""
    ) -> Iterator[Command]:
        """The commands of one line; a `cd` that nothing follows stays in force after it."""
        here, is_said = self.here, False
        outer: list[tuple[str | None, bool]] = []
        before = f"{self.above} | {remark}" if remark else self.above
        stays = False
        for parts, start, between, written in _commands(text):
            self.made |= {*written, *_made(parts)}
            if parts:
                place = (line, column + start, before, after, self.is_plain)
                yield Command(tuple(parts), here, is_said, *place, self.made, self.is_fenced)
            if parts and parts[0] in _MOVES:
                here, is_said, stays = self._moved(here, parts), True, not outer
            elif parts:
                stays = False
                here = self.here = None if _FETCH.match(" ".join(parts)) else here
            if between == "(":
                outer.append((here, is_said))
            elif between == ")" and outer:
                here, is_said = outer.pop()
        self.here = here if stays else self.here

    def _moved(self, here: str | None, parts: Sequence[str]) -> str | None:
        target = next((part for part in parts[1:] if not part.startswith("-")), "")
        if parts[0] == "popd":
            return self.left.pop() if self.left else None
        if parts[0] == "pushd":
            self.left.append(here)
        return self._enter(here, target)

    def _enter(self, here: str | None, target: str) -> str | None:
        """The folder that a path leads to; people also write it from the root, or from the file."""
        if not target or target.startswith(("/", "~", "$", "-")):
            return None
        bare = target.rstrip("/").lower()
        if set(bare) <= {".", "/"}:
            moved = ".." if here is None else posixpath.normpath(posixpath.join(here, bare))
            return None if moved.startswith("..") else "" if moved == "." else moved
        for start in dict.fromkeys((here or "", self.base, "")):
            moved = posixpath.normpath(posixpath.join(start, bare))
            if moved in self.folders:
                return moved
        return None


def _whole_lines(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them, by the index of the first."""
    held, first = "", 0
    for number, line in enumerate(lines):
        first = first if held else number
        text = line.rstrip()
        if text.endswith("\\"):
            held += text.removesuffix("\\") + " "
            continue
        yield first, held + text
        held = ""
    if held:
        yield first, held


def _made(parts: Sequence[str]) -> Iterator[str]:
    """The names of what a command makes; a copy is made from something that is there."""
    if parts and parts[0] in _MAKE:
        yield from map(posixpath.basename, parts[-1:] if parts[0] in {"cp", "mv"} else parts)


def _commands(text: str) -> Iterator[tuple[list[str], int, str, list[str]]]:
    """Each command of a line: its words, where it starts, the sign that ends it, what it writes."""
    parts: list[str] = []
    written: list[str] = []
    start = 0
    for match in _TOKEN.finditer(text):
        if match["word"]:
            word = match[0]
            if word.startswith("#") or word == "//":
                break
            if not parts and (word in _KEYWORDS or _ASSIGNMENT.match(word)):
                continue
            start = start if parts else match.start()
            parts.append(word.strip("\"'"))
        elif match["redirect"] and ">" in match["redirect"]:
            written.append(posixpath.basename(match["redirect"].rpartition(">")[2].strip(" \"'")))
        elif match["between"]:
            yield parts, start, match["between"], written
            parts, written = [], []
    yield parts, start, "", written
