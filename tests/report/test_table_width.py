"""Tables on a terminal fit its width; elsewhere they are as wide as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.report import layout
from ccm_gitops.report.layout import fitted, table, width_of
from tests.support.terminal import in_terminal

COLOUR = re.compile(r"\x1b\[\d+m")
ROWS = st.lists(st.lists(st.text(max_size=80), min_size=3, max_size=3), min_size=1, max_size=4)


def test_a_cell_cannot_steer_the_terminal_nor_break_its_line():
    assert table(["error"], [["a\x1b[2Jb\nc"]]).splitlines()[2:] == ["a [2Jb c"]


@given(ROWS, st.integers(20, 200))
def test_columns_fit_where_their_words_do(rows, limit):
    columns = list(zip(*rows, strict=True))
    widths = fitted(columns, limit)
    if widths is None:
        words = [
            [width_of(word) for cell in cells for word in cell.split()] for _, *cells in columns
        ]
        least = [min(20, max(found, default=0)) for found in words]
        headers = [width_of(header) for header, *_ in columns]
        assert sum(map(max, least, headers)) + 4 > limit
    else:
        assert sum(widths) + 4 <= limit
        natural = [max(map(width_of, column)) for column in columns]
        assert all(new <= old for new, old in zip(widths, natural, strict=True))


@pytest.mark.parametrize("columns", [40, 70, 200])
def test_a_table_on_a_terminal_fits(columns, tmp_path):
    code, screen = in_terminal("rules", "list", cwd=tmp_path, columns=columns)
    assert code == 0
    assert max(map(len, COLOUR.sub("", screen).splitlines())) <= columns
    assert ("rule: file_too_large" in screen) == (columns == 40)


def test_figures_are_drawn_in_a_table_that_had_to_be_wrapped(monkeypatch):
    monkeypatch.setattr(layout, "terminal_width", lambda: 30)
    rows = [["a few words that are wrapped", "1,314"], ["分析 of the 文件 that we keep", "2"]]
    assert table(["what", "tokens"], rows, right=(1,)).splitlines()[2:] == [
        "a few words that are      1,314",
        "wrapped",
        "分析 of the 文件 that         2",
        "we keep",
    ]


def test_colour_is_for_terminals_that_want_it(tmp_path):
    assert COLOUR.search(in_terminal("rules", "list", cwd=tmp_path)[1])
    assert not COLOUR.search(in_terminal("rules", "list", "--no-color", cwd=tmp_path)[1])
