"""Files that a repository leaves out on purpose: what git ignores, what tools generate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from ccm_gitops.context.loading import follow
from ccm_gitops.context.paths import PathIndex
from ccm_gitops.context.tree import Tree
from ccm_gitops.context.words import words

_GENERATED = words(
    "node_modules dist build out output outputs target bin obj coverage htmlcov vendor venv env"
    " __pycache__ tmp temp scratch log logs cache generated gen artifacts results reports"
    " downloads backups uploads data pods deriveddata site-packages worktrees _build staticfiles"
    " test-results playwright-report storybook-static allure-results checkpoints wandb mlruns"
)
# People commit what they wrote in these too: `bin/serve.sh`, `data/README.md`.
_MIXED = words("bin data vendor")
_WRITTEN = (".md", ".sh", ".py", ".rb", ".ts", ".js", ".mjs", ".cjs")
_MODULE = re.compile(r"^\s*path\s*=\s*(\S.*?)/?\s*$", re.MULTILINE)
_PERSONAL = re.compile(
    r"\.local\.|^\.env(?!\.(?:example|sample|template|dist)$)|^\.ds_store$|\.(?:log|lock|pid|sock|db|sqlite3?|bak|tmp)$"
)


def ignore_patterns(tree: Tree) -> tuple[str, ...]:
    """The patterns of the root's .gitignore, negations left out, and the submodules' folders."""
    modules = (tree.read(".gitmodules") or b"").decode("utf-8", "replace")
    return (*_patterns(tree, ".gitignore"), *_MODULE.findall(modules))


def _patterns(tree: Tree, path: str) -> tuple[str, ...]:
    lines = (tree.read(path) or b"").decode("utf-8", "replace").split("\n")
    stripped = (line.strip() for line in lines)
    return tuple(
        line.strip("/").removeprefix("**/")
        for line in stripped
        if line.strip("/") and line[0] not in "#!"
    )


def is_beyond(path: str, tree: Tree, known: PathIndex) -> bool:
    """Whether a missing path stands behind a link, or in a folder that has a .gitignore for it."""
    real, _ = follow(tree, path)
    if real != path and (real is None or known.has(real)):
        return True
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder, below = "/".join(parts[:depth]), parts[depth:]
        heads = ["/".join(below[:length]) for length in range(1, len(below) + 1)]
        patterns = _patterns(tree, f"{folder}/.gitignore")
        if any(fnmatchcase(text, pattern) for pattern in patterns for text in (*below, *heads)):
            return True
    return False


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
