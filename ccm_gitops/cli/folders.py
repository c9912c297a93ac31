"""What a PATH on the command line means: a project's folder, or one context file in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ccm_gitops.config.model import DEFAULT_CONTEXT_FILES
from ccm_gitops.context.inventory import Inventory, take_inventory
from ccm_gitops.context.loading import ContextFile, load
from ccm_gitops.errors import UsageError
from ccm_gitops.projects.folder import FolderTree


@dataclass(frozen=True)
class Found:
    """A context file of a folder; `path` is the folder as the user would write it."""

    path: str
    root: Path
    tree: FolderTree
    file: ContextFile


def find_files(paths: Sequence[str]) -> Iterator[Found]:
    """The context files that the arguments name.

    Raises UsageError for a path that is not there, or a folder without a context file.
    """
    for path in paths:
        if os.path.isdir(path):
            yield from _in_folder(path, DEFAULT_CONTEXT_FILES)
        elif os.path.lexists(path):
            root = _root(Path(path))
            name = Path(os.path.abspath(path)).relative_to(root).as_posix()
            yield from _in_folder(os.path.relpath(root), (name,))
        else:
            raise UsageError(f"{path}: there is no such file or folder")


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
            raise UsageError(f"{path}: there is none of {', '.join(DEFAULT_CONTEXT_FILES)}")
        yield Project(path, tree, inventory, inventory.files)
    for root, names in named.items():
        tree = FolderTree(root)
        inventory = take_inventory(tree, DEFAULT_CONTEXT_FILES)
        loading = {file.path: file.loaded for file in inventory.files}
        files = load(tree, names, loaded=None)
        known = tuple(replace(file, loaded=loading.get(file.path)) for file in files)
        yield Project(os.path.relpath(root), tree, inventory, known)


def _in_folder(path: str, names: Sequence[str]) -> Iterator[Found]:
    tree = FolderTree(Path(path))
    files = load(tree, names)
    if not files:
        raise UsageError(f"{path}: there is none of {', '.join(names)}")
    for file in files:
        yield Found(path, tree.root, tree, file)


def _root(file: Path) -> Path:
    """The repository that a file is in, else its folder: references are checked against it."""
    folder = Path(os.path.abspath(file)).parent
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return folder
