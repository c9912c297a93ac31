"""Condense: a section's long detail goes to a document, its own sentences and rules stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ccm_gitops.context.document import Block, Section
from ccm_gitops.context.optimize.model import Action, Subject
from ccm_gitops.context.optimize.move import is_bloated, section_name
from ccm_gitops.context.optimize.names import doc_path, moved, plain
from ccm_gitops.context.optimize.reference import is_caption, is_current, is_detail, is_step
from ccm_gitops.context.optimize.spans import Span
from ccm_gitops.context.tokens import count_tokens

_SMALLEST = 100  # tokens saved, with the pointer taken off
_LONGEST_CAPTION = 40  # tokens; a longer paragraph says something of its own
_NAMES = {"code": "example", "table": "table", "list": "list"}


def propose(subject: Subject, taken: Sequence[Span]) -> Iterator[Action]:
    """The runs of detail in each section of a bloated file; a section's runs share a document."""
    if not is_bloated(subject):
        return
    paths = set(subject.paths)
    for section in subject.document.root.walk():
        if section.level == 0 or is_current(section, subject) or is_step(section):
            continue
        target = doc_path(subject.path, section_name(section, subject), paths)
        runs = (run for run in _runs(section, subject) if not any(map(run[0].overlaps, taken)))
        actions = [action for run in runs if (action := _action(subject, section, run, target))]
        if actions:
            paths.add(target)
            yield from actions


def _runs(section: Section, subject: Subject) -> Iterator[tuple[Span, list[Block]]]:
    """Neighbouring blocks of detail, each with the caption that announces it."""
    solid = [block for block in section.blocks[1:] if block.kind != "blank"]
    held: list[Block] = []
    for index, block in enumerate(solid):
        following = solid[index + 1] if index + 1 < len(solid) else None
        if _goes(block, following, section, subject) and not _parts_a_list(solid, index):
            held.append(block)
            continue
        yield from _run(held)
        held = []
    yield from _run(held)


def _run(held: list[Block]) -> Iterator[tuple[Span, list[Block]]]:
    if held:
        yield Span(held[0].start_line, held[-1].end_line), held


def _goes(block: Block, following: Block | None, section: Section, subject: Subject) -> bool:
    if is_detail(block, section, subject):
        return True
    return (
        following is not None
        and is_caption(block)
        and count_tokens(block.text) <= _LONGEST_CAPTION
        and subject.guards.allow(block.start_line, block.end_line)
        and is_detail(following, section, subject)
    )


def _parts_a_list(solid: list[Block], index: int) -> bool:
    """Whether a block stands between two lists, of which the second may go on counting."""
    around = solid[max(0, index - 1) : index] + solid[index + 1 : index + 2]
    return len(around) == 2 and all(block.kind == "list" for block in around)


def _action(
    subject: Subject, section: Section, run: tuple[Span, list[Block]], target: str
) -> Action | None:
    span, blocks = run
    text = subject.document.slice(*span)
    title = plain(section.title)
    pointer = moved(_what(blocks), subject.path, target, f"before you work on {title}")
    saved = count_tokens(text) - count_tokens(pointer)
    if saved < _SMALLEST or not subject.guards.allow(*span):
        return None
    return Action(
        type="condense",
        section=section.path,
        start_line=span.start,
        end_line=span.end,
        reason="detail that is needed at times",
        tokens_saved=saved,
        confidence=0.7,
        target=target,
        pointer=pointer,
    )


def _what(blocks: Sequence[Block]) -> str:
    counts: defaultdict[str, int] = defaultdict(int)
    for block in blocks:
        if block.kind in _NAMES:
            counts[_NAMES[block.kind]] += 1
    words = [f"{name}s" if count > 1 else name for name, count in counts.items()]
    if not words or any(block.kind == "paragraph" and not is_caption(block) for block in blocks):
        return "the details are"
    verb = "is" if sum(counts.values()) == 1 else "are"
    return f"the {' and '.join(words)} {verb}"
