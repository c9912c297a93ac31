"""Secrets: `${NAME}` becomes a value that prints as `***` and is never part of a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ccm_gitops.errors import SecretError

_REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")
MASK = "***"


class Secret:
    """A value for one use; `reveal()` is the only way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def resolve(template: str, environ: Mapping[str, str]) -> Secret:
    """Fill `${NAME}` and `${NAME:-default}` from the environment.

    An empty variable counts as missing, as `:-` does in a shell.
    Raises SecretError that names the variable, never its value.
    """

    def value(match: re.Match[str]) -> str:
        found = environ.get(match["name"], "") or match["default"]
        if found is None:
            raise SecretError(f"the environment variable {match['name']} is not set")
        return found

    return Secret(_REFERENCE.sub(value, template))


def variables(template: str) -> tuple[str, ...]:
    """The names that a template asks the environment for, in order."""
    return tuple(match["name"] for match in _REFERENCE.finditer(template))


def mask(text: str, secrets: Iterable[Secret]) -> str:
    """The text with each secret replaced by `***`; for output that we did not write ourselves."""
    # Longest first: a secret that contains another one is masked whole.
    for value in sorted((s.reveal() for s in secrets), key=len, reverse=True):
        if value:
            text = text.replace(value, MASK)
    return text


def redact(text: str) -> str:
    """The text with the user part and the query of every URL replaced: they may hold secrets."""
    text = re.sub(r"(?<=://)[^/@\s]+@", "***@", text)
    return re.sub(r"(://[^\s?'\"]*)\?[^\s'\"]*", r"\1?***", text)
