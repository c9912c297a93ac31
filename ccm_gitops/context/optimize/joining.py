"""Joining: a document that has all that would be written is pointed to, not written again."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from ccm_gitops.context.optimize.model import Plan
from ccm_gitops.context.optimize.places import seen_from
from ccm_gitops.context.tree import Tree


def joined(plan: Plan, files: Mapping[str, str], tree: Tree, source: str) -> Plan:
    """The plan with each new one of `files` (path to text) that the tree has, as the one it has.

    It is the plan of the file `source`. Another context file may have moved the same text, or this
    one before somebody took it back.
    """
    known: dict[str, str] = {}
    for target in {action.target for action in plan} - tree.paths():
        same = (path for path in _beside(target, tree) if _has(tree, path, files.get(target)))
        known[target] = next(same, target)
    return tuple(
        replace(
            action,
            target=(path := known.get(action.target, action.target)),
            pointer=action.pointer.replace(
                f"`{seen_from(source, action.target)}`", f"`{seen_from(source, path)}`"
            ),
        )
        for action in plan
    )


def _beside(target: str, tree: Tree) -> list[str]:
    folder = posixpath.dirname(target)
    return sorted(path for path in tree.paths() if posixpath.dirname(path) == folder)


def _has(tree: Tree, path: str, text: str | None) -> bool:
    return text is not None and tree.read(path) == text.encode()
