"""Where the configuration file is: named, or looked for upward from the working directory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ccm_gitops.errors import UsageError

NAMES = ("schedules.yaml", ".ccm/schedules.yaml", ".github/schedules.yaml")


def find_config(explicit: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """`explicit` (of --config), else $CCM_CONFIG, else the first of NAMES that is found.

    Every folder from `cwd` up to the root of its repository is looked into, nearest first;
    outside a repository only `cwd` is. A path that was named is returned as it was written, one
    that was found is relative to `cwd`. Raises UsageError when there is no such file.
    """
    if explicit:
        return _named(explicit, "--config", cwd)
    if from_environment := environ.get("CCM_CONFIG"):
        return _named(from_environment, "$CCM_CONFIG", cwd)
    if found := look_upward(cwd):
        return found
    *_, top = _folders(cwd)
    span = f"in {cwd}" if top == cwd else f"from {cwd} up to {top}"
    raise UsageError(
        f"no configuration {span}: looked for {', '.join(NAMES)}; "
        "write one, or name it by --config or $CCM_CONFIG"
    )


def look_upward(cwd: Path) -> Path | None:
    """The configuration that is found where none is named, relative to `cwd`."""
    places = (folder / name for folder in _folders(cwd) for name in NAMES)
    found = next(filter(os.path.isfile, places), None)
    return Path(os.path.relpath(found, cwd)) if found else None


def _named(text: str, origin: str, cwd: Path) -> Path:
    if not os.path.exists(cwd / text):
        raise UsageError(f"{origin} names {text}, and there is no such file")
    return Path(text)


def _folders(cwd: Path) -> Iterator[Path]:
    """`cwd` and its parents up to the one that holds `.git`; `cwd` alone where none does."""
    line = (cwd, *cwd.parents)
    # `.git` is a file in a worktree.
    root = next((folder for folder in line if os.path.exists(folder / ".git")), cwd)
    for folder in line:
        yield folder
        if folder == root:
            return
