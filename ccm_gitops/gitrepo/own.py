"""A commit in the user's own repository, by the user's own git: not for repositories of others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ccm_gitops.errors import GitError


def commit_file(path: Path, message: str) -> str:
    """Commit that one file on the checked-out branch, as `git commit` does; the commit's short id.

    The repository is the user's own and so are its hooks, identity and signing: all are used. What
    is staged stays staged and is no part of the commit. Raises GitError with git's own words.
    """
    real = Path(os.path.realpath(path))
    # Without it git would not know a file that was never added.
    _git(real.parent, "add", "--intent-to-add", "--", real.name)
    _git(real.parent, "commit", "--quiet", "--only", "-m", message, "--", real.name)
    return _git(real.parent, "rev-parse", "--short", "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr or done.stdout).strip()
        raise GitError(f"the file is written, but not committed: {reason}")
    return done.stdout.strip()
