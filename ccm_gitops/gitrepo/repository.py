"""A repository on this machine: its base, its refs, and what is checked out; read as data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ccm_gitops.errors import GitError, RefMovedError, RepositoryError
from ccm_gitops.gitrepo.command import Place, git, scratch_folder, workshop
from ccm_gitops.gitrepo.objects import Base, ObjectStore
from ccm_gitops.gitrepo.remote import Remote
from ccm_gitops.secrets import Secret

_HEADS = "refs/heads/"


class Repository(ObjectStore):
    """A local repository, bare or with a work tree; only refs that are named here ever move."""

    def __init__(self, root: Path, git_dir: Path, common_dir: Path, object_format: str) -> None:
        super().__init__(common_dir, object_format)
        self.root = root
        self.git_dir = git_dir

    @classmethod
    def open(cls, path: Path) -> Repository:
        """The repository whose top folder (or git folder, when bare) is `path`.

        The folders are found by reading, not by asking git: a configuration cannot redirect us.
        Raises RepositoryError when there is none.
        """
        root = path.resolve()
        found = folders(root)
        if found is None:
            raise RepositoryError(f"{path} is not the top folder of a git repository")
        git_dir, common_dir = found
        if not (common_dir / "objects").is_dir():
            raise RepositoryError(
                f"{path}: the git folder {common_dir} has no objects; is it damaged?"
            )
        object_format = _setting(common_dir, "extensions.objectformat") or "sha1"
        return cls(root, git_dir, common_dir, object_format)

    def __str__(self) -> str:
        return str(self.root)

    @property
    def work_tree(self) -> Path | None:
        """The folder with the checked-out files; None when the repository is bare."""
        return None if self.git_dir == self.root else self.root

    def base(self, branch: str | None) -> Base:
        """The commit to start from.

        That of `branch`; else of the local branch that origin's HEAD names; else of the branch
        checked out (or being rebased); else the detached commit itself. Raises RepositoryError when
        there is no such branch, or no commit yet.
        """
        if branch is None:
            branch = self._default_branch()
        if branch is not None:
            commit = self.ref(_HEADS + branch)
            if commit is None:
                raise RepositoryError(f"{self.root} has no branch {branch} with a commit on it")
            return Base(branch, commit)
        with scratch_folder() as scratch:
            place = self._place(self.git_dir, scratch)
            return Base(None, git(place, "rev-parse", "--verify", "HEAD^{commit}").text)

    def ref(self, name: str) -> str | None:
        """The id that a full ref name (`refs/heads/…`) stands at; None when it does not exist."""
        with scratch_folder() as scratch:
            place = self._place(self.common_dir, scratch)
            found = git(place, "for-each-ref", "--format=%(refname) %(objectname)", "--", name)
        # The pattern also matches what lies below the name.
        return dict(line.split(" ") for line in found.text.splitlines()).get(name)

    def commit_of(self, revision: str) -> str | None:
        """The commit that a revision names here, as git reads it; None when there is none."""
        with scratch_folder() as scratch:
            place = self._place(self.git_dir, scratch)
            options = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
            found = git(place, "rev-parse", *options, accept=(0, 1, 128))
        return found.text if found.code == 0 else None

    def checked_out_branches(self) -> dict[str, Path]:
        """Branch → the folder that has it checked out, rebases or bisects it."""
        bare = _setting(self.common_dir, "core.bare", "--type=bool") == "true"
        main = self.common_dir.parent if self.common_dir.name == ".git" else self.common_dir
        found = {} if bare else dict.fromkeys(self._branches_in(self.common_dir), main)
        for linked in sorted((self.common_dir / "worktrees").glob("*/")):
            folder = Path(read_small(linked / "gitdir")).parent
            found |= dict.fromkeys(self._branches_in(linked), folder)
        return found

    def move_ref(self, name: str, new: str | None, old: str | None) -> None:
        """Set a full ref name to `new` (None: delete it) if it is at `old` (None: does not exist).

        Raises RefMovedError when it is elsewhere, GitError when git refuses.
        """
        if not name.startswith("refs/"):
            raise GitError(f"{name} is no full ref name")
        nothing = "0" * (64 if self.object_format == "sha256" else 40)
        values = (new or nothing, old or nothing)
        command = ("update-ref", "--no-deref", "-m", "ccm-gitops: publish", name, *values)
        with scratch_folder() as scratch:
            try:
                git(self._place(self.common_dir, scratch), *command)
            except GitError as error:
                found = self.ref(name)
                if found == old:
                    raise
                raise RefMovedError(
                    f"{name} of {self.root} is at {found or 'nothing'}, not at {old or 'nothing'}: "
                    "it moved meanwhile"
                ) from error

    def remote(self, name: str, token: Secret | None = None) -> Remote:
        """The remote that the configuration calls `name`, by its bare URL.

        `insteadOf` and everything else that belongs to it there is not applied.
        """
        key = f"remote.{name}"
        url = _setting(self.common_dir, f"{key}.pushurl") or _setting(self.common_dir, f"{key}.url")
        if not url:
            raise RepositoryError(f"{self.root} has no remote {name}")
        if url.startswith(("./", "../")):  # git reads such a path from the work tree
            url = str((self.root / url).resolve())
        return Remote(url, self, token)

    def _default_branch(self) -> str | None:
        with scratch_folder() as scratch:
            place = self._place(self.common_dir, scratch)
            origin = git(place, "symbolic-ref", "-q", "refs/remotes/origin/HEAD", accept=(0, 1))
        branch = origin.text.removeprefix("refs/remotes/origin/")
        if branch and self.ref(_HEADS + branch):
            return branch
        return next(self._branches_in(self.git_dir), None)

    def _branches_in(self, git_dir: Path) -> Iterator[str]:
        """The branches that one work tree stands on: its HEAD's first, then unfinished work's."""
        with scratch_folder() as scratch:
            place = self._place(git_dir, scratch)
            # 128: the folder of a work tree that is half gone.
            head = git(place, "symbolic-ref", "-q", "HEAD", accept=(0, 1, 128)).text
        names = [head, read_small(git_dir / "rebase-merge/head-name")]
        names += [read_small(git_dir / "rebase-apply/head-name")]
        names += read_small(git_dir / "rebase-merge/update-refs").splitlines()
        bisected = read_small(git_dir / "BISECT_START")
        names += [_HEADS + bisected] if bisected else []
        yield from (name.removeprefix(_HEADS) for name in names if name.startswith(_HEADS))

    def _place(self, git_dir: Path, scratch: Path) -> Place:
        """The repository itself, for work on refs; its hooks and programs are switched off."""
        # With GIT_DIR given, git asks for no owner: a declared project may belong to someone
        # else (a checkout in a container), and nothing of it is executed.
        return Place(
            git_dir=git_dir,
            common_dir=self.common_dir,
            objects=self.common_dir / "objects",
            shallow=self.common_dir / "shallow",
            scratch=scratch,
        )


def is_repository(path: Path) -> bool:
    """True when `path` is the top folder of a work tree, or a bare repository."""
    return _git_dir(path) is not None


def enclosing(folder: Path) -> Path | None:
    """The top folder of the repository that `folder` is in; None when it is in none."""
    return next((above for above in (folder, *folder.parents) if is_repository(above)), None)


def folders(root: Path) -> tuple[Path, Path] | None:
    """The git folder of a work tree or bare repository, and the one that its work trees share."""
    git_dir = _git_dir(root)
    if git_dir is None:
        return None
    return git_dir, (git_dir / read_small(git_dir / "commondir")).resolve()


def _git_dir(root: Path) -> Path | None:
    dot_git = root / ".git"
    if dot_git.is_dir():
        return dot_git.resolve()
    pointer = read_small(dot_git)
    if pointer.startswith("gitdir: "):
        return (root / pointer.removeprefix("gitdir: ")).resolve()
    is_bare = (root / "HEAD").is_file() and (root / "objects").is_dir() and (root / "refs").is_dir()
    return root if is_bare else None


def read_small(path: Path) -> str:
    """A small file of git's own, without its line end; empty when there is none."""
    try:
        return path.read_text(errors="surrogateescape").removesuffix("\n")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""


def _setting(common_dir: Path, key: str, *options: str) -> str:
    """A setting of a repository, read as data: includes are not followed; empty when missing."""
    config = str(common_dir / "config")
    with workshop() as place:
        return git(
            place,
            "config",
            "--file",
            config,
            "--no-includes",
            *options,
            "--get",
            key,
            accept=(0, 1),
        ).text
