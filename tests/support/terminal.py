"""The installed command in a terminal: a pseudo-terminal of so many columns, and who types."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.command import PROGRAM


def in_terminal(
    *arguments: str,
    cwd: Path,
    columns: int = 100,
    answers: Sequence[tuple[str, str]] = (),
    env: Mapping[str, str] = {},
) -> tuple[int, str]:
    """Exit code and screen; each answer is typed once its question has appeared."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {"PATH": os.environ["PATH"], "HOME": str(cwd), "TERM": "xterm", **env}
    child = subprocess.Popen(
        [PROGRAM, *arguments], cwd=cwd, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    screen, seen, waiting = b"", 0, list(answers)
    while piece := _read(ours):
        screen += piece
        while waiting and waiting[0][0].encode() in screen[seen:]:
            question, answer = waiting.pop(0)
            seen = screen.index(question.encode(), seen) + len(question)
            os.write(ours, f"{answer}\n".encode())
    os.close(ours)
    return child.wait(), screen.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux tells that the other end is closed
        return b""
