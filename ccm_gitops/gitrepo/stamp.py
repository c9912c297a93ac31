"""Which commit a repository's base would be, by its files alone: for looks that find nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from ccm_gitops.gitrepo.repository import folders, read_small

_HEADS = "refs/heads/"
_DEEPEST = 5  # symbolic refs, one behind the other
# What `Repository.base` reads beside the refs: unfinished rebases and bisects.
_AT_WORK = (
    *("rebase-merge/head-name", "rebase-merge/update-refs", "rebase-apply/head-name"),
    "BISECT_START",
)


def base_stamp(root: Path, branch: str | None) -> str | None:
    """A digest of all that decides on the commit of `Repository.base`; None where git must say.

    Equal digests, equal commits. No process is started.
    """
    found = folders(root)
    if found is None:
        return None
    git_dir, common_dir = found
    if (common_dir / "reftable").exists():
        return None
    digest = hashlib.sha256()
    for part in _parts(git_dir, common_dir, branch):
        digest.update(part.encode(errors="surrogateescape") + b"\0")
    return digest.hexdigest()[:16]


def _parts(git_dir: Path, common_dir: Path, branch: str | None) -> Iterator[str]:
    yield str(branch)
    starts = ["HEAD", *_AT_WORK]
    contents = [read_small(git_dir / name) for name in starts]
    origin = read_small(common_dir / "refs/remotes/origin/HEAD")
    yield from (*contents, origin)
    names = [_HEADS + branch] if branch else []
    names += [line for text in contents for line in text.removeprefix("ref: ").splitlines()]
    remote = "ref: refs/remotes/origin/"
    names += [_HEADS + origin.removeprefix(remote)] if origin.startswith(remote) else []
    for name in names:
        yield from _loose(common_dir, name)
    try:
        packed = (common_dir / "packed-refs").stat()
    except FileNotFoundError:
        return
    yield f"{packed.st_mtime_ns} {packed.st_size} {packed.st_ino}"


def _loose(common_dir: Path, name: str) -> Iterator[str]:
    """A ref's file, and those that it leads to."""
    for _ in range(_DEEPEST):
        text = read_small(common_dir / name) if name.startswith("refs/") else ""
        yield text
        if not text.startswith("ref: "):
            return
        name = text.removeprefix("ref: ")
