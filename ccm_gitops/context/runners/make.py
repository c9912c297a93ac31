"""Targets of Makefiles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from ccm_gitops.context.runners.model import Call, Definitions, Runner
from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

_NAME = re.compile(r"[A-Za-z][\w./-]*")
_VALUED = words("-j -l -I -o -W --jobs --max-load")
_ASSIGNMENT = re.compile(
    r"[ ]*(?:export |override |private )*(?P<name>[\w.-]+)[ \t]*(?:::?:?|[+?!])?=(?P<value>.*)"
)
_INCLUDE = re.compile(r"[ ]*(?:-?include|sinclude)\s+(?P<files>.+)")
_VARIABLE = re.compile(r"\$[({](?P<name>[\w.-]+)[)}]")
# These hold variables and lists of what a source includes, no targets that anybody calls.
_NO_TARGETS = re.compile(r"(?:.*/)?(?:[\w.-]*\.env(?:\.\w+)?|[^/]*\.(?:d|dep|deps))|.*\.o=\.d\)?")
# What writes rules while make runs, or takes any name.
_OPEN = re.compile(r"\$\((?:eval|call)\b|^\.(?:DEFAULT|RECIPEPREFIX|SECONDEXPANSION)\b", re.M)
_MOST_INCLUDES, _LONGEST, _LONGEST_NAME = 50, 10_000, 300
# make's own rules build a program from one source of its name.
_SOURCES = (".c", ".cc", ".cpp", ".C", ".s", ".f", ".sh", ".p", ".l", ".y", ".o")


def _calls(command: Sequence[str]) -> Iterator[Call]:
    rest, folder = list(command[1:]), ""
    shown = [command[0]]
    while rest:
        word = rest.pop(0)
        name, sign, value = word.partition("=")
        if name in {"-C", "--directory"}:
            folder = value if sign else rest.pop(0) if rest else ""
            shown += [word] if sign else [word, folder]
        elif name.startswith("-C") and len(name) > 2 and not name.startswith("--"):
            folder = name[2:]
            shown.append(word)
        elif name in {"-f", "--file", "--makefile", "-n", "-q", "-p"}:
            return  # another file than the usual, or nothing is made
        elif name in _VALUED and rest and rest[0].isdigit():
            rest.pop(0)
        elif not word.startswith("-") and not sign:
            if not _NAME.fullmatch(word):
                return
            yield Call(word.rstrip("."), " ".join((*shown, word)), folder)


def _read(text: str, path: str, tree: Tree) -> Definitions:
    variables: dict[str, str] = {}
    names: set[str] = set()
    is_open = False
    pending, seen = [(path, text)], {path}
    while pending:
        where, content = pending.pop()
        is_open = is_open or bool(_OPEN.search(content))
        included = _read_rules(content, variables, names)
        for name in " ".join(included).split():
            if len(name) > _LONGEST_NAME:
                is_open = True
                continue
            if _NO_TARGETS.fullmatch(name):
                continue
            found = _find(tree, where, path, name)
            if found is None or len(seen) > _MOST_INCLUDES:
                is_open = True
            elif found not in seen:
                seen.add(found)
                pending.append((found, (tree.read(found) or b"").decode("utf-8", "replace")))
    folder = posixpath.dirname(path)
    prefix = f"{folder}/" if folder else ""
    files = {p.removeprefix(prefix) for p in tree.paths() if p.startswith(prefix)}
    built = {posixpath.splitext(name)[0] for name in files if name.endswith(_SOURCES)}
    return Definitions(names | files | built, is_open or not names or "*" in names)


def _read_rules(text: str, variables: dict[str, str], names: set[str]) -> list[str]:
    """Add a file's variables and targets; what it includes is given back, variables put in."""
    included = []
    for line in re.sub(r"\\\r?\n", " ", text).split("\n"):
        if line.startswith("\t") or line.lstrip().startswith("#"):
            continue
        if assigned := _ASSIGNMENT.match(line):
            variables[assigned["name"]] = assigned["value"].partition("#")[0].strip()
        elif include := _INCLUDE.match(line):
            included.append(_expanded(include["files"].partition("#")[0], variables))
        else:
            names.update(_targets(_expanded(line, variables)))
    return included


def _targets(line: str) -> Iterator[str]:
    head, sign, _ = line.partition(":")
    for name in head.split() if sign else ():
        # A variable that is not known may hold any name; so may what a pattern stands for.
        yield re.sub(r"\$[({].*|\$.|%", "*", name)


def _expanded(text: str, variables: dict[str, str]) -> str:
    for _ in range(3):
        if len(text) > _LONGEST:
            break
        text = _VARIABLE.sub(lambda match: variables.get(match["name"], match[0]), text)
    return text


def _find(tree: Tree, where: str, root: str, name: str) -> str | None:
    """The included file: make looks where it was started, which is beside the first Makefile."""
    for start in (root, where):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(start), name))
        if tree.read(path) is not None:
            return path
    return None


MAKE = Runner(
    "Makefile",
    words("makefile gnumakefile"),
    _calls,
    _read,
    endings=(".mk", ".mak"),
    reach="folder",
    is_customary=True,
)
