"""Files that the agent itself keeps: a log, a task list. They are not there until it has begun."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from ccm_gitops.context.inline import Span
from ccm_gitops.context.words import words

_PROSE = words("md mdx txt rst org adoc log")
_RECORDS = _PROSE | words("json jsonl yaml yml csv")
_LOG_WORDS = words(
    "task tasks todo todos plan plans planning lesson lessons learning learnings learned log logs"
    " journal diary note notes memory memories progress status scratch scratchpad decision"
    " decisions worklog devlog session sessions handoff handover context backlog finding findings"
    " insights checklist issues mistakes corrections feedback retro summary state tracker tracking"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
# How far around a name what is said is said of it.
_REACH = 90
# `Record it in LOG.md` makes any document; `update LOG.md` only what is a log by its name.
_WRITE_INTO = re.compile(
    r"\b(?:append|record|log|jot|note|track|mark|document|capture|write|add|save|summari[sz]e|store"
    r"|put)\b[^.;]*\b(?:to|in|into|under|at)\W*(?:the\W*)?$",
    re.IGNORECASE,
)
# A record in any format; a key is added to a file that is there.
_RECORD_IN = re.compile(
    r"\b(?:record|log|store|save|track|persist|cache|dump)s?\b[^.;]*\b(?:to|in|into|at)\W*$",
    re.IGNORECASE,
)
_KEEP = re.compile(
    r"\b(?:updat(?:e|es|ed|ing)|maintain|keep|edit|append to|add to|write(?: to)?|fill(?: in)?"
    r"|(?:check|tick)(?: \w+)? off|mark)\b[^.;]*$",
    re.IGNORECASE,
)
# What follows the name: `Check TASK.md; if it is not listed, add it`.
_AND_ADD = re.compile(
    r"\b(?:add|list|append|mark|update|record|log|track)\b|\bup[- ]to[- ]date\b|\bin sync\b",
    re.IGNORECASE,
)


def kept_names(spans: Iterable[Span]) -> frozenset[str]:
    """The names, in lower case and without folders, of documents that the text tells to keep."""
    return frozenset(_name(span.content) for span in spans if _is_kept(span))


def is_kept(path: str, kept: frozenset[str]) -> bool:
    """Whether a path is one of those documents, in whatever folder."""
    return _name(path) in kept


def _name(path: str) -> str:
    return posixpath.basename(path.strip().rstrip("/")).lower()


def _is_kept(span: Span) -> bool:
    name = span.content.strip()
    if name.endswith("/"):
        before = f"{span.lead} | {span.sentence[: span.offset]}"[-_REACH:]
        return _is_log(posixpath.basename(name.rstrip("/"))) and bool(_WRITE_INTO.search(before))
    extension = name.rpartition(".")[2].lower()
    if extension not in _RECORDS or " " in name or span.kind == "command":
        return False
    before = f"{span.lead} | {span.sentence[: span.offset]}"[-_REACH:]
    if _RECORD_IN.search(before) or (extension in _PROSE and _WRITE_INTO.search(before)):
        return True
    after = span.sentence[span.offset + len(name) :][:_REACH]
    return _is_log(name) and bool(_KEEP.search(before) or _AND_ADD.search(after))


def _is_log(name: str) -> bool:
    stem = posixpath.splitext(name)[0]
    return not _LOG_WORDS.isdisjoint(word.lower() for word in _WORD.findall(stem))
