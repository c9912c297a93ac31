"""How a file names another one in backticks, and where such a name leads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Set

from ccm_gitops.context.archive import FOLDER
from ccm_gitops.context.links import relative

DOCS = "docs/agents/"
_FROM_ROOT = " (from the repository root)"
_NAMED = re.compile(r"`(?=([^`\n]+)`)")  # what stands between any two backticks


def seen_from(source: str, target: str) -> str:
    """A path as a pointer of the file `source` has it.

    As seen from the source's own folder where the target is a document of a project around it;
    else from the root.
    """
    project, has_any, _ = target.rpartition(f"/{DOCS}")
    is_own = has_any and source.startswith(f"{project}/")
    return relative(target, posixpath.dirname(source)) if is_own else target


def place_in(source: str, target: str) -> str:
    """The same in backticks; a nested file says of a document that its path begins at the root."""
    path = seen_from(source, target)
    is_nested = "/" in source.removeprefix(".claude/")
    says_so = is_nested and path == target and not target.startswith(FOLDER)
    return f"`{path}`{_FROM_ROOT if says_so else ''}"


def led(text: str, source: str, paths: Set[str]) -> Iterator[str]:
    """What a text of the file `source` names in backticks, as paths from the root.

    A name counts from the source's own folder where one of `paths` is there, unless it says that
    it counts from the root.
    """
    for name in _NAMED.finditer(text):
        near = posixpath.normpath(posixpath.join(posixpath.dirname(source), name[1]))
        is_near = near in paths and not text.startswith(_FROM_ROOT, name.end(1) + 1)
        yield near if is_near else name[1]
