"""What else must hold once nothing is lost: an agent still sees what it must, and finds the rest.

Like the proof it sees the old text and the new files, and nothing of the plan.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter

from ccm_gitops.context.archive import as_written, is_removal
from ccm_gitops.context.document import Block, Document, parse, split_lines
from ccm_gitops.context.links import anchors, labels, loose, notes, resolved, targets
from ccm_gitops.context.optimize.guards import is_open_fence, marked_to_keep
from ccm_gitops.context.optimize.places import led, place_in
from ccm_gitops.context.optimize.remove import tells_nothing
from ccm_gitops.context.optimize.wording import forbids, is_shell, prohibits
from ccm_gitops.context.proof import prove, units
from ccm_gitops.errors import ProofError


def require_integrity(
    old: str,
    files: Mapping[str, str],
    *,
    target: str,
    originals: Mapping[str, str],
    strategy: str,
) -> None:
    """Raise ProofError at the first fault, or where something that the strategy promises is not so.

    Aggressive alone takes commands and warnings too, below titles that say they are rarely needed;
    the rules of custom alone may put text where no line leads to.
    """
    found = [faults(old, files, target=target, originals=originals)]
    if strategy != "aggressive":
        found.append(_instructions(parse(old), files.get(target, "")))
    if strategy != "custom":
        found.append(_hidden(old, files, target))
    for fault in chain.from_iterable(found):
        raise ProofError(f"{target}: {fault}; nothing was written")


def faults(
    old: str, files: Mapping[str, str], *, target: str, originals: Mapping[str, str]
) -> Iterator[str]:
    """What is wrong with a commit's new `files` (path to text), in words.

    `target` is the path of the changed file, `old` its text before; `originals` are the texts that
    the other files had, where they were there.
    """
    new = files.get(target, "")
    before = parse(old)
    yield from _additions(old, new, target, files.keys() - {target})
    names = {target, *led(new, target, files.keys())}
    named = {path: text for path, text in files.items() if path in names or is_removal(path)}
    for unit in prove(old, named, target=target).lost:
        yield f"line {unit.start_line} would be in a file that no line leads to"
    yield from _prohibitions(before, new)
    yield from _torn(before, files, target)
    yield from _disordered(old, new, target)
    yield from _left_open(before, files, target, originals)
    for path in files:
        yield from _dangling(before, path, files, target)
    for section in marked_to_keep(before.root):
        if before.slice(section.start_line, section.end_line).rstrip() not in new:
            yield f"the section {section.title!r} is marked to be kept, and does not stay as it is"
    for path, text in originals.items():
        if path != target and path in files:
            yield from _overwritten(path, text, files)


def _hidden(old: str, files: Mapping[str, str], target: str) -> Iterator[str]:
    """Text that no line leads to, though it tells something."""
    led = {path: text for path, text in files.items() if not is_removal(path)}
    for unit in prove(old, led, target=target).lost:
        if not tells_nothing(unit.text):
            yield f"line {unit.start_line} tells something, and no line would lead to it"


def _additions(old: str, new: str, target: str, others: set[str]) -> Iterator[str]:
    """Whatever the file did not have and is no line that leads to another file of the commit."""
    known = {unit.text for unit in units(old)}
    added = (unit for unit in units(new) if unit.text not in known)
    for unit in added:
        for number, line in enumerate(split_lines(unit.text), start=unit.start_line):
            names = others.intersection(led(line, target, others))
            if not any(place_in(target, other) in line for other in names):
                yield f"line {number} is new, and leads to no file of the change"


def _prohibitions(before: Document, new: str) -> Iterator[str]:
    """Prohibitions that an agent would no longer have at its start."""
    for number in _gone(before.blocks, new, prohibits):
        yield f"line {number} is a prohibition, and would be out of sight"


def _instructions(before: Document, new: str) -> Iterator[str]:
    """Commands to type, and warnings, that an agent would no longer have at its start."""
    for number in _gone(list(filter(is_shell, before.blocks)), new, bool):
        yield f"line {number} is a command, and would be out of sight"
    for number in _gone([b for b in before.blocks if b.kind != "code"], new, forbids):
        yield f"line {number} is a warning, and would be out of sight"


def _gone(blocks: Sequence[Block], new: str, counts: Callable[[str], bool]) -> Iterator[int]:
    """The numbers of lines that count and are not in the new text."""
    left = {line.strip() for line in split_lines(new)}
    for block in blocks:
        for number, line in enumerate(split_lines(block.text), start=block.start_line):
            if counts(line) and line.strip() and line.strip() not in left:
                yield number


def _torn(before: Document, files: Mapping[str, str], target: str) -> Iterator[str]:
    """Lists of which something stays, but not all in one piece, and that are whole nowhere else."""
    old = list(units(before.text))
    counts, new = Counter(unit.text for unit in old), files.get(target, "")
    left = {unit.text for unit in units(new)}
    others = [(path, text) for path, text in files.items() if path != target]
    for block in before.blocks:
        if block.kind != "list" or block.text.strip() in new:
            continue
        first = bisect_left(old, block.start_line, key=attrgetter("start_line"))
        last = bisect_right(old, block.end_line, key=attrgetter("start_line"))
        stays = any(unit.text in left for unit in old[first:last] if counts[unit.text] == 1)
        if stays and not any(
            as_written(block.text, target, path).strip() in text for path, text in others
        ):
            yield f"the list at line {block.start_line} would be cut apart"


def _disordered(old: str, new: str, target: str) -> Iterator[str]:
    """Text that stays, and would change its place."""
    staying = Counter(unit.text for unit in units(old)) & Counter(u.text for u in units(new))
    if staying.total() > prove(old, {target: new}, target=target).kept:
        yield "text that stays would not stand in its old order"


def _left_open(
    before: Document, files: Mapping[str, str], target: str, originals: Mapping[str, str]
) -> Iterator[str]:
    """Files that would end within a fence, so that it swallows what is written below."""
    texts = {**originals, target: before.text}
    for path, text in files.items():
        if _ends_open(parse(text)) and not _ends_open(parse(texts.get(path, ""))):
            yield f"{path} would have a fence that nothing closes"


def _ends_open(document: Document) -> bool:
    solid = (block for block in reversed(document.blocks) if block.kind != "blank")
    last = next(solid, None)
    return last is not None and is_open_fence(last)


def _dangling(before: Document, path: str, files: Mapping[str, str], target: str) -> Iterator[str]:
    """Links of a new file to headings and notes that the old file had, and that are gone now."""
    had, text = anchors(before), files[path]
    own, left = anchors(parse(text)), anchors(parse(files.get(target, "")))
    for link in targets(text):
        place, mark, fragment = resolved(link, path, target, own).partition("#")
        is_kept = loose(fragment) in (left if path == target or link[:1] != "#" else own)
        if mark and place == target and loose(fragment) in had and not is_kept:
            yield f"{path} would have a link to the heading #{fragment} that is gone"
    missing = notes(before).keys() & labels(text) - notes(parse(text)).keys()
    for label in sorted(missing):
        yield f"{path} would name [{label}], which is defined in another file"


def _overwritten(path: str, text: str, files: Mapping[str, str]) -> Iterator[str]:
    """Text that a file of the change had before it was written to; front matter is kept anew."""
    head = next(iter(parse(text).blocks), None)
    skipped = head.end_line if head and head.kind == "front_matter" else 0
    if any(unit.start_line > skipped for unit in prove(text, files, target=path).lost):
        yield f"{path} would lose what it had"
