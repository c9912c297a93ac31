"""A corpus of context files on disk: one folder a repository, each with a list of all its paths.

Beside the files that were kept, `_tree.txt` names every path, and `_facts.json` the npm scripts by
package.json, the Makefile targets and the just recipes. Manifests are rebuilt from the facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

CONTEXT_NAMES = frozenset({"CLAUDE.md", "AGENTS.md"})


@dataclass(frozen=True)
class CorpusTree:
    """A Tree whose files are known by name, and of which some have known bytes."""

    known: Mapping[str, bytes]
    names: frozenset[str]

    def paths(self) -> Set[str]:
        """Every path of the repository."""
        return self.names

    def read(self, path: str) -> bytes | None:
        """The bytes where they were kept."""
        return self.known.get(path)

    def link_target(self, path: str) -> str | None:
        """None: the corpus keeps no links."""
        return None

    def changed(self, path: str) -> datetime | None:
        """None: the corpus keeps no history."""
        return None

    def without(self, path: str) -> CorpusTree:
        """The tree with a file, or all below a folder, taken away."""
        names = {n for n in self.names if n != path and not n.startswith(f"{path}/")}
        return CorpusTree(self.known, frozenset(names))


@dataclass(frozen=True)
class Repository:
    """A repository of the corpus; `context_files` are those that were kept."""

    name: str
    tree: CorpusTree
    context_files: tuple[str, ...]


def repositories(corpus: Path) -> Iterator[Repository]:
    """Every repository that has a list of its paths, by name."""
    for folder in sorted(corpus.iterdir()):
        if (folder / "_tree.txt").is_file():
            yield _repository(folder)


def _repository(folder: Path) -> Repository:
    listed = (folder / "_tree.txt").read_text(encoding="utf-8").splitlines()
    names = frozenset(map(_unquoted, listed))
    kept = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("_")
    }
    facts = json.loads((folder / "_facts.json").read_text(encoding="utf-8"))
    tree = CorpusTree({**dict(_manifests(facts, names)), **kept}, names | kept.keys())
    context = tuple(path for path in kept if Path(path).name in CONTEXT_NAMES)
    return Repository(folder.name.replace("__", "/"), tree, context)


def _unquoted(name: str) -> str:
    """A path as git lists it: in quotes, with octal bytes, where it is not plain ASCII."""
    if not name.startswith('"'):
        return name
    return name[1:-1].encode("ascii").decode("unicode_escape").encode("latin-1").decode("utf-8")


def _manifests(facts: Mapping[str, object], names: Set[str]) -> Iterator[tuple[str, bytes]]:
    scripts = facts.get("npm_scripts") or {}
    assert isinstance(scripts, dict)
    for path, keys in scripts.items():
        yield path, json.dumps({"scripts": dict.fromkeys(keys, "x")}).encode()
    for key, file in (("make_targets", "Makefile"), ("just_recipes", "justfile")):
        listed = facts.get(key) or []
        assert isinstance(listed, list)
        found = next((n for n in sorted(names) if n.lower() == file.lower()), None)
        if found and listed:
            yield found, "".join(f"{name}:\n" for name in listed).encode()
