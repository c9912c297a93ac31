"""A repository's paths, arranged for the question: is there something that this name could mean?"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Set
from difflib import SequenceMatcher
from functools import cached_property

# Of several things of one name, how alike a path must be to be the one that is meant.
_ALIKE = 0.6


class PathIndex:
    """Look-ups over a tree's paths; neither case nor the form of accents makes a difference."""

    def __init__(self, paths: Set[str]) -> None:
        self._paths = paths

    @cached_property
    def files(self) -> frozenset[str]:
        """Every file, in its plain form."""
        return frozenset(map(plain, self._paths))

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder, in its plain form."""
        found: set[str] = set()
        for path in self.files:
            while (path := path.rpartition("/")[0]) and path not in found:
                found.add(path)
        return frozenset(found)

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
        text = plain(text).removeprefix("./")
        return any(text in path for path in self.files)

    def nearest(self, path: str) -> str | None:
        """What a wrong path may mean: the one of that name, or of one spelled alike, elsewhere.

        Of several the one whose whole path is most alike; None for none, or when two are.
        """
        wanted = path.strip("./").rstrip("/")
        by_name = self._by_loose_name[_loose(wanted.rpartition("/")[2])]
        ranked = sorted(((_likeness(wanted, known), known) for known in by_name), reverse=True)
        if len(ranked) > 1 and (ranked[0][0] < _ALIKE or ranked[0][0] == ranked[1][0]):
            return None
        return ranked[0][1] if ranked else None

    @cached_property
    def _by_loose_name(self) -> defaultdict[str, list[str]]:
        index: defaultdict[str, list[str]] = defaultdict(list)
        folders = {parent for path in self._paths for parent in _parents(path)}
        for path in sorted((*self._paths, *folders)):
            index[_loose(path.rpartition("/")[2])].append(path)
        return index

    def ends_with(self, name: str) -> bool:
        """Whether any file or folder has this as its last parts, with or without extension.

        So `utils/text` is there when `src/utils/text.ts` is, and `app.js` when `app.ts` is: what
        TypeScript imports as `.js` is a `.ts` on disk.
        """
        name = plain(name)
        last = name.rpartition("/")[2]
        stem = last.rpartition(".")[0] or last
        for candidate in (*self._by_stem[last], *self._by_stem[stem]):
            bare = candidate.rpartition(".")[0]
            if any(f"/{known}".endswith(f"/{name}") for known in (candidate, bare)):
                return True
            if _is_script(name) and f"/{bare}".endswith(f"/{name.rpartition('.')[0]}"):
                return _is_script(candidate)
        return False

    @cached_property
    def _by_stem(self) -> defaultdict[str, list[str]]:
        index: defaultdict[str, list[str]] = defaultdict(list)
        for path in (*self.files, *self.folders):
            last = path.rpartition("/")[2]
            for key in {last, last.rpartition(".")[0] or last, last.partition(".")[0] or last}:
                index[key].append(path)
        return index


def plain(path: str) -> str:
    """A path as look-ups compare it."""
    # macOS writes accents and Hangul in pieces, everybody else whole.
    return unicodedata.normalize("NFC", path).lower()


def _loose(name: str) -> str:
    """A name without its case and the signs between its words: `startAll` as `start_all`."""
    return re.sub(r"[-_ ]", "", plain(name))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio()


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _is_script(path: str) -> bool:
    return path.rpartition(".")[2] in {"js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts"}
