"""What links and indents hold in place, so that the proof has nothing to refuse."""

from __future__ import annotations

import time

import pytest

from ccm_gitops.context.document import parse
from ccm_gitops.context.optimize import change
from ccm_gitops.context.optimize.guards import guard
from ccm_gitops.context.optimize.spans import Span, leaves_no_scar
from ccm_gitops.context.optimize.wording import advises, directs, guides, instructs
from tests.support.contexts import history, optimized

LOG = history(20)
# The link counts the headings of one title: a cut that takes the first changes its number.
NUMBERED = f"""\
# App

See [the second](#changelog-1).

## Done (Complete)

{LOG}
### Changelog

{LOG}
## Notes

They are short.

## Changelog

The format is our own.
"""
# The definition leads to a heading that goes with it.
DEFINED = f"""\
# App

A tool.

## Completed Work

{LOG}
As [planned].

[planned]: #changelog

### Changelog

{LOG}
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("strategy", ["conservative", "moderate", "aggressive"])
@pytest.mark.parametrize("text", [NUMBERED, DEFINED])
def test_a_plan_takes_nothing_that_the_proof_refuses(text, strategy, end, monkeypatch):
    tried = []

    def require_sound(*args, **named):
        tried.append(args)
        return change_sound(*args, **named)

    change_sound = change.require_sound
    monkeypatch.setattr(change, "require_sound", require_sound)
    result = optimized(text.replace("\n", end), strategy=strategy)
    assert len(tried) == bool(result.files)


def test_headings_of_one_title_stay_where_a_link_has_their_number():
    new = optimized(NUMBERED).files["CLAUDE.md"].decode()
    assert new.count(" Changelog\n") == 2


def test_a_definition_goes_with_the_heading_that_it_leads_to():
    files = optimized(DEFINED).files
    assert "#changelog" not in files["CLAUDE.md"].decode()
    (archive,) = (path for path in files if path != "CLAUDE.md")
    assert "[planned]: #changelog" in files[archive].decode()


def test_no_cut_begins_with_what_would_join_an_item_where_it_goes():
    document = parse("# App\n\nIt runs:\n\n\tthe service\n\nAll day.\n")
    assert not leaves_no_scar(document, Span(5, 5), pointer=True)
    assert leaves_no_scar(document, Span(3, 5), pointer=True)


def test_blank_lines_at_the_end_of_the_file_are_nothing_that_a_cut_could_spoil():
    document = parse("# App\n\n> A line.\n\n- one\n\n\n")
    assert leaves_no_scar(document, Span(4, 5), pointer=False)
    assert not leaves_no_scar(
        parse("# App\n\n> A line.\n\n- one\n\nTwo.\n"), Span(4, 5), pointer=False
    )


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("x " + "`" * 20_000, id="backticks"),
        pytest.param("x " + "<!-- " * 20_000, id="comments that nothing closes"),
        pytest.param("x " + "=" * 20_000 + " x", id="a line that is drawn"),
        pytest.param("- \n" * 7_000, id="items without a word"),
        pytest.param("```html\n" + "<!-- " * 20_000 + "\n```", id="comments in code"),
        pytest.param(f"```python\n{'*' * 30_000} x\n```", id="stars in code"),
    ],
)
def test_a_very_long_line_is_read_at_once(line):
    document = parse(f"# App\n\n{line}\n")
    started = time.process_time()
    guard(document)
    for block in document.blocks:
        assert not (advises(block) or directs(block.text) or instructs([block]) or guides(block))
    assert time.process_time() - started < 2
