"""Links to headings: `#setup` in this file, `docs/guide.md#setup` in another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from ccm_gitops.context.document import Document, parse
from ccm_gitops.context.inline import Span
from ccm_gitops.context.links import anchors, loose
from ccm_gitops.context.rules.model import RuleContext

# Places in a file that are no headings: lines, and what a site's generator makes up.
_NO_HEADING = re.compile(r"L\d+(?:-L?\d+)?|:~:.*|top", re.IGNORECASE)
_LONGEST = 1_000_000


def dead_anchors(context: RuleContext) -> Iterator[Span]:
    """Each link to a heading that its file does not have; a file without headings says nothing."""
    for span in context.spans:
        path, sign, fragment = span.content.partition("#")
        if span.kind != "link" or not sign or not fragment or _NO_HEADING.fullmatch(fragment):
            continue
        document = _target(context, path)
        known = anchors(document) if document else frozenset()
        if known and loose(unquote(fragment)) not in known:
            yield span


def _target(context: RuleContext, path: str) -> Document | None:
    if not path:
        return context.document
    if ":" in path or not path.lower().endswith((".md", ".mdx", ".markdown")):
        return None
    base = posixpath.dirname(context.file.path)
    for folder in (base, ""):
        data = context.tree.read(posixpath.normpath(posixpath.join(folder, path.lstrip("/"))))
        if data and len(data) <= _LONGEST:
            return parse(data.decode("utf-8", "replace"))
    return None
