"""Shallow bare clones of remote repositories, kept between runs; a damaged one is made again."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from ccm_gitops.errors import GitError, StateBusyError
from ccm_gitops.files import locked
from ccm_gitops.gitrepo.command import Place, git, init_bare, scratch_folder
from ccm_gitops.gitrepo.objects import Base, ObjectStore
from ccm_gitops.gitrepo.remote import Listing, Remote, list_remote
from ccm_gitops.gitrepo.tidying import forget_unused, lock_of, mark_used, pack
from ccm_gitops.secrets import Secret, redact

_PATIENCE = 300.0  # seconds that another runner may take to fetch the same repository


class Clone(ObjectStore):
    """A remote repository: its objects come to a cache folder, its refs stay where they are.

    Its branches are listed once, and again after a push: a lease tells when others moved one.
    """

    work_tree: Path | None = None

    def __init__(self, remote: Remote, folder: Path, listing: Listing, object_format: str) -> None:
        super().__init__(folder, object_format)
        self._remote = remote
        self._listed: Listing | None = listing
        self._fetched: dict[str, str] = {}

    @classmethod
    def open(cls, url: str, cache: Path, token: Secret | None = None) -> Clone:
        """The clone of `url` below the folder `cache`; nothing is fetched yet.

        Raises GitError when the remote cannot be reached or has no commit.
        """
        listing = list_remote(url, token)
        if not listing.refs:
            raise GitError(f"{redact(url)} has no branch with a commit on it")
        object_format = "sha256" if len(next(iter(listing.refs.values()))) == 64 else "sha1"
        folder = cache / _folder_name(url, object_format)
        remote = Remote(url, ObjectStore(folder, object_format), token)
        clone = cls(remote, folder, listing, object_format)
        with clone._cache() as place:
            mark_used(folder)
            pack(place)
        forget_unused(cache)
        return clone

    def __str__(self) -> str:
        return str(self._remote)

    def base(self, branch: str | None) -> Base:
        """The tip of `branch`, else of the remote's default branch, fetched without history.

        Raises GitError when there is no such branch.
        """
        listing = self._listing()
        branch = branch or listing.default_branch
        if branch is None:
            raise GitError(f"{self} has no default branch; name one with `branch`")
        name = f"refs/heads/{branch}"
        if name not in listing.refs:
            raise GitError(f"{self} has no branch {branch}")
        return Base(branch, self._fetch(name, listing.refs[name], depth=1))

    def ref(self, name: str) -> str | None:
        """The id that a branch (`refs/heads/…`) stands at there, fetched with its parent."""
        found = self._listing().refs.get(name)
        return self._fetch(name, found, depth=2) if found else None

    def checked_out_branches(self) -> dict[str, Path]:
        """Nothing: what is checked out elsewhere is the other side's affair."""
        return {}

    def move_ref(self, name: str, new: str | None, old: str | None) -> None:
        """Push `new` (None: its end) to a branch that must be at `old` (None: must not exist).

        Raises RefMovedError when it is elsewhere, GitError when the other side refuses.
        """
        self._listed = None
        self._remote.move_ref(name, new, old)

    def _listing(self) -> Listing:
        if self._listed is None:
            self._listed = list_remote(self._remote.url, self._remote.token)
        return self._listed

    def _fetch(self, name: str, expected: str, *, depth: int) -> str:
        """Have the commit of a remote ref here, complete; a cache that cannot is made again."""
        if self._fetched.get(name) == expected:
            return expected
        into = f"refs/ccm/{hashlib.sha256(name.encode()).hexdigest()[:16]}"
        with self._cache() as place:
            with contextlib.suppress(GitError):
                return self._update(place, name, into, expected, depth)
            shutil.rmtree(self.common_dir)
            init_bare(self.common_dir, self.object_format)
            return self._update(place, name, into, expected, depth)

    def _update(self, place: Place, name: str, into: str, expected: str, depth: int) -> str:
        # Fails when anything of that one commit is missing or damaged.
        walk = ("rev-list", "--objects", f"--max-count={depth}", "--quiet")
        if git(place, *walk, expected, accept=(0, 1, 128)).code == 0:
            commit = expected  # fetched before, or made here
            git(place, "update-ref", into, commit)
        else:
            self._remote.fetch(name, into, place, depth=depth)
            commit = git(place, "rev-parse", "--verify", into).text
            git(place, *walk, commit)
        self._fetched[name] = commit
        return commit

    @contextlib.contextmanager
    def _cache(self) -> Iterator[Place]:
        """The cache folder, made when missing, held against other runners."""
        folder = self.common_dir
        try:
            with locked(lock_of(folder), wait=_PATIENCE):
                if not (folder / "HEAD").is_file():
                    init_bare(folder, self.object_format)
                with scratch_folder() as scratch:
                    yield Place(
                        git_dir=folder,
                        common_dir=folder,
                        objects=folder / "objects",
                        shallow=folder / "shallow",
                        scratch=scratch,
                    )
        except StateBusyError as error:
            raise GitError(f"{folder}: another runner keeps fetching; try again") from error


def _folder_name(url: str, object_format: str) -> str:
    """A readable name that differs for URLs that differ; nothing secret is in it."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", url.rpartition("/")[2].removesuffix(".git"))
    digest = hashlib.sha256(f"{object_format} {url}".encode()).hexdigest()
    return f"{readable.strip('-')}-{digest[:12]}"
