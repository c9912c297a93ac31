"""Scripts of package.json, which npm, pnpm, yarn, bun and turbo run; tasks of Deno and Composer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ccm_gitops.context.runners.model import Call, Definitions, Runner
from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

_NAME = re.compile(r"[A-Za-z][\w:.-]*")
_SOURCE = re.compile(r"\.(?:[mc]?[jt]sx?|json|html|wasm)$")
# pnpm, yarn and bun also find programs that no package.json names; none has a colon in its name,
# and no package brings one of these.
CUSTOMARY = words("dev start lint typecheck type-check format")
_ALSO = words("serve preview e2e build:prod test:unit")
_FOLDER = words("--prefix --dir -C --cwd")
_PACKAGE = words("--filter -F --workspace --filter-prod")
_VALUED = words("--loglevel --reporter --env-file --config --registry --userconfig")
_RUN = words("run run-script rum urn")
# They answer `npm run` without a script.
_OWN = words("env")
_TESTS = {"npm": words("test t tst"), "pnpm": words("test t"), "yarn": words("test")}


def _npm_calls(command: Sequence[str]) -> Iterator[Call]:
    program, rest = command[0], list(command[1:])
    options = {"folder": "", "package": ""}
    verb = _next_word(program, rest, options)
    if program == "yarn" and verb == "workspace" and len(rest) > 1:
        options["package"], verb = rest.pop(0), rest.pop(0)
    asks = verb in _RUN
    name = _next_word(program, rest, options) if asks else verb
    while rest and rest[0].startswith("-") and rest[0] != "--":
        _take_option(program, rest, options)
    if name in _TESTS.get(program, ()) and not asks:
        name = "test"
    elif not _is_script(program, name, asks=asks):
        return
    if "--if-present" in command or name in _OWN:
        return
    shown = " ".join(command[: command.index(name) + 1]) if name in command else f"{program} {verb}"
    yield Call(name, shown, options["folder"], options["package"])


def _is_script(program: str, name: str, *, asks: bool) -> bool:
    """Whether only a package.json can give the name its meaning."""
    if not _NAME.fullmatch(name) or _SOURCE.search(name):
        return False
    if asks and program in {"npm", "pnpm"}:
        return True
    return program != "npm" and (name in CUSTOMARY or name in _ALSO or ":" in name)


def _next_word(program: str, rest: list[str], options: dict[str, str]) -> str:
    while rest and rest[0].startswith("-"):
        _take_option(program, rest, options)
    return rest.pop(0).rstrip(".,") if rest else ""


def _take_option(program: str, rest: list[str], options: dict[str, str]) -> None:
    """Take an option off the front, with its value where it has one that is known of."""
    name, sign, value = rest.pop(0).partition("=")
    is_package = name in _PACKAGE or (name == "-w" and program == "npm")
    if not sign and rest and (is_package or name in _FOLDER or name in _VALUED):
        value = rest.pop(0)
    if name in _FOLDER:
        options["folder"] = value
    elif is_package:
        options["package"] = value


def _turbo_calls(command: Sequence[str]) -> Iterator[Call]:
    rest = list(command[1:])
    asks = rest[:1] == ["run"]
    for name in rest[1:] if asks else rest[:1]:
        if name.startswith("-"):
            return
        if _NAME.fullmatch(name) and (asks or name in CUSTOMARY or name in _ALSO):
            yield Call(name, f"turbo {'run ' * asks}{name}")


def _read_scripts(text: str, path: str, tree: Tree) -> Definitions:
    settings = json.loads(text)
    return Definitions({*(settings.get("scripts") or {})}, title=str(settings.get("name") or ""))


def _read_turbo(text: str, path: str, tree: Tree) -> Definitions:
    settings = _json_with_comments(text)
    named = settings.get("tasks") or settings.get("pipeline") or settings.get("scripts") or {}
    return Definitions({*named, *(name.rpartition("#")[2] for name in named)})


def _read_deno(text: str, path: str, tree: Tree) -> Definitions:
    settings = _json_with_comments(text)
    return Definitions({*(settings.get("tasks") or {}), *(settings.get("scripts") or {})})


def _json_with_comments(text: str) -> Any:
    return json.loads(re.sub(r"^[ \t]*//[^\n]*$|,(?=\s*[}\]])", "", text, flags=re.MULTILINE))


def _deno_calls(command: Sequence[str]) -> Iterator[Call]:
    rest = [word for word in command[1:] if not word.startswith("-")]
    if rest[:1] == ["task"] and len(rest) > 1 and _NAME.fullmatch(rest[1]):
        yield Call(rest[1], f"deno task {rest[1]}")


def _composer_calls(command: Sequence[str]) -> Iterator[Call]:
    rest = [word for word in command[1:] if not word.startswith("-")]
    if len(rest) > 1 and rest[0] in {"run", "run-script"} and _NAME.fullmatch(rest[1]):
        yield Call(rest[1], f"composer {rest[0]} {rest[1]}")


NPM = Runner("package.json", words("package.json"), _npm_calls, _read_scripts, is_customary=True)
TURBO = Runner(
    "package.json and no turbo.json",
    words("package.json turbo.json"),
    _turbo_calls,
    _read_turbo,
    reach="anywhere",
)
DENO = Runner("deno.json", words("deno.json deno.jsonc package.json"), _deno_calls, _read_deno)
COMPOSER = Runner("composer.json", words("composer.json"), _composer_calls, _read_scripts)
