"""A repository's paths, arranged for the question: is there something that this name could mean?"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Set
from functools import cached_property


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

    def only_namesake(self, path: str) -> str | None:
        """The one file of that name, wherever it stands; None for none or several."""
        name = plain(path.rstrip("/")).rpartition("/")[2]
        found = [known for known in self._paths if plain(known).rpartition("/")[2] == name]
        return found[0] if len(found) == 1 else None

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


def _is_script(path: str) -> bool:
    return path.rpartition(".")[2] in {"js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts"}
