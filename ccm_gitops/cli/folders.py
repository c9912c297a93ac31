"""What a PATH on the command line means: a project's folder, or one context file in it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ccm_gitops.cli.everywhere import is_quiet
from ccm_gitops.cli.progress import above
from ccm_gitops.config.model import DEFAULT_CONTEXT_FILES
from ccm_gitops.context.archive import FOLDER as ARCHIVES
from ccm_gitops.context.inventory import Inventory, take_inventory
from ccm_gitops.context.loading import ContextFile, load
from ccm_gitops.errors import UsageError
from ccm_gitops.notify.wording import listing
from ccm_gitops.projects.folder import GENERATED, FolderTree

_DEPTH = 3  # how far below a folder its projects are looked for, as host/owner/project


@dataclass(frozen=True)
class Found:
    """A context file of a folder; `path` is the folder as the user would write it."""

    path: str
    root: Path
    tree: FolderTree
    file: ContextFile


def here() -> str:
    """The project that one is in: this folder if it has a context file, else its repository."""
    names = (*DEFAULT_CONTEXT_FILES, ARCHIVES)
    cwd = Path.cwd()
    is_project = any(os.path.lexists(cwd / name) for name in names)
    return "." if is_project else os.path.relpath(_root(cwd / names[0]))


def spread(paths: Sequence[str]) -> tuple[str, ...]:
    """The paths; instead of a folder that has no context but holds projects, those projects.

    A project is a repository with context, and outside of any repository also a plain folder. A
    folder inside a repository is no project of its own: its context files are meant.
    """
    spread_out = (
        [str(found) for found in (*_files_within(Path(path)), *_projects_in(Path(path)))] or [path]
        for path in paths
    )
    return tuple(dict.fromkeys(path for found in spread_out for path in found))


def _files_within(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and _root(folder / ".git") != Path(os.path.abspath(folder)):
        yield from (folder / name for name in DEFAULT_CONTEXT_FILES if (folder / name).is_file())


def _projects_in(folder: Path) -> Iterator[Path]:
    if not folder.is_dir() or _has_context(folder) or (folder / ".git").exists():
        return
    is_in_repository = (_root(folder / ".git") / ".git").exists()
    yield from _projects_below(folder, only_repositories=is_in_repository, depth=_DEPTH)


def _projects_below(folder: Path, *, only_repositories: bool, depth: int) -> Iterator[Path]:
    names = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    for name in sorted(names):
        if name.startswith(".") or name in GENERATED:
            continue
        below = folder / name
        is_repository = (below / ".git").exists()
        if (is_repository or not only_repositories) and _has_context(below):
            yield below
        elif not is_repository and depth > 1:
            yield from _projects_below(below, only_repositories=only_repositories, depth=depth - 1)


def _has_context(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in (*DEFAULT_CONTEXT_FILES, ".claude"))


def find_files(paths: Sequence[str]) -> Iterator[Found]:
    """The context files that the arguments name.

    Raises UsageError for a path that is not there, and where no folder has a context file; that
    some have none is told.
    """
    empty = []
    for path in paths:
        if os.path.isdir(path):
            found = list(_in_folder(path, DEFAULT_CONTEXT_FILES))
            empty += [] if found else [path]
            yield from found
        elif os.path.lexists(path):
            root = _root(Path(path))
            name = Path(os.path.abspath(path)).relative_to(root).as_posix()
            found = list(_in_folder(os.path.relpath(root), (name,)))
            if not found:
                raise _is_unreadable(path)
            yield from found
        else:
            raise UsageError(f"{path}: there is no such file or folder")
    _tell(empty, is_all=len(empty) == len(paths))


@dataclass(frozen=True)
class Project:
    """A folder with what of its context is asked for: all of its inventory, or the files named."""

    path: str
    tree: FolderTree
    inventory: Inventory
    files: tuple[ContextFile, ...]


def find_projects(paths: Sequence[str]) -> Iterator[Project]:
    """The folders that the arguments name or are in, each folder once, with the files to look at.

    Raises UsageError as `find_files`.
    """
    whole = [path for path in paths if os.path.isdir(path)]
    empty: list[str] = []
    named: dict[Path, list[str]] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"{path}: there is no such file or folder")
        if not os.path.isdir(path):
            root = _root(Path(path))
            name = Path(os.path.abspath(path)).relative_to(root).as_posix()
            named.setdefault(root, []).append(name)
    for path in whole:
        tree = FolderTree(Path(path))
        inventory = take_inventory(tree, DEFAULT_CONTEXT_FILES)
        if not inventory.files:
            empty.append(path)
            continue
        yield Project(path, tree, inventory, inventory.files)
    for root, names in named.items():
        tree = FolderTree(root)
        inventory = take_inventory(tree, DEFAULT_CONTEXT_FILES)
        loading = {file.path: file.loaded for file in inventory.files}
        files = load(tree, names, loaded=None)
        if not files:
            raise _is_unreadable(", ".join(names))
        known = tuple(replace(file, loaded=loading.get(file.path)) for file in files)
        yield Project(os.path.relpath(root), tree, inventory, known)
    _tell(empty, is_all=len(empty) == len(paths))


def _in_folder(path: str, names: Sequence[str]) -> Iterator[Found]:
    tree = FolderTree(Path(path))
    for file in load(tree, names):
        yield Found(path, tree.root, tree, file)


def _is_unreadable(path: str) -> UsageError:
    return UsageError(f"{path}: this is no file that can be read")


def _tell(empty: Sequence[str], *, is_all: bool) -> None:
    """Say which folders have no context file; raises UsageError where that `is_all` of them."""
    if not empty:
        return
    message = f"{', '.join(empty)}: there is none of {', '.join(DEFAULT_CONTEXT_FILES)}"
    if is_all:
        below = [name for path in empty for name in _nested(path)]
        raise UsageError(f"{message}; name one of {listing(below)}" if below else message)
    if not is_quiet():
        above(f"warning: {message}")


def _nested(path: str) -> Iterator[str]:
    """The context files further below a folder, which are those of its parts."""
    for name in sorted(FolderTree(Path(path)).paths()):
        if f"/{name}".endswith(tuple(f"/{known}" for known in DEFAULT_CONTEXT_FILES)):
            yield os.path.normpath(os.path.join(path, name))


def _root(file: Path) -> Path:
    """The repository that a file is in, else its folder: references are checked against it."""
    folder = Path(os.path.abspath(file)).parent
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return folder
