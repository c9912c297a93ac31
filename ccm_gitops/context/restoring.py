"""The way back: archived texts put into their files again, and taken out of where they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccm_gitops.context.archive import FOLDER, Entry, read_archives, read_entries, restore, without
from ccm_gitops.context.tree import Tree
from ccm_gitops.errors import ContextError


def all_entries(tree: Tree) -> Iterator[tuple[str, Entry]]:
    """Every archived piece of a tree with the path of its archive, by path, oldest first.

    Raises ContextError when an archive is damaged.
    """
    for path in sorted(tree.paths()):
        if path.startswith(FOLDER) and path.endswith(".md"):
            try:
                yield from ((path, entry) for entry in read_entries(_read(tree, path)))
            except ContextError as error:
                raise ContextError(f"{path}: {error}") from error


def put_back(tree: Tree, entries: Sequence[Entry]) -> dict[str, bytes | None]:
    """The files of a tree as they are once `entries` are restored; None for one that goes.

    Sources get their text back; archives lose the entries, and go with their last one; so does a
    document that held nothing but a moved text. Raises ContextError when a place was edited, an
    archive is damaged or a source is gone; then nothing should be written.
    """
    ids = {entry.id for entry in entries}
    files: dict[str, bytes | None] = {}
    for source in dict.fromkeys(entry.source for entry in entries):
        chosen = [entry for entry in read_archives(tree, source) if entry.id in ids]
        files[source] = restore(_read(tree, source), chosen).encode()
        for entry in chosen:
            if entry.held_in and _holds_only(_read(tree, entry.held_in), entry):
                files[entry.held_in] = None
    for path in dict.fromkeys(path for path, entry in all_entries(tree) if entry.id in ids):
        left = without(_read(tree, path), ids)
        files[path] = None if left is None else left.encode()
    return files


def _holds_only(document: str, entry: Entry) -> bool:
    """Is the document the moved text under its title, with nothing added since."""
    title, _, body = document.partition("\n")
    return title.startswith("# ") and body.strip("\r\n") == entry.text.strip("\r\n")


def _read(tree: Tree, path: str) -> str:
    data = tree.read(path)
    if data is None:
        raise ContextError(f"{path} is missing, or no regular file")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{path} is not UTF-8 text") from error
