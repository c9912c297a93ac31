"""Ids: each there once, and each one that is named, known."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from ccm_gitops.config.document import Finding, KeyPath
from ccm_gitops.config.entries import FORGES, entries, named_id, part, project_id
from ccm_gitops.config.ids import slug
from ccm_gitops.config.suggest import did_you_mean, shown

_KINDS = {"projects": "project", "webhooks": "webhook", "tasks": "task"}


def check_references(data: Any, raw: Any, folder: Path) -> Iterator[Finding]:
    """Ids that are double, unknown or needed in a circle.

    `raw` is the data before what is not sound was taken out: an id in a wrong form is told once,
    and not again wherever it is named.
    """
    ids = {kind: list(_ids(data, kind, folder)) for kind in _KINDS}
    for kind, found in ids.items():
        yield from _unusable(kind, found)
    known = {kind: {name for _, name in found} | _raw_ids(raw, kind) for kind, found in ids.items()}
    for path, task in entries(data, "tasks"):
        webhooks = part(task, "notify").get("webhooks")
        yield from _unknown("webhook", (*path, "notify", "webhooks"), webhooks, known["webhooks"])
        yield from _unknown("task", (*path, "needs"), task.get("needs"), known["tasks"])
        if not _brings_ids(data):
            names = [_literal(name) for name in task.get("projects") or ()]
            yield from _unknown("project", (*path, "projects"), names, known["projects"])
    yield from _circles(data)


def _ids(data: Any, kind: str, folder: Path) -> Iterator[tuple[KeyPath, str]]:
    for path, entry in entries(data, kind):
        name = project_id(entry, folder) if kind == "projects" else named_id(entry)
        if name is not None:
            yield (*path, "id") if "id" in entry else path, name


def _raw_ids(raw: Any, kind: str) -> set[str]:
    listed = raw.get(kind)
    ids = [entry.get("id") for _, entry in entries(raw, kind)] if isinstance(listed, list) else []
    texts = [name for name in ids if isinstance(name, str)]
    return {*texts, *map(slug, texts)}


def _unusable(kind: str, found: list[tuple[KeyPath, str]]) -> Iterator[Finding]:
    seen: dict[str, KeyPath] = {}
    for path, name in found:
        if not name:
            yield Finding(path, "no id can be made of its name; add one, such as `id: one`")
        elif name in seen:
            first = f"{kind}[{seen[name][1]}]"
            yield Finding(path, f"the id {shown(name)} is taken by {first}; {_remedy(path)}")
        else:
            seen[name] = path


def _remedy(path: KeyPath) -> str:
    return "ids are unique per kind" if path[-1] == "id" else "give one of them an id of its own"


def _unknown(what: str, path: KeyPath, names: Any, known: set[str]) -> Iterator[Finding]:
    for index, name in enumerate(names or ()):
        if name is not None and name not in known:
            hint = did_you_mean(name, [option for option in known if option == slug(option)])
            yield Finding((*path, index), f"unknown {what} {shown(name)}{hint}")


def _brings_ids(data: Any) -> bool:
    """Whether projects are found only at run time, under ids that are not known here."""
    kinds = {"glob", *FORGES}
    return any(kinds & set(entry) for _, entry in entries(data, "projects"))


def _literal(name: str | None) -> str | None:
    return None if name is None or set(name) & set("*?[") else name


def _circles(data: Any) -> Iterator[Finding]:
    paths: dict[str, KeyPath] = {}
    needs: dict[str, list[str]] = {}
    for path, task in entries(data, "tasks"):
        name = named_id(task)
        if name and name not in needs:
            paths[name] = (*path, "needs")
            needs[name] = [need for need in task.get("needs") or () if need]
    while circle := _circle(needs):
        first = min(range(len(circle)), key=lambda at: paths[circle[at]])
        turned = circle[first:] + circle[:first]
        yield Finding(paths[turned[0]], _describe_circle(turned))
        needs[turned[0]].remove(turned[1 % len(turned)])


def _circle(needs: dict[str, list[str]]) -> list[str]:
    """The ids of one circle, each needing the next; empty when there is none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        members: list[str] = error.args[1]
        return members[:0:-1]
    return []


def _describe_circle(circle: list[str]) -> str:
    if len(circle) == 1:
        return f"the task {circle[0]} needs itself"
    return f"tasks need each other in a circle: {' → '.join([*circle, circle[0]])}"
