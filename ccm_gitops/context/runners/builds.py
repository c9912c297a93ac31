"""Packages, targets, features and aliases of Cargo; projects of Gradle."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ccm_gitops.context.runners.model import Call, Definitions, Runner
from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

_NAME = re.compile(r"[A-Za-z][\w-]*")
_CARGO_VERBS = words("run r test t build b check c clippy bench doc nextest")
_KINDS = {
    "-p": "package",
    "--package": "package",
    "--bin": "bin",
    "--example": "example",
    "--test": "test",
    "--bench": "bench",
    "--features": "feature",
    "-F": "feature",
}
_PLACES = {"bin": "src/bin", "example": "examples", "test": "tests", "bench": "benches"}
_DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies")


def _cargo_calls(command: Sequence[str]) -> Iterator[Call]:
    rest = [word for word in command[1:] if not word.startswith("+")]
    if not rest or any(word.startswith("--manifest-path") for word in rest):
        return
    if rest[0] == "xtask":
        yield Call("alias:xtask", "cargo xtask", kind="alias")
    if rest[0] not in _CARGO_VERBS:
        return
    while len(rest) > 1 and rest[1] != "--":
        option, sign, value = rest.pop(1).partition("=")
        if option not in _KINDS:
            continue
        value = value if sign else rest.pop(1) if len(rest) > 1 else ""
        kind = _KINDS[option]
        for name in re.split(r"[, ]", value) if kind == "feature" else [value]:
            if _NAME.fullmatch(name):
                shown = f"cargo {rest[0]} {option}{sign or ' '}{value}"
                yield Call(f"{kind}:{_same(name)}", shown, kind=kind)


def _same(name: str) -> str:
    return name.replace("-", "_").lower()


def _read_cargo(text: str, path: str, tree: Tree) -> Definitions:
    """What one Cargo.toml and the customary folders beside it define; `kind:name`."""
    settings = tomllib.loads(text)
    if not path.lower().endswith("cargo.toml"):
        return Definitions({f"alias:{name}" for name in settings.get("alias") or {}})
    names: set[str] = set()
    package = settings.get("package") or {}
    if "name" in package:
        names |= {f"package:{_same(package['name'])}", f"bin:{_same(package['name'])}"}
        names |= {f"test:{_same(package['name'])}"}
        if _same(package["name"]) == "cargo_xtask":
            names.add("alias:xtask")
    for kind in _PLACES:
        names.update(f"{kind}:{_same(one['name'])}" for one in settings.get(kind) or ())
    names.update(f"feature:{_same(name)}" for name in settings.get("features") or {})
    for key, table in _dependency_tables(settings):
        names.update(f"package:{_same(name)}" for name in table)
        if key != "dev-dependencies":
            names.update(f"feature:{_same(name)}" for name in table)
    names.update(_targets(posixpath.dirname(path), tree))
    return Definitions(names | {"feature:default"}, is_open=".gitmodules" in tree.paths())


def _dependency_tables(settings: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    parts = [settings, settings.get("workspace") or {}, *(settings.get("target") or {}).values()]
    for part in parts:
        for key in _DEPENDENCIES:
            yield key, part.get(key) or {}


def _targets(folder: str, tree: Tree) -> Iterator[str]:
    """What Cargo finds by itself: `src/bin/x.rs`, `examples/x/main.rs` …"""
    for kind, place in _PLACES.items():
        prefix = f"{folder}/{place}/" if folder else f"{place}/"
        for path in tree.paths():
            if path.startswith(prefix) and path.endswith(".rs"):
                name, _, rest = path.removeprefix(prefix).partition("/")
                if not rest or rest == "main.rs":
                    yield f"{kind}:{_same(name.removesuffix('.rs'))}"


_PROJECT = re.compile(r":[\w:-]+:[a-zA-Z]\w*")
_INCLUDE = re.compile(
    r"\binclude(?P<build>Build)?\s*\(?\s*(?P<names>[\"'][^\"']+[\"'](?:\s*,\s*[\"'][^\"']+[\"'])*)"
)
_COMPUTED = re.compile(
    r"\$|\b(?:forEach|eachDir|listFiles|walk|fileTree|includeFlat|apply)\b|\bfor\s*\("
)


def _gradle_calls(command: Sequence[str]) -> Iterator[Call]:
    if any(word in {"-p", "--project-dir", "-c"} for word in command):
        return
    for word in command[1:]:
        if _PROJECT.fullmatch(word):
            yield Call(word.rpartition(":")[0], f"{command[0]} {word}", kind="project")


def _read_gradle(text: str, path: str, tree: Tree) -> Definitions:
    bare = re.sub(r"/\*.{0,2000}?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    names: set[str] = set()
    found = list(_INCLUDE.finditer(bare))
    for match in found:
        for name in re.findall(r"[\"']([^\"']+)[\"']", match["names"]):
            parts = name.strip(":").replace("/", ":").split(":")
            names.update(":" + ":".join(parts[: depth + 1]) for depth in range(len(parts)))
            if match["build"]:
                names.add(f":{parts[-1]}*")  # with projects of its own
    is_open = len(re.findall(r"\binclude(?:Build)?\b", bare)) != len(found)
    return Definitions(names, is_open or bool(_COMPUTED.search(bare)))


CARGO = Runner(
    "Cargo.toml",
    words("cargo.toml"),
    _cargo_calls,
    _read_cargo,
    endings=("/.cargo/config.toml", "/.cargo/config"),
    reach="anywhere",
)
GRADLE = Runner(
    "settings.gradle",
    words("settings.gradle settings.gradle.kts"),
    _gradle_calls,
    _read_gradle,
    reach="anywhere",
)
