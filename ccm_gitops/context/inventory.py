"""Every context file of a repository and how agents load it; what a session pays at its start."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ccm_gitops.context.document import parse
from ccm_gitops.context.imports import MAX_HOPS, find_imports
from ccm_gitops.context.loading import ContextFile, follow, load, resolve, spelled_out
from ccm_gitops.context.tree import Tree

# Claude Code reads these where they are, else those; other agents know only names of their own.
_CLAUDE = frozenset({"CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md"})
_INSTEAD = frozenset({"AGENTS.md", ".claude/AGENTS.md"})
_RULES = ".claude/rules"
_SKILL = re.compile(r"(?:.+/)?\.claude/skills/.+/SKILL\.md")
_SCOPED = re.compile(r"^paths[ \t]*:[ \t]*(?:[^\s\[#]|\[[ \t]*[^\s\]]|(?:#.*)?\n[ \t]*-)", re.M)


@dataclass(frozen=True)
class Inventory:
    """The files, each once; `starts` are the paths that one agent loads at each start, by agent."""

    files: tuple[ContextFile, ...]
    starts: tuple[frozenset[str], ...]

    def start_cost(self, path: str, cost: Mapping[str, int]) -> int | None:
        """What a start that loads `path` costs in all, by the costs of files; the dearest counts.

        None for a file that no start loads.
        """
        sums = [sum(cost.get(name, 0) for name in start) for start in self.starts if path in start]
        return max(sums, default=None)


def take_inventory(tree: Tree, context_files: Sequence[str]) -> Inventory:
    """What the repository has: the context files, what they import, rules, nested files, skills.

    An import counts up to the documented depth of four; one that is missing, leads out of the
    repository or holds no text adds nothing.
    """
    roots = load(tree, context_files)
    claude = [file for file in roots if _is_named(file, _CLAUDE)]
    claude = claude or [file for file in roots if _is_named(file, _INSTEAD)]
    rules = load(tree, _rule_paths(tree))
    launched = [
        replace(file, loaded="on_demand" if _is_scoped(file) else "always") for file in rules
    ]
    claude = _once([*claude, *(file for file in launched if file.loaded == "always")])
    imported = list(_imported(tree, claude))
    starts = [frozenset(file.path for file in (*claude, *imported))]
    starts += [frozenset({file.path}) for file in roots if file.path not in starts[0]]
    named = frozenset(file.path for file in claude)
    imports = {file.path for file in imported} - named
    files = _once(
        [
            *(replace(f, loaded="imported") if f.path in imports else f for f in roots),
            *imported,
            *launched,
            *load(tree, _on_demand_paths(tree, context_files), loaded="on_demand"),
        ]
    )
    return Inventory(tuple(files), tuple(start for start in starts if start))


def _is_named(file: ContextFile, names: frozenset[str]) -> bool:
    return not names.isdisjoint((file.path, *file.aliases))


def _is_scoped(file: ContextFile) -> bool:
    """Whether a rule loads only beside files that match its `paths`."""
    blocks = parse(file.data.decode("utf-8", "replace")).blocks
    return bool(blocks and blocks[0].kind == "front_matter" and _SCOPED.search(blocks[0].text))


def _once(files: Iterable[ContextFile]) -> list[ContextFile]:
    """Each path once: the first stays, with the names of all."""
    kept: dict[str, ContextFile] = {}
    for file in files:
        first = kept.setdefault(file.path, file)
        kept[file.path] = replace(first, aliases=tuple(dict.fromkeys(first.aliases + file.aliases)))
    return list(kept.values())


def _imported(tree: Tree, roots: Sequence[ContextFile]) -> Iterator[ContextFile]:
    """What the files import, and those in turn, nearest first."""
    seen = {file.path for file in roots}
    level = list(roots)
    for _ in range(MAX_HOPS):
        found = [path for file in level for path in imported_paths(tree, file.path, file.data)]
        new = [path for path in dict.fromkeys(found) if path not in seen]
        seen.update(new)
        level = [ContextFile(p, (), tree.read(p) or b"", loaded="imported") for p in new]
        yield from level


def imported_paths(tree: Tree, path: str, data: bytes) -> Iterator[str]:
    """The files that a file with these bytes imports itself, links followed."""
    if b"@" not in data:
        return
    for found in find_imports(parse(data.decode("utf-8", "replace")), path):
        if found.target is None or not _may_be_file(tree, found.target):
            continue
        real, _ = resolve(tree, found.target)
        if real is not None and b"\0" not in (tree.read(real) or b"")[:8000]:
            yield real


def _may_be_file(tree: Tree, path: str) -> bool:
    """Whether to look closer: it is listed, or stands behind a linked folder."""
    return path in tree.paths() or follow(tree, posixpath.dirname(path))[0] != posixpath.dirname(
        path
    )


def _rule_paths(tree: Tree) -> list[str]:
    """The Markdown files below `.claude/rules`, through links to files and folders as well."""
    folder = follow(tree, _RULES)[0]
    pending, found, seen = [folder] if folder else [], [], set()
    while pending:
        folder = pending.pop()
        if folder in seen:
            continue
        seen.add(folder)
        for path in sorted(tree.paths()):
            if not path.startswith(f"{folder}/"):
                continue
            if path.endswith(".md"):
                found.append(path)
            elif tree.link_target(path) is not None and (behind := follow(tree, path)[0]):
                pending.append(behind)
    return found


def _on_demand_paths(tree: Tree, context_files: Sequence[str]) -> list[str]:
    asked = {*spelled_out(tree, context_files), *_CLAUDE, *_INSTEAD}
    nested = tuple({f"/{posixpath.basename(name)}" for name in context_files})
    return sorted(
        path
        for path in tree.paths()
        if path not in asked
        and (path.endswith(nested) or (path.endswith("/SKILL.md") and _SKILL.fullmatch(path)))
    )
