"""What a PATH on the command line means: a project's folder, or one context file in it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ccm_gitops.cli.common import read_config
from ccm_gitops.cli.everywhere import is_quiet
from ccm_gitops.cli.progress import above
from ccm_gitops.config.find import look_upward
from ccm_gitops.config.model import DEFAULT_CONTEXT_FILES
from ccm_gitops.context.archive import FOLDER as ARCHIVES
from ccm_gitops.context.inventory import Inventory, take_inventory
from ccm_gitops.context.loading import ContextFile, load, spelled_out
from ccm_gitops.errors import ConfigError, UsageError
from ccm_gitops.globs import is_pattern
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


def context_files(config_path: str | None) -> tuple[str, ...]:
    """The names of context files, or patterns: those of the configuration, else the usual ones.

    Raises UsageError and ConfigError where a configuration is named and is missing or wrong; one
    that is only found, and is wrong, is told.
    """
    if config_path or os.environ.get("CCM_CONFIG"):
        return read_config(config_path).settings.context_files
    try:
        found = look_upward(Path.cwd())
        return read_config(None).settings.context_files if found else DEFAULT_CONTEXT_FILES
    except ConfigError as error:
        if not is_quiet():
            above(f"warning: {error.problems[0]}; the usual context files are looked at")
        return DEFAULT_CONTEXT_FILES


def here(names: Sequence[str] = DEFAULT_CONTEXT_FILES) -> str:
    """The project that one is in: this folder if it has a context file, else its repository."""
    cwd = Path.cwd()
    is_project = any(os.path.lexists(cwd / name) for name in (*names, ARCHIVES))
    return "." if is_project else os.path.relpath(_root(cwd / ".git"))


def spread(paths: Sequence[str], names: Sequence[str] = DEFAULT_CONTEXT_FILES) -> tuple[str, ...]:
    """The paths; instead of a folder that has no context but holds projects, those projects.

    A project is a repository with context, and outside of any repository also a plain folder. A
    folder inside a repository is no project of its own: its context files are meant. `names` are
    those of context files.
    """
    spread_out = (
        [*_files_within(Path(path), names), *_projects_in(Path(path), names)] or [Path(path)]
        for path in paths
    )
    return tuple(dict.fromkeys(str(path) for found in spread_out for path in found))


def _files_within(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """What a folder inside a repository has of the names, seen from it and from the root."""
    root, place = _root(folder / ".git"), Path(os.path.abspath(folder))
    if not folder.is_dir() or root == place:
        return
    from_root = (root / name for name in spelled_out(FolderTree(root), names))
    below = (folder / path.relative_to(place) for path in from_root if place in path.parents)
    yield from filter(Path.is_file, (*(folder / name for name in names), *below))


def _projects_in(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    if not folder.is_dir() or _has_context(folder, names) or (folder / ".git").exists():
        return
    is_in_repository = (_root(folder / ".git") / ".git").exists()
    yield from _projects_below(folder, names, only_repositories=is_in_repository, depth=_DEPTH)


def _projects_below(
    folder: Path, names: Sequence[str], *, only_repositories: bool, depth: int
) -> Iterator[Path]:
    entries: list[str] = []
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        entries = [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
    for name in sorted(entries):
        if name.startswith(".") or name in GENERATED:
            continue
        below = folder / name
        is_repository = (below / ".git").exists()
        if (is_repository or not only_repositories) and _has_context(below, names):
            yield below
        elif not is_repository and depth > 1:
            yield from _projects_below(
                below, names, only_repositories=only_repositories, depth=depth - 1
            )


def _has_context(folder: Path, names: Sequence[str]) -> bool:
    if any(os.path.lexists(folder / name) for name in (*names, ".claude")):
        return True
    # In a folder of projects a pattern would find the files of each of them.
    patterns = tuple(filter(is_pattern, names))
    return (folder / ".git").exists() and bool(load(FolderTree(folder), patterns))


def find_files(
    paths: Sequence[str], names: Sequence[str] = DEFAULT_CONTEXT_FILES
) -> Iterator[Found]:
    """The context files that the arguments name, in folders those of `names`.

    Raises UsageError for a path that is not there, and where no folder has a context file; that
    some have none is told.
    """
    empty = []
    for path in paths:
        if os.path.isdir(path):
            found = list(_in_folder(path, names))
            empty += [] if found else [path]
            yield from found
        elif os.path.lexists(path):
            root, name = _place(path)
            found = list(_in_folder(os.path.relpath(root), (name,)))
            if not found:
                raise _is_unreadable(path)
            yield from found
        else:
            raise UsageError(f"{path}: there is no such file or folder")
    _tell(empty, names, is_all=len(empty) == len(paths))


@dataclass(frozen=True)
class Project:
    """A folder with what of its context is asked for: all of its inventory, or the files named."""

    path: str
    tree: FolderTree
    inventory: Inventory
    files: tuple[ContextFile, ...]


def find_projects(
    paths: Sequence[str], names: Sequence[str] = DEFAULT_CONTEXT_FILES
) -> Iterator[Project]:
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
            root, name = _place(path)
            named.setdefault(root, []).append(name)
    for path in whole:
        tree = FolderTree(Path(path))
        inventory = take_inventory(tree, names)
        if not inventory.files:
            empty.append(path)
            continue
        yield Project(path, tree, inventory, inventory.files)
    for root, asked in named.items():
        tree = FolderTree(root)
        inventory = take_inventory(tree, names)
        loading = {file.path: file.loaded for file in inventory.files}
        files = load(tree, asked, loaded=None)
        if not files:
            raise _is_unreadable(", ".join(asked))
        known = tuple(replace(file, loaded=loading.get(file.path)) for file in files)
        yield Project(os.path.relpath(root), tree, inventory, known)
    _tell(empty, names, is_all=len(empty) == len(paths))


def _in_folder(path: str, names: Sequence[str]) -> Iterator[Found]:
    tree = FolderTree(Path(path))
    for file in load(tree, names):
        yield Found(path, tree.root, tree, file)


def _is_unreadable(path: str) -> UsageError:
    return UsageError(f"{path}: this is no file that can be read")


def _tell(empty: Sequence[str], names: Sequence[str], *, is_all: bool) -> None:
    """Say which folders have no context file; raises UsageError where that `is_all` of them."""
    if not empty:
        return
    message = f"{', '.join(empty)}: there is none of {', '.join(names)}"
    if is_all:
        below = [name for path in empty for name in _nested(path, names)]
        raise UsageError(f"{message}; name one of {listing(below)}" if below else message)
    if not is_quiet():
        above(f"warning: {message}")


def _nested(path: str, names: Sequence[str]) -> Iterator[str]:
    """The context files further below a folder, which are those of its parts."""
    for name in sorted(FolderTree(Path(path)).paths()):
        if f"/{name}".endswith(tuple(f"/{known}" for known in names)):
            yield os.path.normpath(os.path.join(path, name))


def _place(path: str) -> tuple[Path, str]:
    """The root that a file belongs to, and its path from there."""
    root = _root(Path(path))
    return root, Path(os.path.abspath(path)).relative_to(root).as_posix()


def _root(file: Path) -> Path:
    """The repository that a file is in, else its folder: references are checked against it."""
    folder = Path(os.path.abspath(file)).parent
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return folder
