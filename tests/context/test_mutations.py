"""An optimiser that is broken on purpose: nothing that it spoils is ever written.

The proof sees every fault, whatever the optimiser is. An application that does not do what its plan
says stops the work; of a plan that the proof refuses, what it accepts is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from ccm_gitops.context.document import parse
from ccm_gitops.context.optimize import Optimization, converge
from ccm_gitops.context.optimize import change as changes
from ccm_gitops.context.optimize.apply import Applied, apply
from ccm_gitops.context.optimize.change import require_sound
from ccm_gitops.context.optimize.model import Action
from ccm_gitops.context.optimize.plan import make_plan
from ccm_gitops.errors import ProofError
from ccm_gitops.report.table import optimizations
from tests.support.contexts import NOW, history, optimized
from tests.support.trees import DictTree

ARCHIVE = ".claude/archives/CLAUDE-completed-work-2026-11.md"
MOVED = ".claude/archives/CLAUDE-moved-2026-11.md"
TWICE = ".claude/archives/CLAUDE-duplicates-2026-11.md"
REMOVED = ".claude/archives/CLAUDE-removed-2026-11.md"
TABLE = "docs/agents/api-endpoints.md"
COPY = "The exporter reads every report of a week, sorts them by day, and writes it.\n" * 6
ROWS = "".join(f"| `/reports/{n}` | the report {n} of a week |\n" for n in range(40))
RULES = "## Rules\n\nNever push to main.\n"
COMMANDS = "## Commands\n\n```bash\nmake test\n```\n"
KEPT = "## Ports\n\n<!-- ccm: keep -->\n\nThe server has two ports.\n"
APP = f"""\
# App

A tool.

{RULES}
{COMMANDS}
{KEPT}
## Steps

1. Read it.
2. Sort it.
3. Send it.

## Conventions of Export

For people; see [the steps](#steps) and the [format][spec].

{COPY}
## API Endpoints

| Endpoint | Answer |
| --- | --- |
{ROWS}| `/` | [all of them](src/all.py), by the [format][spec] |

## Completed Work

{history(20)}
[How it was done](docs/how.md).

## Conventions of Import

For machines.

{COPY}
It ends here.

## Overview

{"".join(f"Part {n} does what part {n} has to.{2 * chr(10)}" for n in range(160))}
[spec]: docs/spec.md
"""


def on_file(path: str, change: Callable[[str], str]) -> Callable[[Applied], Applied]:
    """A broken application that spoils one of the files that it should write."""

    def spoil(applied: Applied) -> Applied:
        old = applied.files[path]
        assert change(old) != old
        files = {**applied.files, path: change(old)}
        return replace(applied, text=files["CLAUDE.md"], files=files)

    return spoil


def without(path: str) -> Callable[[Applied], Applied]:
    """A broken application that forgets to write a file."""

    def spoil(applied: Applied) -> Applied:
        assert path in applied.files
        return replace(applied, files={k: v for k, v in applied.files.items() if k != path})

    return spoil


def swapped(text: str, one: str, other: str) -> str:
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


POINTER = re.compile(r"> Archived: .*\n")
BROKEN_APPLICATIONS = {
    "a block dropped": on_file("CLAUDE.md", lambda text: text.replace("A tool.\n", "")),
    "an item of a list dropped": on_file("CLAUDE.md", lambda t: t.replace("2. Sort it.\n", "")),
    "a word of a kept line altered": on_file(
        "CLAUDE.md", lambda t: t.replace("A tool", "The tool")
    ),
    "a list numbered anew": on_file("CLAUDE.md", lambda t: t.replace("3. Send", "2. Send")),
    "two sections swapped": on_file("CLAUDE.md", lambda text: swapped(text, RULES, COMMANDS)),
    "a heading of another level": on_file(
        "CLAUDE.md", lambda t: t.replace("## Steps", "### Steps")
    ),
    "a fence left open": on_file(
        "CLAUDE.md", lambda t: t.replace("make test\n```\n", "make test\n")
    ),
    "line ends changed": on_file("CLAUDE.md", lambda t: t.replace("A tool.\n", "A tool.\r\n")),
    "the byte order of a text changed": on_file("CLAUDE.md", lambda text: f"\ufeff{text}"),
    "words of its own": on_file(
        "CLAUDE.md", lambda t: t.replace("A tool.\n", "A tool.\n\nMore.\n")
    ),
    "no pointer left": on_file("CLAUDE.md", lambda text: POINTER.sub("", text)),
    "a pointer to nowhere": on_file("CLAUDE.md", lambda t: t.replace(ARCHIVE, "archive.md")),
    "a pointer at another place": on_file(
        "CLAUDE.md", lambda t: f"{POINTER.sub('', t)}\n{POINTER.findall(t)[0]}"
    ),
    "a pointer within a list": on_file(
        "CLAUDE.md",
        lambda t: POINTER.sub("", t).replace("2. Sort", f"\n{POINTER.findall(t)[0]}\n2. Sort"),
    ),
    "the archive not written": without(ARCHIVE),
    "the archive cut short": on_file(ARCHIVE, lambda text: text[: len(text) // 2]),
    "an archived item dropped": on_file(ARCHIVE, lambda t: t.replace(history(1, start=7), "")),
    "an archived word altered": on_file(ARCHIVE, lambda text: text.replace("number 7", "number 8")),
    "the document not written": without(TABLE),
    "a moved row dropped": on_file(TABLE, lambda t: t.replace(ROWS[:40], ROWS[:30])),
    "a moved link that leads nowhere": on_file(TABLE, lambda t: t.replace("../../src", "src")),
    "a moved link that leads elsewhere": on_file(TABLE, lambda t: t.replace("all.py", "some.py")),
    "an archived link that leads nowhere": on_file(
        ARCHIVE, lambda t: t.replace("../../docs", "docs")
    ),
    "a definition left behind": on_file(TABLE, lambda t: t.replace("[spec]: ../spec.md", "")),
    "the places of what moved not written": without(MOVED),
    "the archive of what stood twice emptied": on_file(TWICE, lambda text: ""),
}


@cache
def sound() -> Optimization:
    """What the optimiser makes of the file while nothing is broken."""
    return optimized(APP)


@cache
def planned(*more: Action) -> Applied:
    """The plan for the file, with actions that no planner would take, carried out."""
    plan = tuple(sorted((*sound().plan, *more), key=lambda action: action.start_line))
    return apply(parse(APP), plan, sources=["CLAUDE.md"], now=NOW, read=lambda path: None)


def require(applied: Applied) -> None:
    tree = DictTree({"CLAUDE.md": APP})
    require_sound(parse(APP), applied.files, targets=["CLAUDE.md"], tree=tree, strategy="moderate")


@pytest.mark.parametrize("name", BROKEN_APPLICATIONS)
def test_the_proof_sees_what_a_broken_application_spoils(name):
    with pytest.raises(ProofError):
        require(BROKEN_APPLICATIONS[name](planned()))


@pytest.mark.parametrize("name", BROKEN_APPLICATIONS)
def test_a_broken_application_is_refused(name, monkeypatch):
    monkeypatch.setattr(
        changes, "apply", lambda *args, **named: BROKEN_APPLICATIONS[name](apply(*args, **named))
    )
    with pytest.raises(ProofError):
        optimized(APP)


def cut(text: str, *, target: str = ARCHIVE, pointer: str = "> Archived: it is in `{}`; read it."):
    """The action of a planner that takes away what it should not."""
    start = APP[: APP.index(text)].count("\n") + 1
    return Action(
        type="archive",
        section=("App",),
        start_line=start,
        end_line=start + text.count("\n") - 1,
        reason="a mistake",
        tokens_saved=200,
        confidence=1.0,
        target=target,
        pointer=pointer.format(target),
    )


BROKEN_PLANS = {
    "a prohibition moved out": cut("Never push to main.\n"),
    "a command moved out": cut("```bash\nmake test\n```\n"),
    "a section moved out that is marked": cut("The server has two ports.\n"),
    "half of a list moved out": cut("2. Sort it.\n3. Send it.\n", pointer=""),
    "the inside of a fence moved out": cut("make test\n"),
    "what is no decoration removed": cut("A tool.\n\n", target=REMOVED, pointer=""),
    "a heading moved out that others link to": cut("## Steps\n"),
    "a definition moved out that others use": cut("[spec]: docs/spec.md\n"),
    "a pointer that leads nowhere": cut("A tool.\n", pointer="> Archived: it is in `x.md`; read."),
    "a pointer that is somebody else's sentence": cut("A tool.\n", pointer="A tool for you."),
}


@pytest.mark.parametrize("name", BROKEN_PLANS)
def test_the_proof_sees_what_a_broken_plan_spoils(name):
    with pytest.raises(ProofError):
        require(planned(BROKEN_PLANS[name]))


@pytest.mark.parametrize("name", BROKEN_PLANS)
def test_what_the_proof_refuses_of_a_plan_is_left_out(name, monkeypatch):
    expected = sound()

    def broken(subject, *args):
        plan = [*make_plan(subject, *args), *[BROKEN_PLANS[name]] * (subject.document.text == APP)]
        return tuple(sorted(plan, key=lambda action: action.start_line))

    monkeypatch.setattr(converge, "make_plan", broken)
    result = optimized(APP)
    assert result.plan == expected.plan
    assert result.files == expected.files
    action, reason = result.refused[0]
    assert action == BROKEN_PLANS[name]
    assert not reason.endswith("nothing was written")
    shown = f"left out: App ({action.start_line}-{action.end_line}): {reason}"
    assert shown in optimizations([("app", result)])
    assert expected.refused == ()


def test_the_same_optimiser_is_accepted_while_nothing_is_broken():
    result = sound()
    assert set(result.files) == {"CLAUDE.md", ARCHIVE, MOVED, TWICE, TABLE}
    assert {action.type for action in result.plan} == {"archive", "dedupe", "move"}
    require(planned())
