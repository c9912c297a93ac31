"""Values and types of a configuration in plain words, for messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ccm_gitops.config.suggest import shown

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_TITLES = {
    "id": "an id such as daily-analysis",
    "duration": "a duration such as 30s, 5m, 2h, 1d or 1h30m",
    "size": "a size such as 512MiB or 2GiB",
    "rate": "a rate such as 1/s, 30/m or 100/h",
    "span of hours": "a span of hours such as 22:00-07:00",
}
_TRUTHS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def listed(words: Sequence[str], conjunction: str = "or") -> str:
    """`a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def describe(value: Any) -> str:
    """A value as a reader of the file would name it."""
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return shown(value)
        case list():
            return "a list"
    return "a mapping"


def type_mismatch(value: Any, wanted: str | list[str], schema: Any) -> str:
    """What a value of the wrong type should be, and how to write it where that is clear."""
    names = wanted if isinstance(wanted, list) else [wanted]
    title = _TITLES.get(schema.get("title", ""))
    expected = title or listed([_TYPES[name] for name in names])
    return f"must be {expected}, but is {describe(value)}{_remedy(value, names[0], title)}"


def _remedy(value: Any, wanted: str, title: str | None) -> str:
    if value is None:
        return "; fill it in or remove the key"
    if wanted == "string" and not title and isinstance(value, int | float):
        return "; put it in quotes"
    if wanted == "array" and isinstance(value, str):
        return f"; write [{value}]" if value.isalnum() else "; write it in [ ]"
    if wanted == "array" and isinstance(value, dict):
        return "; begin each entry with `- `"
    if wanted == "boolean" and isinstance(value, str):
        word = value.casefold()
        truth = _TRUTHS.get(word, word)
        return f"; write {truth}" if truth in ("true", "false") else ""
    if wanted in ("integer", "number") and isinstance(value, str) and value.isdigit():
        return "; remove the quotes"
    return ""
