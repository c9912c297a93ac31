"""A YAML parser's complaint, put into words that say what to do."""

from __future__ import annotations

import yaml

from ccm_gitops.config.document import Position

_INDENTATION = "the indentation does not fit the lines above, or a ':' is missing"
# libyaml and PyYAML's own parser word the same things differently; both stand here.
_SENTENCES = (
    ("mapping values are not allowed", "a ':' is not expected here; quote a value that holds ': '"),
    (
        "sequence entries are not allowed",
        "a '-' cannot begin a list on the line of its key; put it on the next line, or write [ ]",
    ),
    ("unexpected end of stream", "the quote that opens here is never closed"),
    ("expected ',' or '}'", "expected ',' or '}' here; quote a value that holds braces or commas"),
    ("expected ',' or ']'", "expected ',' or ']' here; quote a value that holds brackets"),
    ("tab character", "a tab cannot indent YAML; use spaces"),
    ("could not find expected ':'", "a ':' is missing after this key"),
    ("did not find expected key", _INDENTATION),
    ("expected '-' indicator", _INDENTATION),
    ("expected <block end>", _INDENTATION),
    ("maximum nesting depth", "is nested deeper than 50 levels"),  # libyaml looks so far ahead
)


def explain_syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[Position, str]:
    """Where a parser stopped, and what to do about it."""
    problem, context = error.problem or "", error.context or ""
    mark = error.problem_mark or error.context_mark
    is_told_too_late = "end of stream" in problem or "could not find expected ':'" in problem
    if is_told_too_late and error.context_mark:
        mark = error.context_mark
    place = Position(mark.line + 1, mark.column + 1) if mark else Position(0, 0)
    if "scanning an alias" in context or "scanning an anchor" in context:
        name = "an alias" if "alias" in context else "an anchor"
        sign = "*" if "alias" in context else "&"
        return _before(place), f"'{sign}' begins {name} in YAML; put the value in quotes"
    if "cannot start any token" in problem:
        return place, _bad_start(_character(text, place))
    for needle, sentence in _SENTENCES:
        if needle in problem:
            return place, sentence
    return place, f"is not valid YAML: {problem}"


def _before(place: Position) -> Position:
    return Position(place.line, max(1, place.column - 1))


def _character(text: str, place: Position) -> str:
    lines = text.split("\n")
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    return line[place.column - 1 : place.column]


def _bad_start(character: str) -> str:
    if character == "\t":
        return "a tab cannot indent YAML; use spaces"
    return f"a value cannot begin with '{character}'; put it in quotes"
