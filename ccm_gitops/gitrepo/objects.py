"""Blobs, trees and commits of any repository, read and made in a bare repository of our own."""

from __future__ import annotations

from collections.abc import Mapping, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ccm_gitops.errors import GitError
from ccm_gitops.gitrepo.command import Place, git, workshop
from ccm_gitops.gitrepo.signing import Signer, signed

_FILE_MODES = ("100644", "100755")
LINK_MODE = "120000"
SUBMODULE_MODE = "160000"


class Identity(Protocol):
    """Who commits."""

    @property
    def name(self) -> str:
        """Shown as the author."""

    @property
    def email(self) -> str:
        """The address beside it."""


@dataclass(frozen=True)
class Base:
    """Where a change starts: a commit, and the branch it is the tip of (None: a detached head)."""

    branch: str | None
    commit: str


@dataclass(frozen=True)
class Entry:
    """One file of a tree: its git mode as six digits, and the id of its blob."""

    mode: str
    id: str

    @property
    def is_file(self) -> bool:
        """True for a regular file; links and submodules are none."""
        return self.mode in _FILE_MODES


@dataclass(frozen=True)
class Commit:
    """What a commit says; `committer` is `Name <address>`, `when` the time of it."""

    tree: str
    parents: tuple[str, ...]
    committer: str
    when: datetime
    message: str


class ObjectStore:
    """The objects of one repository; its configuration, hooks and refs are not looked at."""

    def __init__(self, git_dir: Path, object_format: str) -> None:
        self.common_dir = git_dir
        self.object_format = object_format
        # What an id names never changes, and each look at it is a process of git's.
        self._entries: dict[str, dict[str, Entry]] = {}
        self._commits: dict[str, Commit] = {}

    def workshop(self) -> AbstractContextManager[Place]:
        """A bare repository of ours, gone afterwards, whose objects are those of this one."""
        return workshop(self.object_format, self.common_dir)

    def has(self, id: str) -> bool:
        """True when the object is here."""
        with self.workshop() as place:
            return git(place, "cat-file", "-e", id, accept=(0, 1, 128)).code == 0

    def is_ancestor(self, commit: str, of: str) -> bool:
        """True when `of` is the commit or comes after it; false too where history is missing."""
        with self.workshop() as place:
            found = git(place, "merge-base", "--is-ancestor", commit, of, accept=(0, 1, 128))
        return found.code == 0

    def entries(self, commit: str) -> Mapping[str, Entry]:
        """Path → entry of every file, link and submodule of a commit or tree."""
        if commit not in self._entries:
            with self.workshop() as place:
                self._entries[commit] = _entries(place, commit)
        return self._entries[commit]

    def blob(self, id: str) -> bytes:
        """The bytes of a blob."""
        with self.workshop() as place:
            return git(place, "cat-file", "blob", id).stdout

    def describe(self, commit: str) -> Commit:
        """Read a commit."""
        if commit not in self._commits:
            with self.workshop() as place:
                raw = git(place, "cat-file", "commit", commit).stdout
            self._commits[commit] = _commit(raw)
        return self._commits[commit]

    def last_change(self, commit: str, path: str) -> datetime | None:
        """When a path last changed, up to a commit; None where history is missing before that."""
        with self.workshop() as place:
            asked = ("log", "-1", "--format=%H %P", "--end-of-options", commit, "--", path)
            found = git(place, *asked, env={"GIT_LITERAL_PATHSPECS": "1"}, accept=(0, 128))
        id, _, parents = found.text.partition(" ")
        if found.code or not id:
            return None
        change = self.describe(id)
        # Where a shallow history ends, every file seems to have come with the last commit.
        return change.when if len(parents.split()) == len(change.parents) else None

    def tree(self, base: str | None, files: Mapping[str, bytes | None]) -> str:
        """The id of the tree of commit `base` (None: the empty tree) with `files` put in.

        None for a file's bytes takes it out. Modes of existing files stay. Raises GitError for a
        path that leaves the tree, is git's own, or goes through a link, a submodule or a file.
        """
        with self.workshop() as place:
            return _write_tree(place, base, self.entries(base) if base else {}, files)

    def commit(
        self,
        base: str | None,
        files: Mapping[str, bytes | None],
        *,
        message: str,
        author: Identity,
        when: datetime,
    ) -> str:
        """Make one commit on `base` (None: without a parent) and give its id; no ref moves.

        The same arguments give the same id. Raises GitError as `tree` does.
        """
        tree = self.tree(base, files)
        return self.commit_tree(tree, base, message=message, author=author, when=when)

    def commit_tree(
        self, tree: str, parent: str | None, *, message: str, author: Identity, when: datetime
    ) -> str:
        """Make one commit of a tree that is here, and give its id; no ref moves."""
        moment = f"@{int(when.timestamp())} +0000"
        signature = {
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_NAME": author.name,
            "GIT_COMMITTER_EMAIL": author.email,
            "GIT_COMMITTER_DATE": moment,
        }
        parents = ["-p", parent] if parent else []
        text = message.encode("utf-8", "surrogateescape")
        with self.workshop() as place:
            made = git(place, "commit-tree", tree, *parents, "-F", "-", stdin=text, env=signature)
        return made.text

    def sign(self, commit: str, signer: Signer) -> str:
        """The id of a commit that says the same and is signed; raises SigningError."""
        with self.workshop() as place:
            plain = git(place, "cat-file", "commit", commit).stdout
            data = signed(plain, signer(plain), self.object_format)
            return git(place, "hash-object", "-t", "commit", "-w", "--stdin", stdin=data).text


def _commit(raw: bytes) -> Commit:
    head, _, message = raw.decode("utf-8", "surrogateescape").partition("\n\n")
    lines = [line.partition(" ") for line in head.split("\n")]
    fields = {key: value for key, _, value in lines}
    return Commit(
        tree=fields["tree"],
        parents=tuple(value for key, _, value in lines if key == "parent"),
        committer=fields["committer"].rsplit(" ", 2)[0],
        when=datetime.fromtimestamp(int(fields["committer"].rsplit(" ", 2)[1]), UTC),
        message=message,
    )


def _entries(place: Place, commit: str) -> dict[str, Entry]:
    listing = git(place, "ls-tree", "-r", "-z", "--full-tree", commit).text
    entries = {}
    for line in listing.split("\0"):
        if line:
            fields, _, path = line.partition("\t")
            mode, _, id = fields.split(" ")
            entries[path] = Entry(mode, id)
    return entries


def _write_tree(
    place: Place,
    base: str | None,
    entries: Mapping[str, Entry],
    files: Mapping[str, bytes | None],
) -> str:
    if base:
        git(place, "read-tree", base)
    present = {*entries, *(path for path, content in files.items() if content is not None)}
    for path, content in files.items():
        mode = _mode(path, entries, present)
        if content is not None:
            blob = git(place, "hash-object", "-w", "--no-filters", "--stdin", stdin=content).text
            # git refuses here, by itself, `..`, absolute paths and `.git` in all its disguises.
            git(place, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")
        elif path in entries:
            git(place, "update-index", "--force-remove", "--", path)
    # Blobs that a partial clone left out need not be here for a tree to name them.
    return git(place, "write-tree", "--missing-ok").text


def _mode(path: str, entries: Mapping[str, Entry], present: Set[str]) -> str:
    """The mode that a file at `path` keeps or gets; raises GitError where none may be.

    `present` are all the paths of the tree to be, `entries` those that stood there before.
    """
    folders = path.split("/")[:-1]
    for depth in range(1, len(folders) + 1):
        if parent := entries.get("/".join(folders[:depth])):
            raise GitError(f"{path}: {'/'.join(folders[:depth])} is {_kind(parent)}, not a folder")
    existing = entries.get(path)
    if existing and not existing.is_file:
        raise GitError(f"{path} is {_kind(existing)}; it is left as it is")
    if any(other.startswith(f"{path}/") for other in present):
        raise GitError(f"{path} is a folder; it is left as it is")
    return existing.mode if existing else "100644"


def _kind(entry: Entry) -> str:
    return {LINK_MODE: "a symbolic link", SUBMODULE_MODE: "a submodule"}.get(entry.mode, "a file")
