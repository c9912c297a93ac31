"""Values written as YAML, in the style of the configurations of this program."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ccm_gitops.config.scalars import read_scalar

WIDTH = 100
_STEP = 2
_PLAIN = re.compile(r"[\w./](?:[\w./@+ -]*[\w./@+-])?")
_VARIABLE = re.compile(r"\$\{[A-Za-z_]\w*\}", re.ASCII)
# What JSON leaves as it is and YAML takes for a line break, or refuses.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_RESOLVER: Any = yaml.SafeLoader("")


def inline(value: Any, *, quote: str = "plain", in_flow: bool = False) -> str:
    """A value on one line; `quote` (plain, ' or \") is how a text is written where it can be."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value, quote, in_flow=in_flow)
        case Mapping():
            pairs = (
                f"{inline(key, in_flow=True)}: {inline(item, in_flow=True)}"
                for key, item in value.items()
            )
            return f"{{{', '.join(pairs)}}}"
        case Sequence():
            return f"[{', '.join(inline(item, in_flow=True) for item in value)}]"
    return str(value)


def pair_lines(key: str, value: Any, indent: int) -> list[str]:
    """`key: value` on one line where that fits, else the value in block style below its key."""
    head = f"{' ' * indent}{inline(key)}:"
    line = f"{head} {inline(value)}"
    if len(line) <= WIDTH or not value or not isinstance(value, dict | list):
        return [line]
    return [head, *block_lines(value, indent + _STEP)]


def block_lines(value: dict[str, Any] | list[Any], indent: int) -> list[str]:
    """A mapping or list that is not empty in block style, a line a string."""
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in pair_lines(key, item, indent)]
    return [line for item in value for line in item_lines(item, indent)]


def item_lines(value: Any, indent: int, *, is_flow: bool = False) -> list[str]:
    """An item of a list in block style; `is_flow` writes a mapping on one line."""
    pad = " " * indent
    if is_flow or not value or not isinstance(value, dict | list):
        return [f"{pad}- {inline(value)}"]
    first, *rest = block_lines(value, indent + _STEP)
    return [f"{pad}- {first.lstrip()}", *rest]


def _text(text: str, quote: str, *, in_flow: bool) -> str:
    is_plain = _PLAIN.fullmatch(text) or (not in_flow and _VARIABLE.fullmatch(text))
    if quote == "plain" and is_plain and _stays_text(text):
        return text
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return _ESCAPED.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False)
    )


def _stays_text(text: str) -> bool:
    """Whether readers of YAML 1.1, who know `on` and dates, take it for text as 1.2 does."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return tag == "tag:yaml.org,2002:str" and read_scalar(text) == text
