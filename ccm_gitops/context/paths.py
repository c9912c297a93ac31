"""A repository's paths, arranged for the question: is there something that this name could mean?"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Set
from difflib import SequenceMatcher
from functools import cached_property

from ccm_gitops.context.words import words

# Of several things of one name, how alike a path must be to be the one that is meant.
_ALIKE = 0.6
# Every project has several of these, so that the name alone says little.
_USUAL = words(
    "index main mod init __init__ readme utils types config app test route page layout handler"
    " controller service model models views urls schema"
)
_VERY_ALIKE = 0.75
_BETWEEN_WORDS = str.maketrans("", "", "-_ ")
_LONGEST_EXTENSION = 40
# What may follow the last parts of a path: nothing, or an extension, or what is in the folder.
_END = re.compile(r"(?:\.[^./\n]*)?[/\n]")
_SCRIPT_END = re.compile(r"\.(?:[cm]?[jt]s|[jt]sx)\n")


class PathIndex:
    """Look-ups over a tree's paths; neither case nor the form of accents makes a difference."""

    def __init__(self, paths: Set[str]) -> None:
        self._paths = paths

    @cached_property
    def _text(self) -> str:
        """The plain paths in one string, each between `/` and a line end: searched fast."""
        return "".join(f"/{path}\n" for path in self.files)

    @cached_property
    def files(self) -> frozenset[str]:
        """Every file, in its plain form."""
        return frozenset(plain("\n".join(self._paths)).split("\n")) if self._paths else frozenset()

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder, in its plain form."""
        return _folders(self.files)

    @cached_property
    def top(self) -> frozenset[str]:
        """The folders at the root, in their plain form."""
        return frozenset(folder for folder in self.folders if "/" not in folder)

    @cached_property
    def folder_names(self) -> frozenset[str]:
        """The last parts of all folders, in their plain form."""
        return frozenset(folder.rpartition("/")[2] for folder in self.folders)

    def has(self, path: str) -> bool:
        """Whether a file or a folder stands exactly there."""
        return plain(path) in self.files or plain(path) in self.folders

    def contains(self, text: str) -> bool:
        """Whether a file's path has the text in it: so test programs choose what they run."""
        return plain(text).removeprefix("./") in self._text

    def nearest(self, path: str) -> str | None:
        """What a wrong path may mean: the one of that name, or of one spelled alike, elsewhere.

        Of several those that begin with the same folder, and of these the one whose whole path is
        most alike; None for none, or when two are.
        """
        wanted = path.strip("./").rstrip("/")
        name = wanted.rpartition("/")[2]
        by_name = self._by_loose_name[_loose(name)]
        is_usual = plain(name).partition(".")[0] in _USUAL
        if is_usual:
            by_name = [path for path in by_name if _folder(path) == _folder(wanted)]
        top = f"{wanted.partition('/')[0]}/"
        by_name = [path for path in by_name if path.startswith(top)] or by_name
        ranked = sorted(((_likeness(wanted, known), known) for known in by_name), reverse=True)
        least = _VERY_ALIKE if is_usual else _ALIKE if len(ranked) > 1 else 0.0
        is_tie = len(ranked) > 1 and ranked[0][0] == ranked[1][0]
        return ranked[0][1] if ranked and ranked[0][0] >= least and not is_tie else None

    @cached_property
    def _by_loose_name(self) -> defaultdict[str, list[str]]:
        index: defaultdict[str, list[str]] = defaultdict(list)
        known = sorted((*self._paths, *_folders(self._paths)))
        names = "\n".join(path.rpartition("/")[2] for path in known)
        for path, name in zip(known, _loose(names).split("\n"), strict=True):
            index[name].append(path)
        return index

    def ends_with(self, name: str) -> bool:
        """Whether any file or folder has this as its last parts, with or without extension.

        So `utils/text` is there when `src/utils/text.ts` is, and `app.js` when `app.ts` is: what
        TypeScript imports as `.js` is a `.ts` on disk.
        """
        name = plain(name)
        if any(map(_END.match, self._ends(name))):
            return True
        return _is_script(name) and any(
            _SCRIPT_END.match(end) for end in self._ends(name.rpartition(".")[0])
        )

    def _ends(self, name: str) -> Iterator[str]:
        """What stands behind a name, wherever it stands behind a slash."""
        text, wanted = self._text, f"/{name}"
        at = text.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            yield text[end : end + _LONGEST_EXTENSION]
            at = text.find(wanted, end)


def plain(path: str) -> str:
    """A path as look-ups compare it."""
    # macOS writes accents and Hangul in pieces, everybody else whole.
    return unicodedata.normalize("NFC", path).lower()


def _loose(name: str) -> str:
    """A name without its case and the signs between its words: `startAll` as `start_all`."""
    return plain(name).translate(_BETWEEN_WORDS)


def _folder(path: str) -> str:
    """The name of the folder that a path stands in."""
    return plain(path).rpartition("/")[0].rpartition("/")[2]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio()


def _folders(paths: Set[str]) -> frozenset[str]:
    found = {path.rpartition("/")[0] for path in paths}
    for folder in tuple(found):
        while (folder := folder.rpartition("/")[0]) and folder not in found:
            found.add(folder)
    return frozenset(found - {""})


def _is_script(path: str) -> bool:
    return path.rpartition(".")[2] in {"js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts"}
