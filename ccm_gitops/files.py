"""Files on disk: atomic writes, and locks that die with their process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from ccm_gitops.errors import StateBusyError


def write_atomic(path: Path, data: bytes, *, is_private: bool = False) -> None:
    """Replace a file's content whole or not at all, surviving a crash or a power cut.

    The mode of an existing file stays; a private one is its owner's alone. Raises OSError as the
    file system gives it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # As tempfile.mkstemp does it, whose module takes a while to import.
    name = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            os.fchmod(handle.fileno(), 0o600 if is_private else _mode_for(path))
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    _sync_folder(path.parent)


def keep_previous(path: Path) -> None:
    """Keep the file as it is now as `path.bak`, whatever is written to `path` next.

    Both names are one file until then, so nothing is copied. Where the file system has no hard
    links, there is no backup.
    """
    fresh = path.with_name(f".{path.name}.bak.{os.getpid()}")
    with contextlib.suppress(OSError):
        os.link(path, fresh)
        os.replace(fresh, path.with_name(f"{path.name}.bak"))
        # A rename does nothing where both names are the same file already.
        fresh.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Append one line in a single write; a torn last line, of a crash, is closed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        size = os.fstat(descriptor).st_size
        is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, b"\n" * is_torn + line.encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(path: Path, *, wait: float) -> Iterator[None]:
    """Hold an exclusive lock on `path` (made when missing) for the block.

    The kernel drops the lock when the process ends, however it ends.
    Raises StateBusyError when another process holds it for more than `wait` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    with path.open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StateBusyError(
                        f"{path}: another runner holds the state; try again in a moment"
                    ) from None
                time.sleep(0.02)
        yield


def _mode_for(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
