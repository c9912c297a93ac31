"""Commands that the file tells agents to run and the repository does not define."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from ccm_gitops.context.intent import is_meant
from ccm_gitops.context.paths import plain
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext
from ccm_gitops.context.runners import RUNNERS, unwrapped
from ccm_gitops.context.runners.lookup import Lookup
from ccm_gitops.context.runners.model import Call, Manifests
from ccm_gitops.context.runners.modules import is_module_there, module_calls
from ccm_gitops.context.shell import Command

_PLACEHOLDERS = frozenset({"target", "script", "name", "command", "recipe", "foo", "x", "sure"})


def _unknown_command(context: RuleContext) -> Iterator[Hit]:
    base = plain(posixpath.dirname(context.file.path))
    lookup = Lookup(Manifests(context.tree), context.paths, base)
    seen: set[str] = set()
    for command in context.commands:
        titles = " / ".join(context.section_at(command.line).path)
        if command.folder is None or not is_meant(command, titles):
            continue
        for parts in unwrapped(command.words):
            for call, message in _missing(parts, command, lookup):
                if call.shown not in seen:
                    seen.add(call.shown)
                    yield _hit(command, call, message)


def _missing(parts: Sequence[str], command: Command, lookup: Lookup) -> Iterator[tuple[Call, str]]:
    """What the command asks for and nothing defines, with what is to be told of it."""
    if runner := RUNNERS.get(parts[0]):
        for call in runner.calls(parts):
            if call.name in _PLACEHOLDERS:
                continue
            if lookup.has_package(call, runner) is False:
                yield call, f"no {runner.where} of the repository is named {call.package}"
            elif lookup.is_defined(call, runner, command) is False:
                name = call.name.removeprefix(f"{call.kind}:")
                is_any = bool(lookup.manifests.of(runner))
                defines = f"no {runner.where} of the repository defines {name}"
                yield call, defines if is_any else f"the repository has no {runner.where}"
    for call in module_calls(parts):
        if is_module_there(call.name, lookup.paths) is False:
            yield call, f"the repository has no module {call.name}"


def _hit(command: Command, call: Call, message: str) -> Hit:
    return Hit(
        line=command.line,
        end_line=command.line,
        column=command.column,
        subject=call.shown,
        message=message,
        suggestion="name the command that took its place, or remove the line",
        confidence=0.9,
    )


RULES = (
    Rule(
        "unknown_command",
        "a script, target, task or module that nothing defines",
        "medium",
        _unknown_command,
    ),
)
