"""What stands around a folder: git repositories with context files, here and below."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ccm_gitops.errors import GitError
from ccm_gitops.gitrepo.repository import Repository, enclosing, is_repository
from ccm_gitops.setup.starter import Place

_GITHUB = re.compile(
    r"(?:(?:ssh://)?git@github\.com[:/]|https://(?:[^/@\s]+@)?github\.com/)"
    r"(?P<name>[^/\s]+/[^/\s]+?)(?:\.git)?/?"
)
_DEPTH = 2  # folders below: ~/Projects/acme/api is found from ~/Projects


def look_around(folder: Path, context_files: Sequence[str]) -> tuple[Place, ...]:
    """The repository that `folder` is in, and those below it, which hold a context file.

    Nothing is run and no link is followed below; a repository that cannot be read has no remote.
    """
    root = enclosing(folder)
    found = [root] if root else []
    found += _below(folder, _DEPTH)
    places = (_place(path, folder, context_files) for path in dict.fromkeys(found))
    return tuple(place for place in places if place.context_files)


def _below(folder: Path, depth: int) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        folders = sorted(
            entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        )
    for name in folders:
        path = folder / name
        if is_repository(path):
            yield path
        elif depth > 1 and os.access(path, os.R_OK | os.X_OK):
            yield from _below(path, depth - 1)


def _place(path: Path, folder: Path, names: Sequence[str]) -> Place:
    return Place(
        path=os.path.relpath(path, folder),
        name=path.name,
        context_files=tuple(name for name in names if os.path.isfile(path / name)),
        remote=_remote(path),
    )


def _remote(path: Path) -> str | None:
    """The HTTPS address of origin on GitHub, without credentials; None for any other."""
    try:
        url = Repository.open(path).remote("origin").url
    except GitError:
        return None
    found = _GITHUB.fullmatch(url)
    return f"https://github.com/{found['name']}.git" if found else None
