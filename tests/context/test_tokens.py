"""The token estimate: what it promises and what it leaves out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.context.document import parse
from ccm_gitops.context.tokens import (
    OLDER_TOKENIZER,
    TOKENIZER,
    billable,
    count_older_tokens,
    count_tokens,
)
from tests.support.analysing import analysis

# Recorded with ctok 1.3.0 for the tokenizer of Claude 4.7 and later, without the frame.
RECORDED = [
    pytest.param("Run `make test` before every commit; never push to main.\n" * 4, 67, id="prose"),
    pytest.param(
        "| Path | What |\n| --- | --- |\n| `src/app.py` | the command line |\n" * 3,
        86,
        id="a table",
    ),
    pytest.param(
        "```bash\nnpm install\nnpm run build -- --watch\n```\n\n- **Types**: strict\n" * 3,
        86,
        id="commands",
    ),
]


@pytest.mark.parametrize(("text", "recorded"), RECORDED)
def test_short_pieces_are_within_a_quarter_of_recorded_counts(text, recorded):
    assert count_tokens(text) == pytest.approx(recorded, rel=0.25)


def test_nothing_costs_nothing():
    assert count_tokens("") == count_older_tokens("") == 0


@pytest.mark.parametrize("text", [parameter.values[0] for parameter in RECORDED])
def test_the_older_tokenizer_needs_fewer_by_about_a_third(text):
    assert count_tokens(text) / count_older_tokens(text) == pytest.approx(1.42, rel=0.2)


def test_an_analysis_names_both_tokenizers():
    result = analysis("# A\n\n<!-- free -->\n\nRun the tests.\n")
    assert set(result.tokens_by) == {TOKENIZER, OLDER_TOKENIZER}
    assert result.tokens_by[result.tokenizer] == result.tokens
    assert result.tokens_by[OLDER_TOKENIZER] < result.tokens


@given(st.text(), st.text())
def test_more_text_never_costs_less(text, more):
    assert count_tokens(text + more) >= count_tokens(text)


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        pytest.param("a\n\n<!-- b\n\nc -->\n\nd\n", "a\n\n\n\nd\n", id="a block"),
        pytest.param("a <!-- b --> c\n", "a <!-- b --> c\n", id="within a line, it is paid"),
        pytest.param("```\n<!-- b -->\n```\n", "```\n<!-- b -->\n```\n", id="in a fence, too"),
        pytest.param("<!-- b --> c\n", " c\n", id="what follows the comment is paid"),
        pytest.param("<!-- never closed\n", "<!-- never closed\n", id="never closed"),
        pytest.param("<div>\n<!-- b -->\n</div>\n", "<div>\n<!-- b -->\n</div>\n", id="in HTML"),
    ],
)
def test_comments_of_their_own_are_free(text, paid):
    assert billable(parse(text).blocks) == paid


def test_a_megabyte_takes_well_under_a_second():
    started = time.process_time()
    count_tokens("Some plain words, 12 numbers and `code`.\n" * 25_000)
    assert time.process_time() - started < 2
