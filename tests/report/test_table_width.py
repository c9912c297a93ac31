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

from ccm_gitops.report.layout import fitted, table, width_of
from tests.support.command import PROGRAM

ROWS = st.lists(st.lists(st.text(max_size=80), min_size=3, max_size=3), min_size=1, max_size=4)


def test_a_cell_cannot_steer_the_terminal_nor_break_its_line():
    assert table(["error"], [["a\x1b[2Jb\nc"]]).splitlines()[2:] == ["a [2Jb c"]


@given(ROWS, st.integers(20, 200))
def test_columns_fit_where_their_words_do(rows, limit):
    columns = list(zip(*rows, strict=True))
    widths = fitted(columns, limit)
    words = [[width_of(word) for cell in column for word in cell.split()] for column in columns]
    if widths is None:
        assert sum(min(20, max(found, default=0)) for found in words) + 4 > limit
    else:
        assert sum(widths) + 4 <= limit
        natural = [max(map(width_of, column)) for column in columns]
        assert all(new <= old for new, old in zip(widths, natural, strict=True))


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
