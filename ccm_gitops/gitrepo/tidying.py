"""What keeps the folder of clones small: few packs in each, and none that nobody asks for."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

from ccm_gitops.errors import GitError, StateBusyError
from ccm_gitops.files import locked
from ccm_gitops.gitrepo.command import Place, git

_MOST_PACKS = 20  # each fetch of something new adds one
_KEPT = 90 * 24 * 3600.0  # seconds that a clone is kept after its last use


def lock_of(folder: Path) -> Path:
    """The file by which runners take turns at a clone; its time is that of the last use."""
    return folder.with_name(f"{folder.name}.lock")


def pack(place: Place) -> None:
    """Put a clone's packs into one where there are many; what is new but on no ref stays a day.

    The clone must be locked. One that cannot be packed is left as it is: its next fetch tells.
    """
    if len(list(place.objects.glob("pack/*.pack"))) > _MOST_PACKS:
        with contextlib.suppress(GitError):
            git(place, "gc", "--quiet", "--prune=1.day.ago")


def forget_unused(cache: Path) -> None:
    """Remove the clones below `cache` that no runner has opened for 90 days."""
    oldest = time.time() - _KEPT
    for lock in cache.glob("*.lock"):
        folder = lock.with_suffix("")
        if lock.stat().st_mtime < oldest and (folder / "HEAD").is_file():
            # One that is held, or was opened since the look, is in use after all.
            with contextlib.suppress(StateBusyError), locked(lock, wait=0):
                if lock.stat().st_mtime < oldest:
                    shutil.rmtree(folder)


def mark_used(folder: Path) -> None:
    """Remember that a clone was opened now."""
    os.utime(lock_of(folder))
