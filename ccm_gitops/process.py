"""The one way to run a command that a user named; git alone goes through `gitrepo`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ccm_gitops.errors import TaskError

_OUTPUT_LIMIT = 64 * 1024  # bytes kept of each stream: the tail, where errors stand


@dataclass(frozen=True)
class Completed:
    """How a command ended; the streams are decoded with replacement and cut to their tail.

    A negative `exit_code` is the signal that ended it.
    """

    exit_code: int
    stdout: str
    stderr: str


def run_command(
    command: Sequence[str] | str, *, cwd: Path, env: Mapping[str, str], timeout: float
) -> Completed:
    """Run an argument list (or, when given one string, a shell line) to its end.

    The command gets a session of its own, so that at the timeout (seconds) it ends with all
    its children. Raises TaskError when it cannot start or does not end in time.
    """
    # Files, not pipes: a child that is left running cannot hold us up by keeping a pipe open, and
    # what a noisy command prints is bounded by the disk and not by our memory.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child: subprocess.Popen[bytes] | None = None
        try:
            # A signal that unwinds must find either no child, or one that is known here.
            with _signal_held(signal.SIGTERM):
                child = subprocess.Popen(
                    command,
                    shell=isinstance(command, str),
                    cwd=cwd,
                    env=dict(env),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            exit_code = child.wait(timeout)
        except subprocess.TimeoutExpired as error:
            message = f"did not end within {timeout:g} seconds; stopped"
            raise TaskError(message, temporary=True) from error
        except OSError as error:
            name = command if isinstance(command, str) else command[0]
            raise TaskError(f"cannot run {name}: {error.strerror or error}") from error
        finally:
            # Also after a normal end: what the command left running ends with it.
            if child:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        return Completed(exit_code, _tail(out), _tail(err))


def signal_name(number: int) -> str:
    """A signal for people: `signal 11 (SIGSEGV)`."""
    names = {item.value: item.name for item in signal.Signals}
    return f"signal {number} ({names[number]})" if number in names else f"signal {number}"


@contextlib.contextmanager
def _signal_held(number: signal.Signals) -> Iterator[None]:
    """Put off what a signal does until the block is over."""
    came: list[int] = []
    handler = signal.signal(number, lambda *_: came.append(number))
    try:
        yield
    finally:
        signal.signal(number, handler)
        if came:
            os.kill(os.getpid(), number)


def _tail(stream: IO[bytes]) -> str:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _OUTPUT_LIMIT))
    return stream.read().decode(errors="replace")
