"""Pointers: the one line that stands for what moved says what it is and when to read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ccm_gitops.context.document import Block, Section, split_lines
from ccm_gitops.context.optimize.listings import is_tree
from ccm_gitops.context.optimize.names import listed, numbered, short
from ccm_gitops.context.optimize.pieces import is_caption

_TREE = "the directory tree"
_TROUBLE = "when something does not work"
_WHERE = "when you look for where something is or belongs"
_ALWAYS = "before you work with any of this"
# What holds for all below a title, and what only for the title itself.
_DAYS = (
    (r"troubleshoot|(?:common|known) (?:issue|problem|error)|faq", _TROUBLE),
    (r"deploy|hosting", "before you deploy"),
    (r"releas|publish", "before you release"),
    (r"migrat", "before you migrate"),
)
_PLACES = (
    *_DAYS,
    (r"roadmap|future|wish ?list|planned", "when you plan what comes next"),
    (r"resources|further reading|references\b|links\b|sources\b", "when you need a source"),
    (r"examples?\b|samples?\b", "when you need an example"),
    (r"configuration|settings|environment variables", "before you change the configuration"),
    (r"test(?:s|ing)\b", "before you write a test"),
    (r"(?:project|director\w*|folder|file|repo\w*|code|source) (?:struct|layout|organ)", _WHERE),
    (r"(?:key|important|main) (?:files|director|folders)", _WHERE),
)
_TASK = re.compile(
    r"(?:(?P<how>how to) )?(?P<rest>(?(how)|(?:adding|creating|updating|implementing|extending"
    r"|integrating|modifying|writing)\b)\w*.*)",
    re.IGNORECASE,
)
# A title that says nothing without the one above it.
_GENERIC = re.compile(
    r"\W*(?:(?:basic|key|server|client|example|code) )?(?:requests?|responses?|usage|details?"
    r"|notes?|format|fields|parameters|options|syntax|basics|description|flow|input|structure|methods"
    r"|properties|types|values|features|sections|components|patterns|principles)\W*$",
    re.IGNORECASE,
)
# A caption that says no more than that something follows.
_EMPTY = re.compile(r"(?:for )?examples?\b|e\.g|like this|as follows|note\b|this\b", re.IGNORECASE)
_NOUNS = {"code": "example", "table": "table", "list": "list"}
_MARKUP = re.compile(r"[`*@<>|]|\[(?=[^\]]*\])|\](?:\([^)]*\))?|\\")
_HEAD = re.compile(r"(?:[-*+]|\d+[.)])\s+(?:\*\*([^*\n]+)\*\*|`([^`\n]+)`)")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s")
_LONGEST_LABEL = 5  # words; more are a sentence
_LONGEST_NAMES, _MOST_NAMES = 160, 8  # characters, names


def occasion(what: str, titles: Sequence[str]) -> str:
    """When somebody reads what moved from below titles, from the top down; the nearest tells."""
    if what.startswith(_TREE):
        return _WHERE
    asked = [(titles[-1], _PLACES), *((title, _DAYS) for title in reversed(titles[:-1]))]
    for title, occasions in asked:
        for words, when in occasions:
            if re.search(rf"\b(?:{words})", title, re.IGNORECASE):
                return when
    task = _TASK.match(short(titles[-1]))
    if task:
        rest = task["rest"][0].lower() + task["rest"][1:]
        return f"before you {rest}" if task["how"] else f"before {rest}"
    return _ALWAYS


def contents(section: Section, blocks: Sequence[Block], parts: Sequence[Section]) -> str:
    """What moved from a section, by its own words: some of its blocks, and whole sections."""
    told = _told(_telling(section.path), blocks)
    titles = [_clean(numbered(part.title)) for part in parts]
    named = [*told, *titles]
    return ", ".join(named) if any(", " in name for name in named) else listed(named)


def _telling(path: Sequence[str]) -> str:
    """A section's title, with the one above it where it says nothing alone."""
    name = short(path[-1]) if path else "this file"
    above = f" ({short(path[-2])})" if len(path) > 1 and _GENERIC.match(path[-1]) else ""
    return _clean(name + above)


def _told(title: str, blocks: Sequence[Block]) -> list[str]:
    named: list[str] = []
    unnamed: Counter[str] = Counter()
    caption = ""
    for block in blocks:
        if is_caption(block):
            caption = block.text
        elif block.kind not in {"blank", "rule"}:
            name = _name(title, caption, block)
            named += [name] if name else []
            unnamed.update([] if name else [_noun(block)])
            caption = ""
    nouns = [f"{noun}s" if count > 1 else noun for noun, count in unnamed.items()]
    if unnamed.keys() == {_TREE}:
        return [_TREE, *named]
    if "" in unnamed or _TREE in unnamed or len(nouns) > 2:
        return [f"the details of {title}"]
    return [*([f"the {' and '.join(nouns)} of {title}"] if nouns else []), *dict.fromkeys(named)]


def _noun(block: Block) -> str:
    return _TREE if is_tree(block) else _NOUNS.get(block.kind, "")


def _name(title: str, caption: str, block: Block) -> str:
    """What a block is by its caption, its columns or what its items begin with; else nothing."""
    label = _clean(caption.strip().rstrip("：:*_ "))
    is_short = "\n" not in label and len(label.split()) <= _LONGEST_LABEL
    if label and is_short and not (_GENERIC.match(label) or _EMPTY.match(label)):
        return label
    heads: list[str] = []
    if block.kind == "table":
        heads = [cell.strip() for cell in split_lines(block.text)[0].strip(" |\r\n").split("|")]
        columns = _joined(heads)
        return f"the table of {title} ({columns})" if columns else ""
    if block.kind == "list":
        lines = split_lines(block.text)
        heads = [(m[1] or m[2]).strip().rstrip(":") for m in map(_HEAD.match, lines) if m]
        if len(heads) == sum(map(bool, map(_ITEM.match, lines))):
            return _joined([short(head) or head for head in heads])
    return ""


def _joined(heads: Sequence[str]) -> str:
    """The heads as one name, where they are few and short."""
    names = [_clean(head) for head in heads]
    text = ", ".join(names)
    is_short = len(names) <= _MOST_NAMES and len(text) <= _LONGEST_NAMES
    return text if all(names) and is_short else ""


def _clean(text: str) -> str:
    return _MARKUP.sub("", text).strip()
