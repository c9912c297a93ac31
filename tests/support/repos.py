"""Real git repositories for tests, with a fixed identity and no configuration of the machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": str(Path(__file__).with_name("gitconfig")),
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-05T08:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-05T08:00:00Z",
}


def git(
    path: Path, *arguments: str, check: bool = True, environ: Mapping[str, str] = ENVIRONMENT
) -> str:
    """Run git in `path` and give its output without the last line end; fails loudly."""
    done = subprocess.run(
        ["git", *arguments], cwd=path, env=environ, capture_output=True, check=False
    )
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def make_repo(
    path: Path,
    files: Mapping[str, str | bytes] | None = None,
    *,
    branch: str = "main",
    object_format: str = "sha1",
) -> Path:
    """A repository with a work tree; its one commit holds `files` (without them, none)."""
    folders, made = _in_memory(tuple((files or {}).items()), branch, object_format)
    for folder in folders:
        (path / folder).mkdir(parents=True, exist_ok=True)
    write_files(path, made)
    return path


@cache
def _in_memory(
    files: tuple[tuple[str, str | bytes], ...], branch: str, object_format: str
) -> tuple[Sequence[str], Mapping[str, bytes]]:
    """Folders and files of a repository; most tests begin with one that others begin with too."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        git(root, "init", "-q", f"--initial-branch={branch}", f"--object-format={object_format}")
        if files:
            commit_files(root, dict(files), message="make_repo")
        found = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
        folders = [name for name, path in found.items() if path.is_dir()]
        return folders, {name: found[name].read_bytes() for name in found.keys() - folders}


def make_bare(path: Path, source: Path) -> Path:
    """A bare clone of `source`, such as a server holds."""
    git(source, "clone", "--quiet", "--bare", "--no-local", str(source), str(path))
    return path


def write_files(path: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below `path`, byte for byte."""
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def commit_files(
    path: Path, files: Mapping[str, str | bytes], *, message: str = "commit_files"
) -> str:
    """Write `files`, commit everything in the work tree, and give the commit's id."""
    write_files(path, files)
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--message", message)
    return git(path, "rev-parse", "HEAD")


def files_at(path: Path, revision: str) -> dict[str, bytes]:
    """Path → bytes of every file in a commit, links included, submodules left out."""
    lines = git(path, "ls-tree", "-r", "-z", revision).split("\0")
    names = [line.partition("\t")[2] for line in lines if " blob " in line]
    return {
        name: subprocess.run(
            ["git", "cat-file", "blob", f"{revision}:{name}"],
            cwd=path,
            env=ENVIRONMENT,
            capture_output=True,
            check=True,
        ).stdout
        for name in names
    }


def refs(path: Path) -> dict[str, str]:
    """Full name → id of every ref, symbolic HEAD left out."""
    lines = git(path, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ", 1) for line in lines)
