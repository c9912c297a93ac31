"""Running the command as a user would: a folder, an environment, two streams, an exit code.

Most tests call the entry point of the command in their own process, which saves them the start of
an interpreter and of a fork server; each command is started as it is installed in some test. With
`CCM_TESTS=installed` all of them start the installed command.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from ccm_gitops.cli import main

ALWAYS_INSTALLED = os.environ.get("CCM_TESTS") == "installed"
PROGRAM = Path(sys.executable).with_name("ccm-gitops")


@dataclass(frozen=True)
class Ran:
    """How the command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


def ccm(*arguments: str, cwd: Path, now: str | None = None, env: Mapping[str, str] = {}) -> Ran:
    """Run `ccm-gitops` in a folder, with a bare environment and, if given, a fixed clock."""
    environ = _environment(cwd, now, env)
    return (_started if ALWAYS_INSTALLED else _called)(arguments, cwd, environ)


def installed(
    *arguments: str, cwd: Path, now: str | None = None, env: Mapping[str, str] = {}
) -> Ran:
    """The same, always by starting the installed command."""
    return _started(arguments, cwd, _environment(cwd, now, env))


def _environment(cwd: Path, now: str | None, env: Mapping[str, str]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "XDG_CACHE_HOME": str(cwd / ".cache"),
        "CCM_MACHINE": "testbox",
        **({"CCM_NOW": now} if now else {}),
        **env,
    }


def _started(arguments: tuple[str, ...], cwd: Path, environ: Mapping[str, str]) -> Ran:
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _called(arguments: tuple[str, ...], cwd: Path, environ: Mapping[str, str]) -> Ran:
    stdin, stdout, stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(3))
    with (
        _as_a_process(cwd),
        patch.dict(os.environ, environ, clear=True),
        patch.multiple(sys, argv=[str(PROGRAM), *arguments], stdin=stdin),
        patch.multiple(sys, stdout=stdout, stderr=stderr),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Ran(code, *(stream.buffer.getvalue().decode() for stream in (stdout, stderr)))


@contextlib.contextmanager
def _as_a_process(cwd: Path) -> Iterator[None]:
    """What the command changes in its process is put back; workers see no script of ours."""
    handler, script = signal.getsignal(signal.SIGTERM), sys.modules["__main__"]
    with contextlib.chdir(cwd), warnings.catch_warnings(action="ignore"):
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = script
            signal.signal(signal.SIGTERM, handler)
