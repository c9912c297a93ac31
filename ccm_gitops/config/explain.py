"""What jsonschema finds wrong with a configuration, in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from ccm_gitops.config.document import Finding, KeyPath
from ccm_gitops.config.ids import slug
from ccm_gitops.config.schema import load_schema, matches_pattern
from ccm_gitops.config.suggest import closest, did_you_mean, shown
from ccm_gitops.config.words import describe, listed, type_mismatch

_SIGNS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "==": "eq"}
_FORMS = {
    "id": "ids are lower-case letters, digits and hyphens",
    "duration": "write it as 30s, 5m, 2h, 1d or 1h30m",
    "header": "names of headers are letters, digits and hyphens",
    "span of hours": "write it as 22:00-07:00",
    "size": "write it as 512MiB or 2GiB",
    "rate": "write it as 1/s, 30/m or 100/h",
    "variable": "variables are letters, digits and underscores",
}


def explain(data: Any) -> tuple[Finding, ...]:
    """Everything in which the data departs from the schema; empty when nothing."""
    schema = load_schema()
    errors = _Validator(schema).iter_errors(data)
    found = [finding for error in errors for finding in _explain(error)]
    return tuple(dict.fromkeys(found))


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    if isinstance(instance, str) and not matches_pattern(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def _explain(error: Any) -> Iterator[Finding]:
    path: KeyPath = tuple(error.absolute_path)
    value, wanted, schema = error.instance, error.validator_value, error.schema
    match error.validator:
        case "oneOf":
            yield from _choice(error, path)
        case "anyOf":
            options = [branch["required"][0] for branch in wanted]
            yield Finding(path, f"needs {listed(options)}", spoils="nothing")
        case "additionalProperties":
            yield from _unknown_keys(value, schema["properties"], path)
        case "required":
            yield from _missing_keys(value, wanted, schema, path)
        case "pattern":
            yield _bad_form(value, schema["title"], path, error)
        case "uniqueItems":
            yield from _repeated(value, path)
        case _:
            yield Finding(path, _sentence(error.validator, value, wanted, schema))


def _sentence(validator: object, value: Any, wanted: Any, schema: Any) -> str:
    match validator:
        case "type":
            return type_mismatch(value, wanted, schema)
        case "enum":
            meant = _SIGNS.get(value, value) if isinstance(value, str) else ""
            hint = did_you_mean(meant, wanted)
            return f"must be {listed(wanted)}, but is {describe(value)}{hint}"
        case "minimum":
            return f"must be at least {wanted}, but is {value}"
        case "maximum":
            return f"must be at most {wanted}, but is {value}"
        case "maxItems":
            return f"must have at most {wanted} entries"
        case "const":
            return f"must be {wanted}, but is {describe(value)}"
    return "must not be empty"


def _unknown_keys(value: Any, known: Any, path: KeyPath) -> Iterator[Finding]:
    for key in value:
        if key not in known:
            hint = did_you_mean(key, known) or _belongs_elsewhere(key, path)
            yield Finding(path, f"unknown key {shown(key)}{hint}", key)


def _belongs_elsewhere(key: str, path: KeyPath) -> str:
    """For an id where ids come from elsewhere, or a key that another type of task has."""
    if key == "id" and path[:1] == ("projects",):
        return " (ids are made of the names of what is found)"
    if len(path) != 3 or path[0] != "tasks" or path[2] != "config":
        return ""
    defs = load_schema()["$defs"]
    types = defs["task"]["properties"]["type"]["enum"]
    owners = [name for name in types if key in defs[name]["properties"]]
    return f" (it belongs to tasks of type {listed(owners)})" if owners else ""


def _missing_keys(value: Any, wanted: list[str], schema: Any, path: KeyPath) -> Iterator[Finding]:
    known = schema.get("properties", {})
    # A mistyped key is told once, as the unknown key that it is.
    mistyped = {closest(key, known) for key in value if key not in known}
    for key in wanted:
        if key not in value and key not in mistyped:
            yield Finding(path, f"missing key {shown(key)}", spoils="nothing")


def _bad_form(value: str, form: str, path: KeyPath, error: Any) -> Finding:
    hint = ""
    if form == "id" and (proposal := slug(value)):
        hint = f" (did you mean {shown(proposal)}?)"
    message = f"{shown(value)} is no {form}; {_FORMS[form]}{hint}"
    # The names of a mapping's keys are judged under the mapping's own path.
    is_key = "propertyNames" in error.absolute_schema_path
    return Finding(path, message, value if is_key else None)


def _repeated(value: list[Any], path: KeyPath) -> Iterator[Finding]:
    for index, item in enumerate(value):
        if item in value[:index]:
            yield Finding((*path, index), f"{describe(item)} is listed twice")


def _choice(error: Any, path: KeyPath) -> Iterator[Finding]:
    """One answer for a value of several forms: the faults of the form it was meant to have."""
    value, branches = error.instance, error.validator_value
    nested = next((part for part in error.context if _is_choice_within(part)), None)
    if isinstance(value, dict) and nested:
        yield from _choice(nested, path)
        return
    lists = [index for index, branch in enumerate(branches) if branch.get("type") == "array"]
    if isinstance(value, list) and lists:
        for part in error.context:
            if part.schema_path[0] in lists:
                yield from _explain(part)
        return
    options = [*branches, *(nested.validator_value if nested else ())]
    names = [branch["required"][0] for branch in options if "required" in branch]
    words = [str(branch["const"]) for branch in options if "const" in branch]
    if not isinstance(value, dict):
        forms = [*words, f"a mapping with {listed(names)}"]
        yield Finding(path, f"must be {listed(forms)}, but is {describe(value)}{_schedule(value)}")
        return
    present = [name for name in names if name in value]
    if len(present) > 1:
        message = f"has {listed(present, 'and')}; keep one of them"
        yield Finding(path, message, present[1], spoils="whole")
    elif not present:
        yield from _no_choice(value, names, path)
    else:
        yield from _chosen(error, present[0])


def _is_choice_within(error: Any) -> bool:
    """Is an error that of a branch which is a choice of forms itself."""
    return error.validator == "oneOf" and len(error.schema_path) == 2


def _no_choice(value: Any, names: list[str], path: KeyPath) -> Iterator[Finding]:
    meant = [(key, name) for key in value if (name := closest(key, names))]
    for key, name in meant:
        message = f"unknown key {shown(key)} (did you mean {shown(name)}?)"
        yield Finding(path, message, key, spoils="whole")
    if not meant:
        yield Finding(path, f"needs {listed(names)}")


def _chosen(error: Any, name: str) -> Iterator[Finding]:
    branches = groupby(error.context or (), key=lambda part: part.schema_path[0])
    for index, parts in branches:
        if name in error.validator_value[index].get("required", ()):
            for part in parts:
                yield from _explain(part)


def _schedule(value: Any) -> str:
    """How to write a schedule that was given as bare text."""
    if not isinstance(value, str):
        return ""
    if value.startswith("@") or len(value.split()) == 5:
        return f"; write {{cron: {value!r}}}"
    pattern = load_schema()["$defs"]["duration"]["pattern"]
    return f"; write {{interval: {value}}}" if matches_pattern(pattern, value) else ""
