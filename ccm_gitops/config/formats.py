"""Single values that several parts of a configuration have: zones, durations, branches, URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from ccm_gitops.config.document import Finding, KeyPath
from ccm_gitops.config.suggest import did_you_mean, shown
from ccm_gitops.durations import parse_duration

# What `git check-ref-format --branch` refuses.
_NO_BRANCH = re.compile(
    r"^[-/]|[/.]$|\.\.|//|@\{|^@$|^HEAD$|(^|/)\.|\.lock(/|$)|[\x00-\x20\x7f~^:?*\[\\]"
)
_URL = re.compile(r"(https|ssh|file)://[^/\s]*/\S+|[\w.-]+@[\w.-]+:(?!//)\S+")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]\S*")
_VARIABLE = re.compile(r"\$\{[A-Za-z_]\w*(:-[^}]*)?\}", re.ASCII)


def check_zone(name: str, path: KeyPath) -> Iterator[Finding]:
    """A time zone that the system or tzdata has."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones()) or "; write one such as Europe/Berlin"
        yield Finding(path, f"unknown time zone {shown(name)}{hint}")


def check_duration(
    mapping: Mapping[str, Any], key: str, path: KeyPath, *, zero: str | None
) -> Iterator[Finding]:
    """A duration that can be used; `zero` ends the sentence that refuses 0s, None allows it."""
    if (text := mapping.get(key)) is None:
        return
    try:
        duration = parse_duration(text)
    except ValueError as error:
        yield Finding((*path, key), str(error))
        return
    if zero is not None and duration <= timedelta(0):
        yield Finding((*path, key), f"must be longer than 0s{zero}")


def check_branch(name: str | None, path: KeyPath) -> Iterator[Finding]:
    """A name that git takes for a branch."""
    if name and _NO_BRANCH.search(name):
        yield Finding(path, f"{shown(name)} is no name that git takes for a branch")


def check_variables(text: str | None, path: KeyPath) -> Iterator[Finding]:
    """Refuse a `$` that was meant to be a variable and is none, as one copied from a workflow."""
    if bare := re.fullmatch(r"\$([A-Za-z_]\w*)", text or ""):
        yield Finding(path, f"a variable is written ${{{bare[1]}}}")
    elif "${" in _VARIABLE.sub("", text or ""):
        yield Finding(path, "a variable is written ${NAME} or ${NAME:-default}")


def is_repository_url(text: str) -> bool:
    """`https://host/path`, `ssh://…`, `git@host:path` and their like; never a helper's `ext::`."""
    return _URL.fullmatch(text) is not None


def is_web_address(text: str) -> bool:
    """`https://…` or `http://…`."""
    return _WEB_ADDRESS.fullmatch(text) is not None
