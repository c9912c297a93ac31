"""The commands that a repository defines for itself: npm scripts, make targets, tasks, recipes."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import yaml

from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

Runner = Literal["npm", "make", "just", "task", "composer", "deno", "cargo"]

_MAKE_TARGET = re.compile(r"^(?P<names>[^\s:=#][^:=#\n]*?)[ \t]*::?(?!=)", re.MULTILINE)
_MAKE_OPEN = re.compile(r"^[^\t\n#]*[%$][^\n]*:(?!=)", re.MULTILINE)
_MAKE_INCLUDE = re.compile(r"^[ ]*(?:-?include|sinclude)\s+(?P<files>[^\n#]+)", re.MULTILINE)
_JUST_RECIPE = re.compile(r"^@?(?P<name>[A-Za-z_][\w-]*)(?:[ \t][^\n]*)?:(?!=)", re.MULTILINE)
_JUST_ALIAS = re.compile(r"^alias\s+(?P<name>[\w-]+)", re.MULTILINE)
_JUST_OPEN = re.compile(r"^(?:mod|import)\b", re.MULTILINE)
_FILES: Mapping[Runner, frozenset[str]] = {
    "npm": words("package.json"),
    "make": words("makefile gnumakefile"),
    "just": words("justfile .justfile"),
    "task": words("taskfile.yml taskfile.yaml taskfile.dist.yml taskfile.dist.yaml"),
    "composer": words("composer.json"),
    "deno": words("deno.json deno.jsonc package.json"),
    "cargo": words("cargo.toml"),
}
# Manifests that are data: of dependencies, and of tests.
_NOBODY_RUNS = re.compile(r"(?:^|/)(?:node_modules|fixtures|__fixtures__|testdata)/")
_ENDINGS: Mapping[Runner, str] = {"make": ".mk", "just": ".just"}


def defined_commands(tree: Tree, runner: Runner) -> frozenset[str] | None:
    """Every name that any file of the tree defines for the runner.

    None where that cannot be told: no file that defines anything, one that cannot be read, or one
    that takes in others or makes names up. Which folder a command is run in is often said
    elsewhere, so that a name counts wherever it is defined.
    """
    found: set[str] = set()
    for path in tree.paths():
        name = posixpath.basename(path).lower()
        if not _defines(name, runner) or _NOBODY_RUNS.search(path):
            continue
        data = tree.read(path)
        names = None if data is None else _names(data.decode("utf-8", "replace"), runner, tree)
        if names is None:
            return None
        found.update(names)
    return frozenset(found) or None


def _defines(name: str, runner: Runner) -> bool:
    ending = _ENDINGS.get(runner)
    return name in _FILES[runner] or bool(ending and name.endswith(ending))


def _names(text: str, runner: Runner, tree: Tree) -> set[str] | None:
    """What one file defines; None where it takes in others, or makes names up."""
    if runner == "make":
        return set(_make_targets(text)) if _is_closed(text, tree) else None
    if runner == "just":
        if _JUST_OPEN.search(text):
            return None
        signs = (_JUST_RECIPE, _JUST_ALIAS)
        return {match["name"] for sign in signs for match in sign.finditer(text)}
    try:
        return _READERS[runner](text)
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError, yaml.YAMLError):
        return None


def _is_closed(text: str, tree: Tree) -> bool:
    """Whether every target of a Makefile, and of what it includes, is there to read."""
    if _MAKE_OPEN.search(text):
        return False
    included = " ".join(match["files"] for match in _MAKE_INCLUDE.finditer(text)).split()
    # Files that end in .mk are read on their own; others are not.
    return all(name.endswith(".mk") and tree.read(name) is not None for name in included)


def _scripts(text: str) -> set[str]:
    return set(json.loads(text).get("scripts") or {})


def _deno_tasks(text: str) -> set[str]:
    bare = re.sub(r"^\s*//[^\n]*$|,(?=\s*[}\]])", "", text, flags=re.MULTILINE)
    settings = json.loads(bare)
    return {*(settings.get("tasks") or {}), *(settings.get("scripts") or {})}


def _tasks(text: str) -> set[str] | None:
    settings = yaml.safe_load(text)
    if settings.get("includes"):
        return None
    tasks = settings["tasks"]
    aliases = (task.get("aliases") or () for task in tasks.values() if isinstance(task, dict))
    return {*tasks, *(alias for several in aliases for alias in several)}


def _packages(text: str) -> set[str]:
    package = tomllib.loads(text).get("package") or {}
    return {str(package["name"])} if "name" in package else set()


_READERS: Mapping[Runner, Callable[[str], set[str] | None]] = {
    "npm": _scripts,
    "composer": _scripts,
    "deno": _deno_tasks,
    "task": _tasks,
    "cargo": _packages,
}


def _make_targets(text: str) -> Iterator[str]:
    for match in _MAKE_TARGET.finditer(text):
        yield from match["names"].split()
