"""Mode worktree: write the named files into the working folder, and only them; commit nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from ccm_gitops.files import write_atomic
from ccm_gitops.publish.model import Change, Order, Published, Target

_Act = Callable[[Path, Mapping[str, bytes | None], Mapping[str, bytes]], Published]


def publish(target: Target, change: Change, order: Order) -> Published:
    """Write the change into the checked-out files of a local repository."""
    return _in_folder(target, change, write_files)


def foresee(target: Target, change: Change, order: Order) -> Published:
    """What `publish` would answer now; nothing is written."""
    return _in_folder(target, change, check_files)


def _in_folder(target: Target, change: Change, act: _Act) -> Published:
    if target.work_tree is None:
        return Published(action="refused", reason=f"{target} has no working folder")
    return act(target.work_tree, change.files, change.before)


def check_files(
    root: Path, files: Mapping[str, bytes | None], before: Mapping[str, bytes]
) -> Published:
    """What `write_files` would answer now: written or refused; nothing is written."""
    for path in files:
        if why := _objection(root, path, before.get(path)):
            return Published(action="refused", reason=f"{path} {why}; nothing was written")
    return Published(action="written")


def write_files(
    root: Path, files: Mapping[str, bytes | None], before: Mapping[str, bytes]
) -> Published:
    """Write files (None deletes) below `root`, a git work tree or not: all or, refused, nothing.

    Refused are links, paths that leave the folder, and files that are not as `before` has them:
    somebody edited them since they were read. Raises OSError as the file system gives it.
    """
    checked = check_files(root, files, before)
    if checked.action == "refused":
        return checked
    wanted = {path: data for path, data in files.items() if data != before.get(path)}
    if not wanted:
        return Published(action="unchanged", reason="the folder has this content already")
    # New files first: if we are killed in between, text is twice there and never nowhere.
    for path, data in sorted(wanted.items(), key=lambda item: (item[0] in before, item[0])):
        if data is not None:
            write_atomic(root / path, data)
    for path, data in wanted.items():
        if data is None:
            (root / path).unlink()
            _remove_emptied(root, path)
    return checked


def _remove_emptied(root: Path, path: str) -> None:
    """Remove the folders above a deleted file that have nothing left, as git does."""
    with contextlib.suppress(OSError):  # there is something in it
        for folder in Path(path).parents[:-1]:
            (root / folder).rmdir()


def _objection(root: Path, path: str, before: bytes | None) -> str | None:
    parts = Path(path).parts
    if not parts or Path(path).is_absolute() or ".." in parts:
        return "leaves the folder"
    if any(part.casefold() == ".git" for part in parts):
        return "is git's own"
    for depth in range(1, len(parts)):
        folder = root.joinpath(*parts[:depth])
        if folder.is_symlink():
            return f"goes through the link {folder}"
        if folder.exists() and not folder.is_dir():
            return f"goes through the file {folder}"
    target = root / path
    if target.is_symlink():
        return "is a symbolic link"
    if target.exists() and not target.is_file():
        return "is no regular file"
    now = target.read_bytes() if target.exists() else None
    return None if now == before else "is not what it was when the change was made"
