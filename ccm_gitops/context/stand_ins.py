"""Names that stand for others: `my-feature`, `foo.ts`, `YEAR.json`."""

from __future__ import annotations

import re

_STAND_IN = re.compile(
    r"(?:foo|bar|baz|qux|xxx+|yyy+|todo|name|path|script|file|filename|folder|dir|module|component|feature"
    r"|something|specific|example|sample|placeholder|some|my|your|new|the|a|x|y|n)(?:[-_.]?(?:\d+|name|file"
    r"|component|feature|module|test|spec|page|service|script|project|app|package|class|agent|skill"
    r"|tool|command))*|(?:my|your|some|new|example|sample)[-_].*|path[-_]to[-_].*|my[A-Z]\w*|.*(?:yyyy|xxx|nnn).*"
    r"|test_(?:module|file|feature|name|something|example|specific\w*|foo|x+)"
    r"|my(?:component|feature|module|service|test|page|app|class|hook|widget|model)\w*",
    re.IGNORECASE,
)
_ANY_VERSION = re.compile(r"(?:.*\D)?\d+\.[xX](?:\W.*)?")
# `Feature-N-Name`, `adr_XXXX`: letters that stand for a number or a name.
_PLACE_SIGN = re.compile(r"(?:^|[-_])(?:N{1,4}|X{1,4}|Name|NAME|YYYY|ID)(?=$|[-_])")
_CAPITALS = re.compile(r"[A-Z][A-Z_]*")
_DOCUMENT = frozenset({"md", "mdx", "rst", "txt"})


def is_stand_in(path: str) -> bool:
    """Whether some part of a path stands for another name: `my-feature`, `foo.ts`, `YEAR.json`."""
    *folders, name = path.split("/")
    stem, _, extension = name.partition(".")
    if extension.lower() not in _DOCUMENT and _CAPITALS.fullmatch(stem) and extension:
        return True
    parts = (*folders, stem)
    return bool(_ANY_VERSION.fullmatch(name)) or any(
        _STAND_IN.fullmatch(part) or _PLACE_SIGN.search(part) for part in parts
    )
