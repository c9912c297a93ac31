"""Running the installed command, as a user would: a process, its two streams, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "XDG_CACHE_HOME": str(cwd / ".cache"),
        "CCM_MACHINE": "testbox",
        **({"CCM_NOW": now} if now else {}),
        **env,
    }
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)
