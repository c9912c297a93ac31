"""Files that commands read: `./scripts/check.sh`, `pytest tests/test_x.py`, `compose -f x.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ccm_gitops.context.document import Document, split_lines
from ccm_gitops.context.inline import Span
from ccm_gitops.context.words import words

# Whose first path is the program, and what follows are its arguments.
_INTERPRETERS = words("bash sh zsh source . python python3 node ruby tsx ts-node bun deno php perl")
# All of whose paths are read.
_READERS = words(
    "pytest rspec jest vitest mypy ruff grep cat less head tail wc chmod docker kubectl pip"
)
# Which hand on to a test program what their script does not know.
_MANAGERS = words("npm pnpm yarn bun turbo nx")
_TESTERS = words("pytest rspec jest vitest")
# They run what follows as if it stood alone.
_WRAPPERS = words("sudo time env npx uv poetry pipenv pdm hatch bundle run exec compose --")
_SCRIPT = re.compile(r"[\w./-]+\.(?:sh|bash|zsh|py|rb|js|mjs|cjs|ts|ps1)")
_WINDOWS_SCRIPT = re.compile(r"(?:\.\\)?(?:[\w.-]+\\)+[\w.-]+\.(?:bat|cmd|ps1)", re.IGNORECASE)
_READ = re.compile(
    r"(?:\./)?[\w.-]+(?:/[\w.-]+)+\.(?:py|rb|[jt]sx?|mjs|go|sh|sql|ya?ml|toml|json|txt|md)"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml|requirements[\w.-]*\.txt|(?:\./)?tests?/"
)
_TEST_FILE = re.compile(r"(?:\./)?(?:[\w.-]+/)+[\w.-]+\.(?:test|spec)\.[cm]?[jt]sx?")
_BELOW_TESTS = re.compile(r"(?:\./)?(?:[\w.-]+/)*(?:__tests__|tests?|spec)(?:/[\w-]+)+/?")
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|&&|\|\||[;|&]|[^\s\"';&|]+")
_BETWEEN = frozenset({"&&", "||", ";", "|", "&"})
_ASSIGNMENT = re.compile(r"\w+=")
_SHELLS = words(
    "bash sh shell zsh fish console terminal shell-session shellsession powershell ps1 cmd bat"
)
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[ \t]*(?P<language>[\w+-]*)")
# What is fetched on the way, or stands in another repository, is not here.
_FETCHES = re.compile(
    r"\b(?:wget|git clone|unzip|tar|gh repo clone|degit|npx create|touch|mkdir)\b|<<|\s>>?\s*[\w./]"
    r"|\bcurl\b[^\n]*(?:\s-[a-zA-Z]*[oO]\b|--output|\|)"
)


def find_scripts(document: Document, spans: Iterable[Span]) -> Iterator[Span]:
    """Each file that a command reads, in fences and code spans, with what is said beside it."""
    for block in document.blocks:
        if block.kind == "code" and _is_shell(block.text) and not _FETCHES.search(block.text):
            for number, line in enumerate(split_lines(block.text), start=block.start_line):
                command, _, remark = line.partition(" #")
                for path in _files(command):
                    said = f"`{path}` {remark.strip()}"
                    yield Span("command", path, number, line.find(path) + 1, said, "")
    for span in spans:
        if span.kind == "code" and " " in span.content and not _FETCHES.search(span.content):
            for path in _files(span.content):
                column = span.column + span.content.find(path)
                yield Span("command", path, span.line, column, span.sentence, span.lead)


def _is_shell(text: str) -> bool:
    fence = _FENCE.match(text)
    language = fence["language"].lower() if fence else ""
    return not language or language in _SHELLS


def _files(line: str) -> Iterator[str]:
    command: list[str] = []
    for word in [*_WORD.findall(line.strip().removeprefix("$ ")), ";"]:
        if word not in _BETWEEN:
            command.append(word)
            continue
        yield from _read_by(command)
        command = []


def _read_by(command: Sequence[str]) -> Iterator[str]:
    """The paths that one command reads; its options' values count as paths too."""
    rest = list(command)
    program = ""
    while rest and (rest[0] in _WRAPPERS or _ASSIGNMENT.match(rest[0]) or not program):
        word = rest.pop(0)
        program = program or ("" if _ASSIGNMENT.match(word) or word in _WRAPPERS else word)
    if _WINDOWS_SCRIPT.fullmatch(program):
        yield program
    elif program.startswith("./") or (program.endswith(".sh") and "/" in program):
        yield from (program,) if _SCRIPT.fullmatch(program) else ()
    elif program == "go" and rest[:1] and rest[0] in {"run", "build", "test", "vet"}:
        yield from (word.removesuffix("/...") for word in rest if word.startswith("./"))
    elif program in _INTERPRETERS and rest[:1] != ["-m"]:
        first = next((word for word in rest if not word.startswith("-")), "")
        yield from (first,) if _SCRIPT.fullmatch(first.partition("::")[0]) else ()
    elif program in _READERS or rest[:2] == ["-m", "pytest"]:
        bare = ((word, re.sub(r"::?[\w:.-]*$", "", word)) for word in rest)
        is_test = program in _TESTERS or "pytest" in rest
        yield from (
            word
            for word, path in bare
            if _READ.fullmatch(path) or (is_test and _BELOW_TESTS.fullmatch(path))
        )
    elif program in _MANAGERS:
        yield from (word for word in rest if _TEST_FILE.fullmatch(word))
