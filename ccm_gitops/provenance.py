"""Who or what started a run, and by which version of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Via = Literal["terminal", "background", "systemd", "github-actions", "server"]


@dataclass(frozen=True)
class Origin:
    """The user that the surroundings name, and by what way the run came about."""

    user: str | None = None
    via: Via = "background"


def origin_of(environ: Mapping[str, str], *, is_terminal: bool) -> Origin:
    """Read from the environment; a crontab leaves no trace there: `background`."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return Origin(environ.get("GITHUB_ACTOR"), "github-actions")
    user = environ.get("USER") or environ.get("LOGNAME")
    if is_terminal:
        return Origin(user, "terminal")
    return Origin(user, "systemd" if environ.get("INVOCATION_ID") else "background")


@dataclass(frozen=True)
class Version:
    """The digest of a configuration's bytes, and the commit that holds them, where one does."""

    digest: str
    commit: str | None


def version_of(path: Path) -> Version:
    """The version of a configuration file as it stands; of one that is gone the empty digest."""
    # Only a run with something to do asks for it.
    import hashlib  # noqa: PLC0415

    from ccm_gitops.errors import GitError  # noqa: PLC0415
    from ccm_gitops.gitrepo.repository import Repository, enclosing  # noqa: PLC0415

    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    digest = hashlib.sha256(data).hexdigest()
    root = enclosing(path.parent)
    if root is None:
        return Version(digest, None)
    try:
        repository = Repository.open(root)
        commit = repository.commit_of("HEAD")
        entries = repository.entries(commit) if commit else {}
        entry = entries.get(path.relative_to(root).as_posix())
        is_committed = entry is not None and repository.blob(entry.id) == data
    except GitError:
        return Version(digest, None)
    return Version(digest, commit if is_committed else None)
