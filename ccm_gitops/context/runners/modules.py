"""Python modules that a command names: `python -m shop.worker`, `uvicorn shop.main:app`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ccm_gitops.context.paths import PathIndex
from ccm_gitops.context.runners.model import Call
from ccm_gitops.context.words import words

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_SERVERS = words("uvicorn gunicorn hypercorn granian daphne")
_PYTHONS = re.compile(r"python(?:3(?:\.\d+)?)?|py")
# Where packages stand; elsewhere a folder of the same name may be anything.
_ROOTS = ("", "src/", "lib/", "app/", "backend/", "server/", "api/")


def module_calls(command: Sequence[str]) -> Iterator[Call]:
    """The dotted module names that a command imports."""
    program, rest = command[0], list(command[1:])
    if _PYTHONS.fullmatch(program) and "-m" in rest[:2]:
        name = next(iter(rest[rest.index("-m") + 1 :]), "")
        if _DOTTED.fullmatch(name):
            yield Call(name, f"{program} -m {name}")
        elif name in _SERVERS:
            yield from module_calls(rest[rest.index("-m") + 1 :])
    elif program in _SERVERS and "--app-dir" not in rest and "--chdir" not in rest:
        for word in rest:
            name, sign, _ = word.partition(":")
            if sign and _DOTTED.fullmatch(name):
                yield Call(name, f"{program} {word}")
                return


def is_module_there(name: str, paths: PathIndex) -> bool | None:
    """Whether a module is in the repository; None where its package is not of the repository."""
    path = name.lower().replace(".", "/")
    if any(
        paths.ends_with(f"{path}{ending}")
        for ending in (".py", ".pyx", "/__main__.py", "/__init__.py")
    ):
        return True
    package = path.partition("/")[0]
    is_ours = any(f"{root}{package}/__init__.py" in paths.files for root in _ROOTS)
    return False if is_ours else None
