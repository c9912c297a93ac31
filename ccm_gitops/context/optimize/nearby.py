"""Where moved text goes: to the documents, or near the code that it speaks of."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Set
from typing import NamedTuple

from ccm_gitops.context.optimize.model import Subject
from ccm_gitops.context.optimize.names import doc_path, slug
from ccm_gitops.context.words import words

_RULES = ".claude/rules/"
# By the documentation of npm, pip, Cargo, Go, Maven, Gradle, Composer, Bundler, Mix, Dart, Swift
# and Zig the folder of such a file is what they build or install; of .NET that of a project file.
_MANIFESTS = words(
    "package.json pyproject.toml setup.py Cargo.toml go.mod pom.xml build.gradle build.gradle.kts"
    " composer.json Gemfile mix.exs pubspec.yaml Package.swift build.zig"
)
_DOTNET = (".csproj", ".fsproj")
_NAME = re.compile(r"`([^`\s]{1,200})`|\]\(([^()\s#]{1,200})")
_FEWEST, _SHARE = 2, 0.8  # of the paths that a text names, to be of one folder


class Place(NamedTuple):
    """The path of a file for moved text; it counts below the folder `scope`, if there is one."""

    path: str
    scope: str


def home_for(names: Iterable[str], move_to: str) -> str:
    """Where text of files of these names may move: agents other than Claude Code read no rules."""
    are_all_claude = all(posixpath.basename(name) == "CLAUDE.md" for name in names)
    return move_to if are_all_claude or move_to != "rules" else "docs"


def place_of(
    titles: tuple[str, ...], texts: Iterable[str], subject: Subject, taken: Set[str]
) -> Place:
    """A path that is not `taken`: near the code where that is wanted, and a folder is meant.

    A nested context file may take the text of several chapters; nobody else's is ever written to.
    """
    folder = _folder(texts, subject) if subject.move_to != "docs" else ""
    if folder and subject.move_to == "nested":
        path = f"{folder}/{posixpath.basename(subject.path)}"
        if path not in subject.paths - subject.pointed:
            return Place(path, "")
    if folder and subject.move_to == "rules":
        path = f"{_RULES}{slug(' '.join(titles))}.md"
        if path not in taken:
            return Place(path, folder)
    project = project_of(subject.path, subject.paths)
    return Place(doc_path(subject.path, titles, taken, project), "")


def project_of(path: str, paths: Set[str]) -> str:
    """The nearest folder around a file with a manifest of its own; nothing stands for the root.

    People open and copy such a folder alone.
    """
    folders = (folder for folder in _folders(path) if posixpath.basename(folder) != ".claude")
    return next((folder for folder in folders if _has_manifest(folder, paths)), "")


def _has_manifest(folder: str, paths: Set[str]) -> bool:
    inside = (path for path in paths if path.endswith(_DOTNET))
    return any(f"{folder}/{name}" in paths for name in _MANIFESTS) or any(
        posixpath.dirname(path) == folder for path in inside
    )


def _folder(texts: Iterable[str], subject: Subject) -> str:
    """The deepest folder that nearly all existing paths named in the texts are in; else nothing."""
    named = {
        path
        for text in texts
        for match in _NAME.findall(text)
        if (path := _existing("".join(match), subject))
    }
    counts = Counter(folder for path in named for folder in _folders(path))
    most = _SHARE * len(named)
    shared = [folder for folder, count in counts.items() if count >= most]
    return max(shared, key=len, default="") if len(named) >= _FEWEST else ""


def _existing(name: str, subject: Subject) -> str:
    """The path of a file of the tree, by its name from the root or from the file that speaks."""
    near = posixpath.join(posixpath.dirname(subject.path), name)
    paths = (posixpath.normpath(path) for path in (near, name))
    return next((path for path in paths if path in subject.paths), "")


def _folders(path: str) -> Iterable[str]:
    while path := posixpath.dirname(path):
        yield path
