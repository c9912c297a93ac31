"""Commands that the file tells agents to run and the repository does not define."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ccm_gitops.context.commands import Runner, defined_commands
from ccm_gitops.context.references import is_not_here
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext

_START = r"(?:^|&&|;|\|\|)\s*"
# pnpm, yarn and bun also find programs that no package.json names; none has a colon in its name,
# and no package brings one of these.
_CUSTOMARY = r"dev|start|lint|typecheck|type-check|format|serve|preview|e2e"
_CALLS: Sequence[tuple[Runner, re.Pattern[str]]] = (
    ("npm", re.compile(rf"{_START}(?:npm|pnpm|yarn)\s+(?P<name>test)(?![\w:<{{*\[/-])")),
    (
        "npm",
        re.compile(
            rf"{_START}(?:pnpm|yarn|bun)\s+(?:run\s+)?(?P<name>{_CUSTOMARY})(?![\w:<{{*\[/.-])"
        ),
    ),
    ("task", re.compile(rf"{_START}task\s+(?P<name>[a-z][\w:-]*+)(?![\w<{{*\[/.=])")),
    ("composer", re.compile(rf"{_START}composer\s+run(?:-script)?\s+(?P<name>[a-z][\w:-]*+)")),
    ("deno", re.compile(rf"{_START}deno\s+task\s+(?P<name>[a-z][\w:-]*+)(?![<{{*\[/.])")),
    (
        "cargo",
        re.compile(
            rf"{_START}cargo\s+(?:test|build|run|check|clippy)\s+(?:-p|--package)[ =]"
            r"(?P<name>[a-z][\w-]*+)(?![<{*\[/.@])"
        ),
    ),
    ("npm", re.compile(r"\b(?:npm|pnpm)\s+(?:-\S+\s+)*run\s+(?P<name>[\w:.-]++)(?![\w<{*\[/])")),
    (
        "npm",
        re.compile(
            r"(?:^|&&|;|\|\|)\s*(?:pnpm|yarn|bun)\s+(?:run\s+)?"
            r"(?P<name>[a-z][\w.-]*+(?::[\w.-]++)+)(?![\w<{*\[/@:])"
        ),
    ),
    ("make", re.compile(r"(?:^|&&|;|\|\|)\s*make\s+(?P<name>[A-Za-z][\w.-]*+)(?![\w=<{*\[/])")),
    ("just", re.compile(r"(?:^|&&|;|\|\|)\s*just\s+(?P<name>[A-Za-z][\w-]*+)(?![\w=<{*\[/:])")),
)
_WHERE: Mapping[Runner, str] = {
    "npm": "package.json",
    "make": "Makefile",
    "just": "justfile",
    "task": "Taskfile",
    "composer": "composer.json",
    "deno": "deno.json",
    "cargo": "Cargo.toml",
}
_PLACEHOLDERS = frozenset({"target", "script", "name", "command", "recipe", "foo", "x", "sure"})


def _unknown_command(context: RuleContext) -> Iterator[Hit]:
    defined = cache(lambda runner: defined_commands(context.tree, runner))
    seen: set[tuple[Runner, str]] = set()
    for line, text in _shell_lines(context):
        for runner, pattern in _CALLS:
            for match in pattern.finditer(text):
                name = match["name"].rstrip(".")
                known = defined(runner)
                if known is None or name in known or name in _PLACEHOLDERS:
                    continue
                if (runner, name) in seen:
                    continue
                seen.add((runner, name))
                yield _hit(context, line, match[0].strip("&;| "), f"{_WHERE[runner]}")


def _hit(context: RuleContext, line: int, call: str, where: str) -> Hit:
    return Hit(
        line=line,
        end_line=line,
        column=max(0, context.document.lines[line - 1].find(call)) + 1,
        subject=call,
        message=f"no {where} of the repository defines {call.split()[-1]}",
        suggestion="name the command that took its place, or remove the line",
        confidence=0.9,
    )


def _shell_lines(context: RuleContext) -> Iterator[tuple[int, str]]:
    """Each line of a fence, and each code span, that somebody is told to run."""
    for block in context.document.blocks:
        if block.kind == "code":
            for number in range(block.start_line, block.end_line + 1):
                line = context.document.lines[number - 1].strip().removeprefix("$ ")
                yield number, line.partition(" #")[0]
    for span in context.spans:
        if span.kind == "code" and " " in span.content and not is_not_here(span):
            yield span.line, span.content


RULES = (
    Rule(
        "unknown_command",
        "an npm script, make target or just recipe that nothing defines",
        "medium",
        _unknown_command,
    ),
)
