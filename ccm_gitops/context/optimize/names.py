"""Names of the files that take text out of a context file."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Sequence, Set
from datetime import datetime
from itertools import chain, count, dropwhile

from ccm_gitops.context.archive import FOLDER
from ccm_gitops.context.optimize.places import DOCS, place_in

_LONGEST, _ENDLESS = 64, 1000  # characters of a title in a file name
_LONGEST_NAME, _LONGEST_NEAR = 48, 24  # characters of a document's name and of its folder's
_USUAL = frozenset({"src", "lib", "libs", "packages", "apps", "crates", "modules", "internal"})
_HOLLOW = frozenset({"important", "current", "key", "quick", "new", "critical"})
_BESIDE = re.compile(r"(?<=\w) (?:with|for|in|of|using|to|and|from|by) .*$", re.IGNORECASE)
_SHARED = "reference"
_MOST = 14  # titles that a sentence can list

_DECORATION = re.compile(r"^[^\w`(]+|[^\w`)]+$|[*`]")
_FILE = re.compile(r"\w\.[a-z]\w{0,3}\b")
_ENDS = re.compile(r"^\w+(?= (?:#?\d+|[A-Z])\b)|\w+$")  # the word before a number, and the last
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.)]|step \d+:?)\s+", re.IGNORECASE)
_SUBTITLE = re.compile(r"(?<=[\w/]):? *(?:: | [–—-] |\().*$")
_VERSION = re.compile(r"(?<![\w.])(?:v?\d+(?:\.\d+)+|v\d+)(?![\w.])")
# A title of which the part before the colon only counts: `Example 1: a web search`.
_BRACKET = re.compile(r"\s+\([^()]*\)$")
_LONGEST_BRACKET = 20  # characters
_COUNTED = re.compile(
    r"(?:\w+ )?\d+[a-z]?$|(?:example|step|phase|part|option|case|level|type|pattern) ?[a-z]?$"
    r"|(?:default|note|key|new|optional|rule|goal|first|last|other|core|example)s?$",
    re.IGNORECASE,
)
_DONE = re.compile(r"[\s(\[:–—-]+(?:complete|completed|done|finished|shipped)\W*$", re.IGNORECASE)


def slug(title: str, *, longest: int = _LONGEST) -> str:
    """A title as part of a file name: `Completed Work (2026)` gives `completed-work-2026`."""
    words = "-".join(re.findall(r"\w+", title.lower().replace("'", "").replace("’", "")))
    if len(words) > longest:
        words = words[:longest].rpartition("-")[0] or words[:longest]
    return words.strip("-_") or "section"


def plain(title: str) -> str:
    """A title as part of a sentence: no markup, decoration or `(done)`."""
    return _DONE.sub("", _DECORATION.sub("", title))


def unnumbered(title: str) -> str:
    """A plain title without its number."""
    return _NUMBER.sub("", plain(title))


def without_number(title: str) -> str:
    """A title as it is written, but for its number."""
    return _NUMBER.sub("", title)


def is_numbered(title: str) -> bool:
    """Whether a title begins with a number that tells its place among others."""
    return _NUMBER.match(plain(title)) is not None


def are_alike(titles: Sequence[str]) -> bool:
    """Whether nearly all of some titles are of one form: files, `Issue 1`, `… Pattern`."""
    forms = Counter(
        form
        for title in titles
        for form in (_FILE.search(title) and "file", *_ENDS.findall(plain(title)))
        if form
    )
    return len(titles) > 2 and any(n >= 0.7 * len(titles) for n in forms.values())


def short(title: str) -> str:
    """A plain title without its number and what follows a colon, a dash or a bracket."""
    return _SUBTITLE.sub("", unnumbered(title))


def label(title: str) -> str:
    """A short title as a name: with its version, and whole where its beginning only counts."""
    whole, name = unnumbered(title), short(title)
    if _COUNTED.match(name):
        return _BRACKET.sub("", whole)
    rest = whole[len(name) :].strip()
    version = _VERSION.search(rest)
    if not version or _VERSION.search(name):
        return name
    is_short = rest.startswith("(") and len(rest) <= _LONGEST_BRACKET
    return f"{name} {rest if is_short else f'({version[0]})'}"


def listed(titles: Sequence[str]) -> str:
    """Titles as part of a sentence; of very many the first and the last."""
    if len(titles) > _MOST:
        return f"{titles[0]} to {titles[-1]}"
    return " and ".join(filter(None, (", ".join(titles[:-1]), titles[-1])))


def moved(what: str, source: str, target: str, when: str) -> str:
    """The one line that stands for what moved."""
    return f"> Moved to {place_in(source, target)}: {what}; read it {when}."


def archive_path(source: str, name: str, now: datetime) -> str:
    """Where a month's archive of a section of `source` lies."""
    stem = source.removesuffix(".md").lstrip(".").replace("/", "-")
    return f"{FOLDER}{stem}-{name}-{now:%Y-%m}.md"


def doc_path(source: str, titles: tuple[str, ...], paths: Set[str], project: str = "") -> str:
    """A path for a moved section that the tree does not have yet, in the folder of a project.

    What the folder says is not said again; a name that is long is shorter by a whole title, or by
    all that a preposition begins.
    """
    docs = posixpath.join(project, DOCS)
    folder = posixpath.dirname(source)
    near, whole = _near(folder[len(project) :].lstrip("/")), _near(folder)
    shorter = (titles[at:] for at in range(len(titles)))
    told = (_unsaid(some, whole) for some in (*shorter, (_BESIDE.sub("", titles[-1]),)))
    stem = next((one for one in told if one and len(one) <= _LONGEST_NAME), _SHARED)
    name = f"{near}-{stem}" if near else stem
    if project and f"{DOCS}{name}.md" in paths:  # an agent that begins at the root may mean that
        name = f"{whole}-{stem}"
    names = chain((name,), (f"{name}-{number}" for number in count(2)))
    return next(path for path in (f"{docs}{name}.md" for name in names) if path not in paths)


def _near(folder: str) -> str:
    """A folder in a name: without what is in every path, the last part where that is long."""
    if folder in {"", ".claude"}:
        return ""
    parts = folder.lstrip(".").split("/")
    telling = [slug(part) for part in parts if part.lower() not in _USUAL] or parts[-1:]
    whole = "-".join(telling)
    return whole if len(whole) <= _LONGEST_NEAR else telling[-1]


def _unsaid(titles: Sequence[str], folder: str) -> str:
    """Titles as a name, without the words of the folder that they begin with, and hollow ones."""
    words = slug(" ".join(titles), longest=_ENDLESS).split("-")
    unsaid = list(dropwhile(set(folder.split("-")).__contains__, words))
    telling = [word for word in unsaid if word not in _HOLLOW]
    return "-".join(telling if len(telling) > 1 else unsaid)
