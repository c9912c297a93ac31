"""Files that a repository leaves out on purpose: what git ignores, what tools generate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

_GENERATED = words(
    "node_modules dist build out output outputs target bin obj coverage htmlcov vendor venv env"
    " __pycache__ tmp temp log logs cache generated gen artifacts results reports downloads backups"
    " uploads data pods deriveddata site-packages worktrees"
)
# People commit what they wrote in these too: `bin/serve.sh`, `data/README.md`.
_MIXED = words("bin data vendor")
_WRITTEN = (".md", ".sh", ".py", ".rb", ".ts", ".js", ".mjs", ".cjs")
_PERSONAL = re.compile(
    r"\.local\.|^\.env(?!\.(?:example|sample|template|dist)$)|^\.ds_store$|\.(?:log|lock|pid|sock|db|sqlite3?|bak|tmp)$"
)


def ignore_patterns(tree: Tree) -> tuple[str, ...]:
    """The patterns of the root's .gitignore, negations left out."""
    text = (tree.read(".gitignore") or b"").decode("utf-8", "replace")
    lines = (line.strip() for line in text.split("\n"))
    return tuple(line.strip("/") for line in lines if line.strip("/") and line[0] not in "#!")


def is_left_out(path: str, patterns: Iterable[str]) -> bool:
    """Whether a missing path says nothing, since such files are not committed."""
    parts = path.lower().strip("/").split("/")
    if _PERSONAL.search(parts[-1]):
        return True
    written = parts[-1].endswith(_WRITTEN)
    for part in parts:
        if written and part in _MIXED:
            continue
        # `.venv`, `.next`, `.cache`: hidden folders of tools are hardly ever committed.
        if part.lstrip(".") in _GENERATED or part.endswith(("-cache", "_cache")):
            return True
        if part.startswith(("dist-", "build-")) and "." not in part:
            return True
    heads = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    return any(
        fnmatchcase(text, pattern.lower()) for pattern in patterns for text in (*parts, *heads)
    )
