"""Kinds: what a block is, in the few words of a pointer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ccm_gitops.context.document import Block, split_lines
from ccm_gitops.context.optimize.listings import is_tree
from ccm_gitops.context.optimize.wording import is_shell, language_of

TREE, FILES, TYPES = "directory tree", "file list", "type definitions"
VARIABLES = "environment variables"
MASS = frozenset({"sample data"})  # has no plural
CODES = frozenset({"code example", "sample data", "sample request", TYPES})

_TOP_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+(.*)")
_NAMED = re.compile(r"[*_📁📄\s]*`([^`]+)`")
_PATH = re.compile(r"[\w@.*{}\[\]-]+/[^\s]*|[\w@.-]+\.[a-z]{1,5}")
_VARIABLE = re.compile(r"\W*`[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:=[^`]*)?`")
_BRANCH = re.compile(r"[\s│|├└┣┗╠╚`+─━═-]*")
_DRAWN = re.compile(r"[─│┌┐└┘├┤┬┴┼═║╔╗╚╝▼▲►◄→←↓↑]|-->|<--|==>|\+-{3,}")
_MOSTLY = 0.7
_SET = re.compile(r"\s*(?:export\s+)?[A-Z][A-Z0-9_]+=(?:[\"'<{].*|\S*)\s*(?:#.*)?$")
_ASSIGNED = re.compile(r"\s*(?:export\s+)?[A-Z][A-Z0-9_]+=")
_COMMENT = re.compile(r"\s*#")
_TYPES = re.compile(
    r"(?:export |pub(?:\([^)]*\))? |public |declare |const )*(?:interface|type|struct|enum|union"
    r"|trait|protocol|message|model)\s+\w"
    r"|(?:pub )?const \w+ = (?:packed |extern )?(?:struct|union|enum|error)\b|@dataclass"
    r"|class \w+\((?:\w+\.)?(?:BaseModel|TypedDict|NamedTuple|SQLModel|Protocol)\)"
)
_TOP_LINE = re.compile(r"(?![}\])/#*]|//|--|import\b|from\b|use\b|package\b|namespace\b)\S")
_TABLES = re.compile(r"\bcreate\s+(?:table|type|view)\b", re.IGNORECASE)
_HTTP = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE) \S|HTTP/\d")
_BY_LANGUAGE = {
    **dict.fromkeys(("mermaid", "plantuml", "dot", "graphviz", "ascii"), "diagram"),
    **dict.fromkeys(("env", "dotenv", "properties"), VARIABLES),
    **dict.fromkeys(("json", "json5", "jsonc", "jsonl", "csv"), "sample data"),
    **dict.fromkeys(("yaml", "yml", "toml", "ini", "conf", "nginx"), "sample configuration"),
    **dict.fromkeys(("md", "markdown"), "template"),
    **dict.fromkeys(("prisma", "graphql", "proto", "protobuf"), TYPES),
}


def kind_of(block: Block) -> str:
    """What a block is, as a noun; nothing of a paragraph."""
    if block.kind == "code":
        return _kind_of_code(block)
    if block.kind in {"list", "table"}:
        return FILES if lists_files(block) else _kind_of_rows(block)
    return "quote" if block.kind == "quote" else ""


def lists_files(block: Block) -> bool:
    """Whether nearly all items of a list, or rows of a table, begin with a path."""
    heads = heads_of(block)
    named = [match[1] for match in map(_NAMED.match, heads) if match]
    return len(heads) > 1 and sum(map(bool, map(_PATH.fullmatch, named))) >= _MOSTLY * len(heads)


def heads_of(block: Block) -> list[str]:
    """The texts of the top items of a list, or the first cells of a table."""
    lines = split_lines(block.text)
    if block.kind == "table":
        return [line.strip().strip("|").split("|")[0].strip() for line in lines[2:]]
    return [match[1] for match in map(_TOP_ITEM.match, lines) if match]


def _kind_of_rows(block: Block) -> str:
    heads = heads_of(block)
    if heads and sum(map(bool, map(_VARIABLE.match, heads))) >= _MOSTLY * len(heads):
        return VARIABLES
    if block.kind == "table":
        return "table"
    return "steps" if block.text.lstrip()[:1].isdigit() else "list"


def _kind_of_code(block: Block) -> str:
    named = language_of(block)
    is_fenced, language = named is not None, named or ""
    lines = [line for line in split_lines(block.text)[is_fenced:] if line.strip()]
    lines = lines[:-1] if is_fenced else lines
    if is_tree(block) or not language:
        drawn = _kind_of_drawing(lines, fewest=0.3 if is_tree(block) else 0.6)
        if drawn:
            return drawn
    if language in _BY_LANGUAGE:
        return _BY_LANGUAGE[language]
    if is_shell(block):
        return VARIABLES if _assigns(lines, _SET) else "commands"
    if not language:
        return _kind_of_text(lines)
    return TYPES if _defines_types(lines) else "code example"


def _kind_of_drawing(lines: Sequence[str], *, fewest: float) -> str:
    """A tree where enough lines begin with a path, a diagram where many are drawn."""
    names = [_BRANCH.sub("", line, count=1).split("#")[0].strip() for line in lines]
    if sum(map(bool, map(_PATH.match, names))) >= fewest * len(lines) > 0:
        return TREE
    drawn = sum(map(bool, map(_DRAWN.search, lines)))
    return "diagram" if 3 * drawn >= len(lines) > 0 else ""


def _kind_of_text(lines: Sequence[str]) -> str:
    if _assigns(lines, _ASSIGNED):
        return VARIABLES
    if lines and _HTTP.match(lines[0]):
        return "sample request"
    if lines and lines[0].lstrip()[:1] in {"{", "["}:
        return "sample data"
    return TYPES if _defines_types(lines) else "sample"


def _assigns(lines: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether most lines, and more than one, give a value to a variable, and do no more."""
    said = [line for line in lines if not _COMMENT.match(line)]
    assigned = sum(map(bool, map(pattern.match, said)))
    return assigned > 1 and assigned >= _MOSTLY * len(said)


def _defines_types(lines: Sequence[str]) -> bool:
    """Whether most of what stands at the left edge begins a type or a table."""
    if any(map(_TABLES.search, lines)):
        return True
    top = [line for line in lines if _TOP_LINE.match(line)]
    return bool(top) and 2 * sum(map(bool, map(_TYPES.match, top))) > len(top)
