"""Archive: finished work, logs and changelogs leave the file, a line says where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import archive_path, listed, plain, slug
from ccm_gitops.context.optimize.spans import Span, body, run
from ccm_gitops.context.tokens import count_tokens

_SMALLEST = 80  # tokens saved, with the pointer taken off


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """Every topmost section that is all history; neighbours among siblings share one pointer."""
    yield from _below(subject.document.root, subject)


def _below(parent: Section, subject: Subject) -> Iterator[Action]:
    group: list[Section] = []
    for child in parent.children:
        if _is_history(child, subject):
            group.append(child)
            continue
        yield from _actions(parent, group, subject)
        group = []
        yield from _below(child, subject)
    yield from _actions(parent, group, subject)


def _is_history(section: Section, subject: Subject) -> bool:
    found = subject.kinds.get(section.start_line)
    return (
        found is not None
        and found.recommendation == "archive"
        and section.level > 1
        and subject.guards.allow(section.start_line + 1, section.end_line)
    )


def _actions(parent: Section, group: Sequence[Section], subject: Subject) -> Iterator[Action]:
    span = run(group) if len(group) > 1 else None
    if span and subject.guards.allow(span.start, span.end):
        name = slug(f"{parent.title} history") if parent.level else slug(group[0].title)
        titles = [section.title for section in group]
        section = (*parent.path, f"{group[0].title} … {group[-1].title}")
        yield from _action(
            subject, span, section, name, f"{listed(list(map(plain, titles)))} (finished) are"
        )
        return
    for child in group:
        span = body(child)
        if span:
            yield from _action(subject, span, child.path, slug(child.title), "earlier work is")


def _action(
    subject: Subject, span: Span, section: tuple[str, ...], name: str, what: str
) -> Iterator[Action]:
    text = subject.document.slice(span.start, span.end)
    target = archive_path(subject.path, name, subject.now)
    pointer = f"> Archived: {what} in `{target}`; read it when you need the history."
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
