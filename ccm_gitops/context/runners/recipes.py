"""Recipes of just, tasks of Task and mise, services of Docker Compose."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

import yaml

from ccm_gitops.context.runners.model import Call, Definitions, Runner
from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

_NAME = re.compile(r"[A-Za-z_][\w-]*(?:[:][\w:-]+)?")
_RECIPE = re.compile(r"^@?(?P<name>[A-Za-z_][\w-]*)(?:[ \t][^\n]*)?:(?!=)", re.MULTILINE)
_ALIAS = re.compile(r"^alias\s+(?P<name>[\w-]+)", re.MULTILINE)
_MODULE = re.compile(r"^mod\??\s+(?P<name>[\w-]+)", re.MULTILINE)
_IMPORT = re.compile(r"^import\??\s+['\"](?P<path>[^'\"\n]+)['\"]", re.MULTILINE)
_MOST_IMPORTS = 20


def _just_calls(command: Sequence[str]) -> Iterator[Call]:
    if len(command) > 1 and _NAME.fullmatch(command[1]) and ":" not in command[1]:
        yield Call(command[1], f"just {command[1]}")


def _read_just(text: str, path: str, tree: Tree) -> Definitions:
    names: set[str] = set()
    pending, seen = [(path, text)], {path}
    while pending:
        where, content = pending.pop()
        for sign in (_RECIPE, _ALIAS, _MODULE):
            names.update(match["name"] for match in sign.finditer(content))
        for match in _IMPORT.finditer(content):
            found = posixpath.normpath(posixpath.join(posixpath.dirname(where), match["path"]))
            data = tree.read(found)
            if data is None or len(seen) > _MOST_IMPORTS:
                return Definitions(names, is_open=True)
            if found not in seen:
                seen.add(found)
                pending.append((found, data.decode("utf-8", "replace")))
    return Definitions(names)


def _task_calls(command: Sequence[str]) -> Iterator[Call]:
    rest = list(command[1:])
    folder = ""
    while rest and rest[0] != "--":
        word = rest.pop(0)
        if word in {"-d", "--dir"} and rest:
            folder = rest.pop(0)
        elif word.startswith("-"):
            if word in {"-t", "--taskfile", "-g", "--global"}:
                return
        elif "=" not in word:
            if not _NAME.fullmatch(word):
                return
            yield Call(word, f"task {word}", folder)


def _read_tasks(text: str, path: str, tree: Tree) -> Definitions:
    settings = yaml.safe_load(text)
    tasks = settings.get("tasks") or {}
    aliases = (task.get("aliases") or () for task in tasks.values() if isinstance(task, dict))
    names = {*map(str, tasks), *(str(alias) for several in aliases for alias in several)}
    included = settings.get("includes") or {}
    names |= {f"{namespace}:*" for namespace in included}
    flattened = any(isinstance(one, dict) and len(one) > 2 for one in included.values())
    return Definitions(names, is_open=flattened or not tasks)


def _mise_calls(command: Sequence[str]) -> Iterator[Call]:
    if command[1:2] in (("run",), ("r",)) and len(command) > 2 and _NAME.fullmatch(command[2]):
        yield Call(command[2], " ".join(command[:3]))


def _read_mise(text: str, path: str, tree: Tree) -> Definitions:
    settings = tomllib.loads(text)
    tasks = settings.get("tasks") or {}
    aliases = [task.get("alias") or () for task in tasks.values() if isinstance(task, dict)]
    names = {*tasks}
    for alias in aliases:
        names.update([alias] if isinstance(alias, str) else alias)
    files = re.compile(r"(?:.*/)?\.?(?:mise(?:-tasks|/tasks)|config/mise/tasks)/(?P<name>.+)")
    found = (files.fullmatch(one) for one in tree.paths() if "tasks/" in one)
    for match in found:
        if match:
            names.add(posixpath.splitext(match["name"])[0].replace("/", ":"))
    return Definitions(names, is_open="task_config" in settings)


_COMPOSE_VERBS = words("up build restart logs exec run stop start pull kill top")
_COMPOSE_VALUED = words(
    "-u --user -e --env -w --workdir --index --tail -n --since --until --scale -t --timeout -v"
    " --volume -p --publish --name --entrypoint --profile --project-name --env-file -l --label"
)


def _compose_calls(command: Sequence[str]) -> Iterator[Call]:
    if command[:2] != ("docker", "compose") and command[0] != "docker-compose":
        return
    verb = next((word for word in command[1:] if word in _COMPOSE_VERBS), None)
    if verb is None:
        return
    at = command.index(verb)
    if any(word.startswith(("-f", "--file")) for word in command[:at]):
        return  # services of another file than the usual
    rest = list(command[at + 1 :])
    while rest:
        word = rest.pop(0)
        if word in _COMPOSE_VALUED and rest:
            rest.pop(0)
        elif re.fullmatch(r"[a-z][\w.-]*", word):
            program = " ".join(command[: 1 + (command[0] == "docker")])
            yield Call(word, f"{program} {verb} {word}")
            if verb in {"exec", "run"}:
                return
        elif not word.startswith("-"):
            return


def _read_compose(text: str, path: str, tree: Tree) -> Definitions:
    settings = yaml.safe_load(text)
    services = settings.get("services")
    is_mapping = isinstance(services, Mapping)
    return Definitions(
        {*services} if is_mapping else set(), not is_mapping or "include" in settings
    )


JUST = Runner(
    "justfile",
    words("justfile .justfile"),
    _just_calls,
    _read_just,
    endings=(".just",),
    is_customary=True,
)
TASK = Runner(
    "Taskfile",
    words("taskfile.yml taskfile.yaml taskfile.dist.yml taskfile.dist.yaml"),
    _task_calls,
    _read_tasks,
)
MISE = Runner("mise.toml", words("mise.toml .mise.toml"), _mise_calls, _read_mise)
COMPOSE = Runner(
    "compose file",
    words(
        "compose.yml compose.yaml docker-compose.yml docker-compose.yaml docker-compose.dev.yml"
        " docker-compose.prod.yml docker-compose.test.yml docker-compose.override.yml"
        " docker-compose.local.yml compose.dev.yml compose.prod.yml compose.override.yml"
    ),
    _compose_calls,
    _read_compose,
    reach="anywhere",
)
