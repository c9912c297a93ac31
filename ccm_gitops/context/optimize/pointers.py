"""Pointers: the one line that stands for what moved names it, and says when to read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ccm_gitops.context.document import Block, Section
from ccm_gitops.context.optimize.kinds import FILES, MASS, TREE, heads_of, kind_of
from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.names import label, unnumbered
from ccm_gitops.context.optimize.occasions import Topic, occasion, says_little
from ccm_gitops.context.optimize.pieces import is_caption

# A caption that says no more than that something follows, or is half a sentence.
_EMPTY = re.compile(
    r"(?:for )?examples?\b|e\.g|like this|as follows|note\b|(?:this|these|the|usage|used)\b"
    r"|.*\b(?:is|are|will|should|must|following|below|you|we|it|they|your)\b"
    r"|.*\b(?:includes?|has|have|can|uses?|using|provides?|supports?|contains?|follows?|with|by|from"
    r"|to|for|of|and|\w+ \w+ \w+ing)$",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[`*@<>|]|\[(?=[^\]]*\])|\](?:\([^)]*\))?|\\")
_HEAD = re.compile(r"(?:\*\*([^*\n]+)\*\*|`([^`\n]+)`)")
# The names of what moved say it.
_THIS, _THESE = "when your task touches this", "when your task touches any of these"
_LONGEST_LABEL = 7  # words; more are a sentence
_MOST_DETAILS, _LONGEST_DETAILS, _LONGEST = 5, 64, 170  # names, characters, characters
_STRUCTURE = re.compile(r"struct|layout|organi[sz]|tree|director|folder", re.IGNORECASE)
_ROWS = frozenset({"list", "table", "steps", FILES, "quote"})
_LONGEST_OF_ALL = 72  # characters of names that the title above them says already
_SILENT = frozenset({"blank", "rule", "heading"})


class Told(NamedTuple):
    """What a pointer says of the text that moved; nothing where another speaks of it."""

    what: str
    when: str


def told(
    section: Section, blocks: Sequence[Block], parts: Sequence[Section], subject: Subject
) -> Told:
    """What moved from a section by its own words, and when to read it.

    `blocks` are those of its own text, `parts` the sections below it.
    """
    own = _solid(blocks)
    topics = [_topic(section, own, subject)] if own else []
    for part in parts:
        below = [block for child in part.walk() for block in child.blocks]
        topics.append(_topic(part, below, subject))
    is_all = len(parts) == len(section.children)
    when = occasion(topics, _titles(section, subject) if is_all else ())
    names = [_called(part.title, subject) for part in parts]
    what = _what(section, own, parts, subject)
    is_list = len(names) > 1 and what == _joined(names)
    return Told(what, when or (_THESE if is_list else _THIS))


def _topic(section: Section, blocks: Sequence[Block], subject: Subject) -> Topic:
    solid = _solid(blocks)
    text = "\n".join(block.text for block in solid)
    return Topic(_titles(section, subject), _kinds(solid), text)


def _titles(section: Section, subject: Subject) -> Sequence[str]:
    """The titles down to a section, below the one that the document as a whole has."""
    if not section.level:
        return ()
    tops = sum(part.level == 1 for part in subject.document.root.children)
    depth = subject.depth(section.path)
    return subject.below_title(section.path) if tops < 2 else section.path[depth:] or section.path


def _what(
    section: Section, own: Sequence[Block], parts: Sequence[Section], subject: Subject
) -> str:
    titles = _titles(section, subject)
    head = _name(titles[-1]) if titles else "the beginning"
    names = [_called(part.title, subject) for part in parts]
    staying = len(_solid(section.blocks)) - len(own)
    is_all = not staying
    is_whole = staying < 2 and len(parts) == len(section.children)
    if is_whole and len(_series(names)) > _LONGEST_OF_ALL:
        return _bracketed(head, names) or name_of(titles, subject)
    if not own and not any(is_unclear(part.title, subject) for part in parts):
        return _joined(names)
    details = _details(head, own, is_all=is_all) if own and not parts else []
    if says_little(head) and len(titles) > 1 and set(details) <= _kinds(own):
        details = []
    return _bracketed(head, [*details, *names]) or name_of(titles, subject)


def _solid(blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block.kind not in _SILENT]


def name_of(titles: Sequence[str], subject: Subject) -> str:
    """A section's title, with the one above it where it says nothing alone, or stands twice."""
    if not titles:
        return "the beginning"
    name = _called(titles[-1], subject)
    is_clear = name != _name(titles[-1]) or not is_unclear(titles[-1], subject)
    return name if is_clear or len(titles) < 2 else f"{name} ({_name(titles[-2])})"


def is_unclear(title: str, subject: Subject) -> bool:
    """Whether a title says nothing alone, or not which of several it is."""
    name = label(title)
    return says_little(name) or subject.labels[name] > 1


def _kinds(blocks: Iterable[Block]) -> frozenset[str]:
    return frozenset(kind_of(block) for block in _solid(blocks) if not is_caption(block))


def _details(head: str, blocks: Sequence[Block], *, is_all: bool) -> list[str]:
    """What some blocks of a section are: by their captions, their items, or their kinds."""
    kinds = [kind for block in blocks if not is_caption(block) and (kind := kind_of(block))]
    counts = Counter(kind for kind in kinds if not _is_said(kind, head))
    plain = [
        kind if n < 2 or kind in MASS else f"{kind.rstrip('s')}s" for kind, n in counts.items()
    ]
    if is_all:
        return plain if len(set(kinds)) == 1 and kinds[0] not in _ROWS else []
    named: list[str] = []
    caption = ""
    for block in blocks:
        if is_caption(block):
            caption = _caption(block)
            continue
        named += [caption] if caption else _heads(block)
        caption = ""
    named = [name for name in named if name not in kinds] or named
    untold = sum(block.kind == "paragraph" and not is_caption(block) for block in blocks)
    if untold > len(named):
        return []
    is_short = 0 < len(named) <= _MOST_DETAILS and len(", ".join(named)) <= _LONGEST_DETAILS
    return named if is_short and not set(named) <= set(kinds) else plain[:2]


def _is_said(kind: str, head: str) -> bool:
    """Whether a title says of itself what a block is."""
    if kind == TREE:
        return bool(_STRUCTURE.search(head))
    return kind.split()[-1].rstrip("s") in head.lower()


def _caption(block: Block) -> str:
    text = label(_clean(block.text.strip().rstrip("：:*_ ")))
    is_short = "\n" not in text and 0 < len(text.split()) <= _LONGEST_LABEL
    is_name = text[:1].isupper() and "," not in text and not _EMPTY.match(text)
    return text if is_short and is_name else ""


def _heads(block: Block) -> list[str]:
    """What the items of a list begin with, where each begins with a name; else its kind."""
    named = _names_of_items(block) if block.kind == "list" else []
    return named or [kind for kind in (kind_of(block),) if kind]


def _names_of_items(block: Block) -> list[str]:
    """The names that all items of a list begin with; nothing where one has none."""
    heads = heads_of(block)
    found = [(match[1] or match[2]).rstrip(": ") for match in map(_HEAD.match, heads) if match]
    return [_clean(label(name) or name) for name in found] if len(found) == len(heads) else []


def _bracketed(head: str, names: Sequence[str]) -> str:
    """The head with the names in brackets, as far as they are few and short; else nothing."""
    inside = _series([_without(head, name) for name in names])
    return f"{head} ({inside})" if inside and len(head) + len(inside) <= _LONGEST else ""


def _without(head: str, name: str) -> str:
    """A name without what its own brackets repeat of the head."""
    plain, bracket, rest = name.partition(" (")
    return plain if bracket and rest.rstrip(")") in head else name


def _joined(names: Sequence[str]) -> str:
    """Names in a row; of many as many as fit, and how many more there are."""
    for most in range(len(names), 0, -1):
        more = len(names) - most
        text = _series([*names[:most], f"{more} more"] if more else names)
        if len(text) <= _LONGEST:
            return text
    return names[0]


def _series(names: Sequence[str]) -> str:
    """Names in a row, as a person writes them."""
    if any("," in name for name in names):
        return "; ".join(names)
    if any(" and " in name for name in names):
        return ", ".join(names)
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _called(title: str, subject: Subject) -> str:
    """A title as a name; whole where its beginning is that of others too."""
    name, whole = _name(title), _clean(unnumbered(title))
    is_one_of_several = subject.labels[label(title)] > 1 and not says_little(name)
    return whole if is_one_of_several and len(whole) <= _LONGEST_DETAILS else name


def _name(title: str) -> str:
    return _clean(label(title))


def _clean(text: str) -> str:
    return _MARKUP.sub("", text).strip()
