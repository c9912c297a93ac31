"""Files that commands read: `./scripts/check.sh`, `pytest tests/test_x.py`, `compose -f x.yml`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ccm_gitops.context.inline import Span, SpanKind
from ccm_gitops.context.shell import Command
from ccm_gitops.context.words import words

# Whose first path is the program, and what follows are its arguments.
_INTERPRETERS = words("bash sh zsh source . python python3 node ruby tsx ts-node bun deno php perl")
# All of whose paths are read.
_READERS = words(
    "pytest rspec jest vitest playwright mocha mypy ruff grep cat less head tail wc chmod"
    " docker kubectl dotnet terraform ansible-playbook helm psql sqlite3 alembic"
)
# Which hand on to a test program what their script does not know.
_MANAGERS = words("npm pnpm yarn bun turbo nx")
_TESTERS = words("pytest rspec jest vitest playwright mocha")
# They run what follows as if it stood alone.
_WRAPPERS = words("sudo time env npx uv poetry pipenv pdm hatch bundle run exec compose --")
_SCRIPT = re.compile(r"[\w./-]+\.(?:sh|bash|zsh|py|rb|js|mjs|cjs|ts|ps1)")
_WINDOWS_SCRIPT = re.compile(r"(?:\.\\)?(?:[\w.-]+\\)+[\w.-]+\.(?:bat|cmd|ps1)", re.IGNORECASE)
_READ = re.compile(
    r"(?:\./)?[\w.-]+(?:/[\w.-]+)+\.(?:py|rb|[jt]sx?|mjs|go|sh|sql|ya?ml|toml|json|txt|md)"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml|requirements[\w.-]*\.txt|(?:\./)?tests?/"
    r"|(?:[\w-]+/)*\.env\.(?:example|sample|template|dist)"
)
_TEST_FILE = re.compile(r"(?:\./)?(?:[\w.-]+/)+[\w.-]+\.(?:test|spec)\.[cm]?[jt]sx?")
_BELOW_TESTS = re.compile(r"(?:\./)?(?:[\w.-]+/)*(?:__tests__|tests?|spec)(?:/[\w-]+)+/?")
# Committed by everybody who uses them; other programs without an extension may be built.
_PROGRAM = re.compile(r"\./(?:gradlew|mvnw|artisan|(?:scripts?|tools|hack|ci|dev)/[\w-]+)")
_FOLDER = re.compile(r"(?:\./)?[\w.-]+(?:/[\w.-]+)+/?")
_ASSIGNMENT = re.compile(r"\w+=")


def find_scripts(commands: Iterable[Command]) -> Iterator[Span]:
    """Each file that a command reads, with what is said beside it."""
    for command in commands:
        if command.folder is None:
            continue
        for path in _read_by(command.words):
            if posixpath.basename(path) not in command.made:
                kind: SpanKind = "code" if command.words[0] == "cd" else "command"
                said = f"`{path}` {command.after}"
                yield Span(kind, path, command.line, command.column, said, "")


def _read_by(command: Sequence[str]) -> Iterator[str]:
    """The paths that one command reads; its options' values count as paths too."""
    rest = list(command)
    program = ""
    while rest and (rest[0] in _WRAPPERS or _ASSIGNMENT.match(rest[0]) or not program):
        word = rest.pop(0)
        program = program or ("" if _ASSIGNMENT.match(word) or word in _WRAPPERS else word)
    if program.startswith("./") or "/" in program or "\\" in program:
        yield from (program,) if _is_program(program) else ()
    elif program in _INTERPRETERS and rest[:1] != ["-m"]:
        first = next((word for word in rest if not word.startswith("-")), "")
        if first == "test":
            yield from (word for word in rest if _TEST_FILE.fullmatch(word))
        yield from (first,) if _SCRIPT.fullmatch(first.partition("::")[0]) else ()
    elif program in _READERS or rest[:2] == ["-m", "pytest"]:
        yield from _read_files(rest, is_test=program in _TESTERS or "pytest" in rest)
    else:
        yield from _named(program, rest)


def _is_program(path: str) -> bool:
    if not path.startswith("./") and not path.endswith(".sh"):
        return bool(_WINDOWS_SCRIPT.fullmatch(path))
    return bool(_SCRIPT.fullmatch(path) or _PROGRAM.fullmatch(path))


def _read_files(rest: Sequence[str], *, is_test: bool) -> Iterator[str]:
    for word in rest:
        path = re.sub(r"::?[\w:.-]*$", "", word)
        if _READ.fullmatch(path) or (is_test and _BELOW_TESTS.fullmatch(path)):
            yield word


def _named(program: str, rest: Sequence[str]) -> Iterator[str]:
    """What programs read of which only some words are paths."""
    if program in {"cd", "pushd"}:
        yield from (f"{word}/" for word in rest[:1] if _FOLDER.fullmatch(word))
    elif program in {"cp", "mv"}:
        yield from (word for word in rest[:-1] if _READ.fullmatch(word))
    elif program == "go" and rest[:1] and rest[0] in {"run", "build", "test", "vet"}:
        packages = (word.removesuffix("/...") for word in rest if word.startswith("./"))
        yield from (word for word in packages if word.strip("./"))
    elif program == "pip":
        yield from (name for sign, name in pairwise(rest) if sign in {"-r", "-c", "--requirement"})
    elif program in _MANAGERS:
        yield from (word for word in rest if _TEST_FILE.fullmatch(word))
