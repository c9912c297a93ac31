"""Commands that the file tells agents to run and the repository does not define."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from ccm_gitops.context.paths import plain
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext
from ccm_gitops.context.runners import RUNNERS, unwrapped
from ccm_gitops.context.runners.lookup import Lookup
from ccm_gitops.context.runners.model import Call, Manifests
from ccm_gitops.context.runners.modules import is_module_there, module_calls
from ccm_gitops.context.shell import Command

_PLACEHOLDERS = frozenset({"target", "script", "name", "command", "recipe", "foo", "x", "sure"})
# What the words around say: an example, gone, planned, of something else, or not to be run.
_NOT_OURS = re.compile(
    r"\be\.?g\b|\bfor (?:example|instance)|\bsuch as\b|\bhypothetical|\bplaceholder"
    r"|\b(?:no longer|not exist|n['’]t exist|there (?:is|are|was) no|isn['’]t|not yet|missing)\b"
    r"|\b(?:if|where|when) (?:\w+ ){0,3}(?:present|available|defined|configured|exists?)\b"
    r"|\b(?:planned|future|will be|would be|todo|tbd|removed|deprecated|replaced|renamed|legacy"
    r"|formerly|used to|were|was)\b|\b(?:your|their|target|another|other|generated|new) (?:own )?"
    r"(?:app|project|repo\w*|site|package)\b|\bscaffold",
    re.IGNORECASE,
)
_TURNED_DOWN = re.compile(
    r"(?:\b(?:never|not|don['’]t|avoid|instead of|rather than|no)|n['’]t)\b[^.`]{0,40}`?$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:examples?|planned|future|roadmap|templates?|proposed|ideas?|deprecated|removed|legacy"
    r"|scaffold\w*)\b",
    re.IGNORECASE,
)
_REACH = 110


def _unknown_command(context: RuleContext) -> Iterator[Hit]:
    base = plain(posixpath.dirname(context.file.path))
    lookup = Lookup(Manifests(context.tree), context.paths, base)
    seen: set[str] = set()
    for command in context.commands:
        if command.folder is None or _is_not_ours(command, context):
            continue
        for parts in unwrapped(command.words):
            for call, where in _missing(parts, command, lookup):
                if call.shown not in seen:
                    seen.add(call.shown)
                    yield _hit(command, call, where)


def _missing(parts: Sequence[str], command: Command, lookup: Lookup) -> Iterator[tuple[Call, str]]:
    """What the command asks for and nothing defines, with where it should be defined."""
    if runner := RUNNERS.get(parts[0]):
        for call in runner.calls(parts):
            if call.name in _PLACEHOLDERS:
                continue
            if lookup.is_defined(call, runner, command) is False:
                yield call, f"no {runner.where} of the repository defines"
    for call in module_calls(parts):
        if is_module_there(call.name, lookup.paths) is False:
            yield call, "the repository has no module"


def _hit(command: Command, call: Call, where: str) -> Hit:
    what = call.name.removeprefix(f"{call.kind}:")
    return Hit(
        line=command.line,
        end_line=command.line,
        column=command.column,
        subject=call.shown,
        message=f"{where} {what}",
        suggestion="name the command that took its place, or remove the line",
        confidence=0.9,
    )


def _is_not_ours(command: Command, context: RuleContext) -> bool:
    before, after = command.before[-_REACH:], command.after[:_REACH]
    if _TURNED_DOWN.search(before) or _NOT_OURS.search(f"{before} ` {after}"):
        return True
    if command.is_plain and not _reads_as_command(command):
        return True
    titles = " / ".join(context.section_at(command.line).path)
    return bool(_ELSEWHERE.search(titles))


def _reads_as_command(command: Command) -> bool:
    """A fence without a language may hold prose: `make sure that all is well`."""
    words = [word for word in command.words if not word.startswith("-")]
    return len(words) <= 3 or words[0] in {"npm", "pnpm", "yarn", "bun", "cargo", "./gradlew"}


RULES = (
    Rule(
        "unknown_command",
        "a script, target, task or module that nothing defines",
        "medium",
        _unknown_command,
    ),
)
