"""A change is whole: what a second run would do to its result is in it already."""

from __future__ import annotations

import pytest

from ccm_gitops.context.document import parse
from ccm_gitops.context.optimize import converge
from ccm_gitops.context.optimize.apply import cut
from ccm_gitops.context.optimize.converge import merged
from ccm_gitops.context.optimize.model import Action
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.restoring import read_archives, restore
from tests.support.contexts import history, optimized
from tests.support.trees import DictTree

ARCHIVE = ".claude/archives/CLAUDE-log-2026-11.md"
PARTS = "## Parts\n\n" + "A part does what it has to.\n\n" * 150
# Only what is in the archive needs the definition, once the first log is there.
LABEL = f"""\
# App

A tool.

## Rules

Never push to main.

### Changelog

{history(20)}
All of it as [planned].

## Recent Changes

{history(20, start=30)}
[planned]: docs/plan.md
"""


def action(
    start: int,
    end: int,
    *,
    pointer: str = "",
    same: Span | None = None,
    kept: tuple[Span, ...] = (),
) -> Action:
    return Action(
        type="archive",
        section=("App",),
        start_line=start,
        end_line=end,
        reason="lines 1-2 say the same" if same else "a test",
        tokens_saved=1,
        confidence=1.0,
        target=ARCHIVE,
        pointer=pointer,
        same=same,
        kept=kept,
    )


@pytest.mark.parametrize("strategy", ["conservative", "moderate", "aggressive"])
def test_what_a_second_run_would_do_is_done_at_once(strategy, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(converge, "_settled", lambda job, change: change)
        hasty = optimized(LABEL, strategy=strategy)
    first = optimized(LABEL, strategy=strategy)
    assert len(first.plan) > len(hasty.plan)
    new = first.files["CLAUDE.md"]
    assert optimized(new, strategy=strategy, others=first.files).files == {}
    assert restore(new.decode(), read_archives(DictTree(first.files), "CLAUDE.md")) == LABEL


def test_a_later_action_is_counted_in_the_lines_of_the_file():
    document = parse("".join(f"{n}\n\n" for n in range(1, 11)))
    plan = (action(3, 5), action(9, 11, pointer="> P"))
    left = "1\n\n\n4\n\n> P\n\n7\n\n8\n\n9\n\n10\n\n"
    assert "".join(cut(document, plan).lines) == left
    (first, later) = merged(document, plan, (action(10, 12, same=Span(4, 8)),))[1:]
    assert first.span == Span(9, 11)
    assert later.span == Span(15, 17)
    assert later.same == Span(7, 13)
    assert later.reason.startswith("lines 7-13 say the same")


def test_an_action_that_takes_a_pointer_takes_what_the_pointer_stands_for():
    document = parse("a\nb\nc\nd\ne\nf\n")
    plan = (action(2, 3, pointer="> P"), action(5, 5))
    assert "".join(cut(document, plan).lines) == "a\n\n> P\nd\nf\n"
    assert [one.span for one in merged(document, plan, (action(3, 4),))] == [(2, 4), (5, 5)]
    assert [one.span for one in merged(document, plan, (action(2, 5),))] == [(2, 6)]


@pytest.mark.parametrize(
    ("more", "left"),
    [
        pytest.param(action(4, 4), "a\n\nc\ne\n\n> P\nh\n", id="a kept line alone"),
        pytest.param(
            action(4, 4, pointer="> Q"), "a\n\nc\ne\n\n> Q\nh\n", id="with its own pointer"
        ),
        pytest.param(action(3, 7), "a\nh\n", id="all of it, without a trace"),
        pytest.param(
            action(1, 8, pointer="> Q", kept=(Span(3, 7),)), "c\nd\ne\n\n> Q\n", id="all kept"
        ),
    ],
)
def test_what_one_action_kept_stays_but_for_what_the_next_takes(more, left):
    document = parse("a\nb\nc\nd\ne\nf\ng\nh\n")
    plan = (action(2, 7, pointer="> P", kept=(Span(3, 5),)),)
    assert "".join(cut(document, plan).lines) == "a\n\nc\nd\ne\n\n> P\nh\n"
    # The lines of `more` are those of this text: the blank one above `c` is the second.
    after = merged(document, plan, (more,))
    assert "".join(cut(document, after).lines) == left


def test_a_file_that_would_change_at_each_run_is_left_alone(monkeypatch):
    seen = []

    def one_more_line(subject, *args):
        seen.append(subject.document.text)
        line = subject.document.lines.index("A part does what it has to.\n") + 1
        return (action(line, line, pointer=f"> Archived: it is in `{ARCHIVE}`; read it."),)

    monkeypatch.setattr(converge, "make_plan", one_more_line)
    monkeypatch.setattr(converge, "is_worth_it", lambda *args, **named: True)
    assert optimized(f"# App\n\n{PARTS}").files == {}
    assert len(set(seen)) > 3
