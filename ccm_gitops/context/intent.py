"""Whether the text means a command to be run in this repository, as things are."""

from __future__ import annotations

import re

from ccm_gitops.context.shell import Command

# What the words around say: an example, gone, planned, of something else, or not to be run.
_NOT_OURS = re.compile(
    r"\be\.?g\b|\bfor (?:example|instance)|\bsuch as\b|\bhypothetical|\bplaceholder"
    r"|\b(?:no longer|not exist|n['’]t exist|there (?:is|are|was) no|isn['’]t|not yet|missing)\b"
    r"|\b(?:if|where|when) (?:\w+ ){0,3}(?:present|available|defined|configured|exists?)\b"
    r"|\b(?:planned|future|will be|would be|todo|tbd|removed|deprecated|replaced|renamed|legacy"
    r"|formerly|used to|were|was)\b|\b(?:your|their|target|another|other|generated|new) (?:own )?"
    r"(?:app|project|repo\w*|site|package)\b|\bscaffold|\b(?:bad|wrong|incorrect)\b|[❌✗🚫]",
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
# Their arguments may be as many as they like; nobody writes prose that begins with them.
_NO_WORDS = frozenset({"npm", "pnpm", "yarn", "bun", "cargo", "./gradlew", "docker", "pytest"})


def is_meant(command: Command, titles: str) -> bool:
    """Whether somebody is told to run the command here; `titles` are the headings above it."""
    before, after = command.before[-_REACH:], command.after[:_REACH]
    if _TURNED_DOWN.search(before) or _NOT_OURS.search(f"{before} ` {after}"):
        return False
    return not (_ELSEWHERE.search(titles) or (command.is_plain and _may_be_prose(command)))


def _may_be_prose(command: Command) -> bool:
    """A fence without a language may hold sentences: `make sure that all is well`."""
    plain = [word for word in command.words if not word.startswith("-")]
    return len(plain) > 3 and command.words[0] not in _NO_WORDS and "/" not in command.words[0]
