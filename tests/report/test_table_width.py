"""Tables on a terminal fit its width; elsewhere they are as wide as they are."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.report.table import fitted
from tests.support.command import PROGRAM

ROWS = st.lists(st.lists(st.text(max_size=80), min_size=3, max_size=3), min_size=1, max_size=4)


@given(ROWS, st.integers(40, 200))
def test_columns_fit_where_they_can(rows, width):
    widths = fitted(rows, width)
    lengths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    shown = [new or old for new, old in zip(widths, lengths, strict=True)]
    assert sum(shown) + 4 <= width
    assert all(new <= old for new, old in zip(shown, lengths, strict=True))


@pytest.mark.parametrize("columns", [40, 200])
def test_a_table_on_a_terminal_fits(columns, tmp_path):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm"}
    child = subprocess.Popen(
        [PROGRAM, "rules", "list"], cwd=tmp_path, env=environ, stdin=theirs, stdout=theirs
    )
    os.close(theirs)
    screen = b""
    while piece := _read(ours):
        screen += piece
    os.close(ours)
    assert child.wait() == 0
    assert max(len(line) for line in screen.decode().splitlines()) <= columns


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux tells that the other end is closed
        return b""
