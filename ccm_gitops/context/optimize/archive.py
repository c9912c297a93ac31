"""Archive: finished work, logs and changelogs leave the file, a line says where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from ccm_gitops.context.archive import FOLDER, is_pointer
from ccm_gitops.context.classify import HISTORY
from ccm_gitops.context.document import Section, split_lines
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import archive_path, listed, plain, slug
from ccm_gitops.context.optimize.places import DOCS
from ccm_gitops.context.optimize.spans import Span, body, run, with_gap
from ccm_gitops.context.tokens import count_tokens

_SMALLEST = 80  # tokens saved, with the pointer taken off
_EARLIER = "earlier work is"
_MOST_NAMES = 4  # that a pointer has of what went along with finished work
_CODE = re.compile(r"`([^`\s]+)`")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_OF_PAST = re.compile(r"complet|summar|report|histor|changelog|retro|postmortem", re.IGNORECASE)
_OF_ENVIRONMENT = re.compile(r"\benv\b|environment|variable|\bkeys?\b|secret|token", re.IGNORECASE)


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """Every topmost section that is all history; neighbours among siblings share one pointer."""
    yield from _below(subject.document.root, subject)


def _below(parent: Section, subject: Subject) -> Iterator[Action]:
    group: list[Section] = []
    for child in parent.children:
        is_history = _is_history(child, subject)
        if is_history and not _pointers(child):
            group.append(child)
            continue
        yield from _actions(parent, group, subject)
        group = []
        yield from _rest(child, subject) if is_history else _below(child, subject)
    yield from _actions(parent, group, subject)


def _is_history(section: Section, subject: Subject) -> bool:
    found = subject.kinds.get(section.start_line)
    return (
        found is not None
        and found.recommendation == "archive"
        and section.level > 1
        and subject.guards.allow(section.start_line + 1, section.end_line)
    )


def _pointers(section: Section) -> int:
    """How many lines stand below a heading for what was there before."""
    texts = (block.text for block in section.blocks[1:] if block.kind != "blank")
    return sum(1 for _ in takewhile(is_pointer, texts))


def _is_log(section: Section, subject: Subject) -> bool:
    """Whether a section is all entries, which come and go; their headings are nothing to keep."""
    found = subject.kinds.get(section.start_line)
    return found is not None and found.type in HISTORY


def _above(span: Span, subject: Subject) -> str:
    """The line above a cut: the pointer of what went there before it says it for both."""
    above = reversed(subject.document.lines[: span.start - 1])
    return next((line for line in above if line.strip()), "")


def _actions(parent: Section, group: Sequence[Section], subject: Subject) -> Iterator[Action]:
    is_log = _is_log(parent, subject)
    span = run(group) if group[1:] or (group and is_log) else None
    if span and subject.guards.allow(span.start, span.end):
        name = slug(f"{parent.title} history") if parent.level else slug(group[0].title)
        titles = listed([plain(section.title) for section in group])
        ends = dict.fromkeys((group[0].title, group[-1].title))
        path = (*parent.path, " … ".join(ends))
        if is_log:
            yield from _action(subject, span, path, slug(parent.title), _EARLIER)
        else:
            yield from _action(subject, span, path, name, f"{titles} (finished) are")
        return
    for child in group:
        yield from _rest(child, subject)


def _rest(section: Section, subject: Subject) -> Iterator[Action]:
    """What stands below a heading; where a blank line parts them, only what is below pointers."""
    span = body(section)
    solid = [block for part in section.walk() for block in part.blocks if block.text.strip()]
    own = solid[1 + _pointers(section) :]
    if span and own:
        start = own[0].start_line
        is_apart = not subject.document.lines[start - 2].strip()
        span = Span(start, span.end) if is_apart else span
        yield from _action(subject, span, section.path, slug(section.title), _EARLIER)


def _action(
    subject: Subject, span: Span, section: tuple[str, ...], name: str, what: str
) -> Iterator[Action]:
    text = subject.document.slice(span.start, span.end)
    target = archive_path(subject.path, name, subject.now)
    names = [f"`{name}`" for name in islice(_living(text, span, subject), _MOST_NAMES)]
    pointer = f"> Archived: {what} in `{target}`; read it for the history"
    if not names and _above(span, subject).startswith(pointer):
        pointer, span = "", with_gap(subject.document, span)
    else:
        pointer += f", and for {listed(names)}." if names else "."
    saved = count_tokens(text) - count_tokens(pointer)
    if saved < _SMALLEST:
        return
    yield Action(
        type="archive",
        section=section,
        start_line=span.start,
        end_line=span.end,
        reason="finished work that a new session does not need",
        tokens_saved=saved,
        confidence=0.9,
        target=target,
        pointer=pointer,
    )


def _living(text: str, span: Span, subject: Subject) -> Iterator[str]:
    """What holds still and nothing else in the file names: environment variables, and documents."""
    lines = subject.document.lines
    rest = "".join((*lines[: span.start - 1], *lines[span.end :]))
    told = ((line, name) for line in split_lines(text) for name in _CODE.findall(line))
    for name in dict.fromkeys(name for line, name in told if _is_living(name, line, subject)):
        if name not in rest:
            yield name


def _is_living(name: str, line: str, subject: Subject) -> bool:
    if _VARIABLE.fullmatch(name):
        return bool(_OF_ENVIRONMENT.search(line))
    if name.startswith((DOCS, FOLDER)) or _OF_PAST.search(name):
        return False
    return (name.endswith(".md") and name in subject.paths) or (
        name.endswith("/") and _holds_documents(name, subject)
    )


def _holds_documents(folder: str, subject: Subject) -> bool:
    """Whether most of what lies in a folder are documents."""
    inside = [path for path in subject.paths if path.startswith(folder)]
    return bool(inside) and 2 * sum(path.endswith(".md") for path in inside) > len(inside)
