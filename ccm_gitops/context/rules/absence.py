"""What a file says not to be there, and the repository has."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ccm_gitops.context.hedges import is_elsewhere
from ccm_gitops.context.inline import Span
from ccm_gitops.context.rules.model import RuleContext
from ccm_gitops.context.rules.progress import Contradiction


@dataclass(frozen=True)
class _Absence:
    """What a file may say not to be there, and the paths that show it is, from the file's folder.

    `fewest` such paths prove it.
    """

    noun: str
    evidence: re.Pattern[str]
    fewest: int = 1


_TESTS = re.compile(
    r"(?:.+/)?(?:test_[^/]+\.py|[^/]+_test\.(?:py|go|rb|dart|cc|cpp|exs)|[^/]+_spec\.rb"
    r"|[^/]+\.(?:test|spec)\.[cm]?[jt]sx?|[^/]+Tests?\.(?:java|kt|cs|swift|php))"
)
_OTHERS_CODE = re.compile(
    r"(?:^|/)(?:node_modules|vendor|third_party|fixtures?|examples?|templates?|samples?)/"
)
_ABSENCES: Sequence[_Absence] = (
    _Absence(
        r"(?:existing |automated |unit )*tests?(?: (?:suite|files?|cases?|framework|runner))?",
        _TESTS,
        fewest=3,
    ),
    _Absence(
        r"(?:CI|continuous integration)(?:/CD)?(?: pipeline| workflow)?s?",
        re.compile(
            r"\.github/workflows/[^/]*(?:ci|test|build|check|lint)[^/]*\.ya?ml|\.gitlab-ci\.yml"
            r"|\.circleci/config\.yml|azure-pipelines\.yml|jenkinsfile|\.travis\.yml",
            re.IGNORECASE,
        ),
    ),
    _Absence(
        r"lint(?:er|ing)(?: config\w*)?",
        re.compile(
            r"eslint\.config\.\w+|\.eslintrc(?:\.\w+)?|biome\.jsonc?|ruff\.toml|\.flake8|\.rubocop\.yml"
            r"|\.golangci\.ya?ml|\.pylintrc"
        ),
    ),
    _Absence(
        r"formatter(?: config\w*)?", re.compile(r"\.prettierrc(?:\.\w+)?|prettier\.config\.\w+")
    ),
    _Absence(
        r"database",
        re.compile(r"prisma/schema\.prisma|drizzle\.config\.\w+|alembic\.ini|db/schema\.rb"),
    ),
    _Absence(r"docker ?file", re.compile(r"dockerfile", re.IGNORECASE)),
    _Absence(r"make ?file", re.compile(r"makefile", re.IGNORECASE)),
    _Absence(r"readme", re.compile(r"readme\.\w+", re.IGNORECASE)),
)
_HERE = (
    r"(?: (?:yet|currently|at (?:the moment|present)|so far|configured|set up|defined|written"
    r"|(?:at all )?in (?:the|this) (?:repo(?:sitory)?|project|codebase|code base|package)))*"
)
_THIS = r"(?:the|this) (?:repo(?:sitory)?|project|codebase|package|app)"
# A whole sentence, or a part of one between signs. `No tests exist: write some` is a condition.
_CLAIM = (
    r"(?:^|[.;(—–]\s*|:\s+|\s-\s)\**(?:currently,? |at the moment,? |note: )?"
    r"(?:(?:there (?:is|are) (?:currently |still )?no|(?:we|{this}) (?:currently )?ha(?:s|ve) no)"
    r" {noun}{here}\**\s*(?:$|[.;,:)!—–]|\s-\s)"
    r"|(?:no {noun} (?:exists?|(?:is|are) (?:configured|set up|written|defined)){here}"
    r"|no existing {noun}{here}"
    r"|no {noun} (?:yet|configured|set up|so far|in {this}){here})\**\s*"
    r"(?:$|[.;)!]|(?=, (?:so|which|hence)\b)))"
)
_LONGEST = 2_000
_PATTERNS = tuple(
    (re.compile(_CLAIM.format(noun=f"(?:{a.noun})", here=_HERE, this=_THIS), re.IGNORECASE), a)
    for a in _ABSENCES
)


def denied_kinds(context: RuleContext) -> Iterator[Contradiction]:
    """Tests, a linter and the like that are said not to be there and are."""
    for number, line in _statements(context):
        for pattern, absence in _PATTERNS:
            match = pattern.search(line)
            proof = _proof(context, absence) if match else []
            if match and proof:
                yield Contradiction(number, match[0].strip(" -*.;:,()—–!\n"), _shown(proof))


def _statements(context: RuleContext) -> Iterator[tuple[int, str]]:
    """The lines of items and paragraphs that deny something; a table's cells are cases."""
    for before, token in pairwise(context.document.tokens):
        if token.type != "inline" or not token.map or before.type != "paragraph_open":
            continue
        for number, line in enumerate(token.content.split("\n"), start=token.map[0] + 1):
            titles = " / ".join(context.section_at(number).path)
            if " no " in f" {line[:_LONGEST].lower()}" and not is_elsewhere(titles):
                yield number, line[:_LONGEST]


def _proof(context: RuleContext, absence: _Absence) -> list[str]:
    base = posixpath.dirname(context.file.path).removesuffix(".claude").rstrip("/")
    start = f"{base}/" if base else ""
    found = []
    for path in context.tree.paths():
        if not path.startswith(start) or _OTHERS_CODE.search(path):
            continue
        if absence.evidence.fullmatch(path[len(start) :]):
            found.append(path)
    return sorted(found) if len(found) >= absence.fewest else []


def _shown(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"the repository has {paths[0]}{more}"


_NO_SUCH = re.compile(r"(?:^|[.;:]\s*)\W*there is (?:currently )?no\W*$", re.IGNORECASE)
_IS_ABSENT = re.compile(
    r"^`?\**\s*(?:does not|doesn['’]t) exist(?: yet)?\s*(?:$|[.;,)])", re.IGNORECASE
)
_ENDS = re.compile(
    r"^`?\**\s*(?:yet|anymore|any more|file|folder|directory)?\s*(?:$|[.;:,—–]|\s-\s)"
)
_MIN_NAME = re.compile(
    r"[\w.-]+(?:/[\w.-]+)*\.\w+|[\w.-]+(?:/[\w.-]+)+/?|[\w.-]{2,}/|Makefile|Dockerfile"
)


def denied_paths(context: RuleContext) -> Iterator[Contradiction]:
    """Paths said not to exist that do; a word on where, or for whom, makes it another claim."""
    base = posixpath.dirname(context.file.path)
    for span in context.spans:
        if span.kind != "code" or not _MIN_NAME.fullmatch(span.content):
            continue
        before, after = span.sentence[: span.offset], _after(span)
        starts = not before.strip(" \t\n-*#>")
        if not (_NO_SUCH.search(before) and _ENDS.search(after)) and not (
            starts and _IS_ABSENT.search(after)
        ):
            continue
        path = posixpath.normpath(posixpath.join(base, span.content))
        if context.paths.has(path):
            yield Contradiction(span.line, span.content, f"the repository has {path}")


def _after(span: Span) -> str:
    return span.sentence[span.offset :].partition(span.content)[2]
