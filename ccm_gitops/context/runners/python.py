"""Sessions of nox, environments of tox and hatch, tasks of poe and invoke, scripts of pyproject."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ccm_gitops.context.runners.model import Call, Definitions, Runner
from ccm_gitops.context.runners.packages import CUSTOMARY
from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

_NAME = re.compile(r"[A-Za-z][\w.-]*")
_TASK = re.compile(r"[A-Za-z][\w:.-]*")


def _nox_calls(command: Sequence[str]) -> Iterator[Call]:
    asked = False
    for word in command[1:]:
        name, _, value = word.partition("=")
        if name in {"-s", "-e", "--session", "--sessions"}:
            asked = True
            word = value
        elif word.startswith("-"):
            return
        if asked and _NAME.fullmatch(word):
            # `tests-3.12` is the session `tests` with one of its interpreters.
            yield Call(re.sub(r"-(?:\d+\.\d+|pypy.*)$", "", word), f"nox -s {word}")
        elif word:
            return


def _read_nox(text: str, path: str, tree: Tree) -> Definitions:
    return _decorated(text, "session", "nox.")


def _read_invoke(text: str, path: str, tree: Tree) -> Definitions:
    found = _decorated(text, "task", "invoke.")
    names = {name.replace("_", "-").strip("-") for name in found.names} | found.names
    return Definitions(names, found.is_open or "Collection" in text)


def _decorated(text: str, decorator: str, module: str) -> Definitions:
    """The functions that a decorator makes known; open where it is also called in other ways."""
    names: set[str] = set()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for one in function.decorator_list:
            called = one.func if isinstance(one, ast.Call) else one
            if ast.unparse(called).rpartition(".")[2] != decorator:
                continue
            options = one.keywords if isinstance(one, ast.Call) else []
            given = next((option.value for option in options if option.arg == "name"), None)
            if given is None:
                names.add(function.name)
            elif isinstance(given, ast.Constant):
                names.add(str(given.value))
            else:
                return Definitions(names, is_open=True)
    called_plainly = re.search(rf"(?<!@){re.escape(module)}{decorator}\(", text)
    is_open = not names or "import *" in text or bool(called_plainly)
    return Definitions(names, is_open)


def _tox_calls(command: Sequence[str]) -> Iterator[Call]:
    rest = list(command[1:])
    for number, word in enumerate(rest):
        if word == "--":
            return
        if word in {"-e", "--env"} and number + 1 < len(rest):
            for name in rest[number + 1].split(","):
                if _NAME.fullmatch(name) and name != "ALL":
                    yield from (Call(factor, f"tox -e {name}") for factor in name.split("-"))


def _read_tox(text: str, path: str, tree: Tree) -> Definitions:
    """Every factor that the settings name: tox makes environments of any that are known."""
    if path.endswith(".toml") and not path.endswith("tox.toml") and "[tool.tox" not in text:
        return Definitions(set())
    if path.endswith("setup.cfg") and "[tox:tox]" not in text:
        return Definitions(set())
    factors = set(re.findall(r"[\w.]+", text))
    for before, several, after in re.findall(
        r"([\w.]{0,40})\{([\w.,!\s]{0,400})\}([\w.]{0,40})", text
    ):
        factors.update(f"{before}{one.strip()}{after}" for one in several.split(","))
    return Definitions(factors | {"py*", "pypy*"})


def _hatch_calls(command: Sequence[str]) -> Iterator[Call]:
    if command[1:2] == ("run",) and len(command) > 2 and ":" in command[2]:
        environment = command[2].partition(":")[0].rpartition("+")[2].partition(".")[0]
        if _NAME.fullmatch(environment) and not environment.startswith("hatch-"):
            yield Call(environment, f"hatch run {command[2]}", kind="environment")


def _poe_calls(command: Sequence[str]) -> Iterator[Call]:
    if len(command) > 1 and _TASK.fullmatch(command[1]):
        yield Call(command[1], f"poe {command[1]}", kind="task")


def _invoke_calls(command: Sequence[str]) -> Iterator[Call]:
    if len(command) > 1 and re.fullmatch(r"[a-z][\w-]*", command[1]):
        yield Call(command[1], f"{command[0]} {command[1]}")


_OPTIONS = words("--all-extras --no-sync --frozen --locked --dev --all-packages --isolated -q -v")


def _run_calls(command: Sequence[str]) -> Iterator[Call]:
    """Names that no package brings; anything else may be a program of a dependency."""
    rest = [word for word in command[1:] if word not in _OPTIONS]
    if rest[:1] == ["run"] and len(rest) > 1:
        name = rest[1]
        if name in CUSTOMARY or (":" in name and _TASK.fullmatch(name)):
            yield Call(name, f"{command[0]} run {name}", kind="script")
        elif name == "task" and len(rest) > 2 and _TASK.fullmatch(rest[2]):
            yield Call(rest[2], f"{command[0]} run task {rest[2]}", kind="task")


def _read_pyproject(text: str, path: str, tree: Tree) -> Definitions:
    settings = tomllib.loads(text)
    project, tool = settings.get("project") or {}, settings.get("tool") or {}
    if not path.endswith("pyproject.toml"):
        tool = {"hatch": settings, "pixi": settings, "poe": settings, "pipenv": settings}
    names = set(_names_in(project, "scripts", "gui-scripts"))
    for key in ("poetry", "pdm", "rye", "pipenv"):
        names.update(_names_in(tool.get(key) or {}, "scripts"))
    for key in ("poe", "taskipy", "pixi"):
        names.update(_names_in(tool.get(key) or {}, "tasks"))
    for part in ((tool.get("pixi") or {}).get("feature") or {}).values():
        names.update(_names_in(part, "tasks"))
    hatch = (tool.get("hatch") or {}).get("envs") or {}
    names.update(hatch)
    for part in hatch.values():
        names.update(_names_in(part, "scripts"))
    is_open = "scripts" in (project.get("dynamic") or ()) or "include" in (tool.get("poe") or {})
    return Definitions(names | {"default", "system"} if hatch else names, is_open)


def _names_in(table: Mapping[str, Any], *keys: str) -> Iterator[str]:
    for key in keys:
        yield from table.get(key) or {}


NOX = Runner("noxfile.py", words("noxfile.py"), _nox_calls, _read_nox)
TOX = Runner(
    "tox settings", words("tox.ini tox.toml setup.cfg pyproject.toml"), _tox_calls, _read_tox
)
INVOKE = Runner("tasks.py", words("tasks.py"), _invoke_calls, _read_invoke)
HATCH = Runner("hatch settings", words("pyproject.toml hatch.toml"), _hatch_calls, _read_pyproject)
POE = Runner("pyproject.toml", words("pyproject.toml poe_tasks.toml"), _poe_calls, _read_pyproject)
SCRIPTS = Runner(
    "pyproject.toml", words("pyproject.toml pipfile pixi.toml"), _run_calls, _read_pyproject
)
