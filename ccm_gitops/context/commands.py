"""The commands that a repository defines for itself: npm scripts, make targets, just recipes."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Literal

from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

Runner = Literal["npm", "make", "just"]

_MAKE_TARGET = re.compile(r"^(?P<names>[^\s:=#][^:=#\n]*?)[ \t]*::?(?!=)", re.MULTILINE)
_MAKE_OPEN = re.compile(r"^(?:-?include|sinclude)\b|^[^\t\n#]*[%$][^\n]*:(?!=)", re.MULTILINE)
_JUST_RECIPE = re.compile(r"^@?(?P<name>[A-Za-z_][\w-]*)(?:[ \t][^\n]*)?:(?!=)", re.MULTILINE)
_JUST_ALIAS = re.compile(r"^alias\s+(?P<name>[\w-]+)", re.MULTILINE)
_JUST_OPEN = re.compile(r"^(?:mod|import)\b", re.MULTILINE)
_MAKEFILES = words("makefile gnumakefile")
_JUSTFILES = words("justfile .justfile")


def defined_commands(tree: Tree, runner: Runner) -> frozenset[str] | None:
    """Every name that any file of the tree defines for the runner.

    None where that cannot be told: no such file, one that cannot be read, or one that takes in
    others or makes names up. Which folder a command is run in is often said elsewhere, so that a
    name counts wherever it is defined.
    """
    found: set[str] = set()
    files = 0
    for path in tree.paths():
        name = posixpath.basename(path).lower()
        if not _defines(name, runner) or "node_modules/" in path:
            continue
        data = tree.read(path)
        names = None if data is None else _names(data.decode("utf-8", "replace"), runner)
        if names is None:
            return None
        files += 1
        found.update(names)
    return frozenset(found) if files else None


def _defines(name: str, runner: Runner) -> bool:
    if runner == "npm":
        return name == "package.json"
    if runner == "make":
        return name in _MAKEFILES or name.endswith(".mk")
    return name in _JUSTFILES or name.endswith(".just")


def _names(text: str, runner: Runner) -> set[str] | None:
    if runner == "npm":
        return _npm_scripts(text)
    if runner == "make":
        return None if _MAKE_OPEN.search(text) else set(_make_targets(text))
    if _JUST_OPEN.search(text):
        return None
    return {match["name"] for sign in (_JUST_RECIPE, _JUST_ALIAS) for match in sign.finditer(text)}


def _npm_scripts(text: str) -> set[str] | None:
    try:
        scripts = json.loads(text).get("scripts", {})
        return set(scripts)
    except (ValueError, AttributeError, TypeError):
        return None


def _make_targets(text: str) -> Iterator[str]:
    for match in _MAKE_TARGET.finditer(text):
        yield from match["names"].split()
