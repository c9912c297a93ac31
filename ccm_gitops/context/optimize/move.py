"""Move: reference that is needed at times goes to a file that is read when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from ccm_gitops.context.document import Section
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.names import doc_path, listed, moved, plain
from ccm_gitops.context.optimize.reference import Kind, is_caption, kind_of
from ccm_gitops.context.optimize.spans import Span, body
from ccm_gitops.context.tokens import count_tokens

# Below both, a file is short enough to be read whole, and nothing moves.
_BLOATED_LINES, _BLOATED_TOKENS = 300, 4000
_SMALLEST = 150  # tokens; less is not worth a file of its own
_LARGEST_SHARE = 0.6  # of the file; more is what the file is about


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """Every topmost section of a bloated file that is nothing but reference."""
    document = subject.document
    if not is_bloated(subject):
        return
    paths = set(subject.paths)
    for section, span, kind in _found(document.root, subject, _LARGEST_SHARE * subject.tokens):
        if not any(map(span.overlaps, taken)):
            action = _action(subject, section, span, kind, paths)
            paths.add(action.target)
            yield action


def is_bloated(subject: Subject) -> bool:
    """Whether a file is too long to be read whole at each start."""
    return len(subject.document.lines) > _BLOATED_LINES or subject.tokens > _BLOATED_TOKENS


def _found(
    parent: Section, subject: Subject, largest: float
) -> Iterator[tuple[Section, Span, Kind]]:
    for section in parent.children:
        span = _below_lead(section)
        size = count_tokens(subject.document.slice(*span)) if span else 0
        kind = kind_of(section, subject) if _SMALLEST <= size <= largest else None
        if span and kind:
            yield section, span, kind
        elif size >= _SMALLEST:
            yield from _found(section, subject, largest)


def _below_lead(section: Section) -> Span | None:
    """The section's body but for a first paragraph that says what it is about."""
    span = body(section)
    solid = [block for block in section.blocks[1:] if block.kind not in {"blank", "rule"}]
    first, rest = solid[:1], solid[1:] or section.children
    if span and first and rest and first[0].kind == "paragraph" and not is_caption(first[0]):
        second = solid[1].start_line if len(solid) > 1 else section.children[0].start_line
        return Span(second, span.end)
    return span


def _action(subject: Subject, section: Section, span: Span, kind: Kind, paths: Set[str]) -> Action:
    target = doc_path(subject.path, section_name(section, subject), paths)
    text = subject.document.slice(*span)
    pointer = _pointer(section, kind, subject.path, target)
    return Action(
        type="move",
        section=section.path,
        start_line=span.start,
        end_line=span.end,
        reason=kind.reason,
        tokens_saved=count_tokens(text) - count_tokens(pointer),
        confidence=0.7,
        target=target,
        pointer=pointer,
    )


def section_name(section: Section, subject: Subject) -> tuple[str, ...]:
    """What to call its document: the title, with the one above where the file has it twice."""
    return section.path[-1:] if subject.titles[section.title] == 1 else section.path[-2:]


def _pointer(section: Section, kind: Kind, source: str, target: str) -> str:
    titles = [plain(child.title) for child in section.children]
    what = f"{listed(titles)} are" if titles else kind.what
    return moved(what, source, target, kind.when.format(title=plain(section.title)))
