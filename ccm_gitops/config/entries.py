"""Parts of a configuration's data, as far as they are sound, and the ids that they go by."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ccm_gitops.config.document import KeyPath
from ccm_gitops.config.ids import repository_name, slug

# Each may stand as the kind of a project entry: the repositories of one owner there.
FORGES = ("github", "gitlab")


def entries(data: Any, kind: str) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """The sound mappings of the list `kind` (tasks, webhooks, projects), each with its path."""
    for index, entry in enumerate(data.get(kind) or ()):
        if isinstance(entry, dict):
            yield (kind, index), entry


def part(entry: dict[str, Any], key: str) -> dict[str, Any]:
    """A mapping inside an entry; empty when it is missing or not sound."""
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def schedules(task: dict[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """The sound schedules of a task, one or several, each with its path."""
    value = task.get("schedule")
    if isinstance(value, dict):
        yield (*path, "schedule"), value
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield (*path, "schedule", index), item


def named_id(entry: dict[str, Any]) -> Any:
    """The id of a task or webhook, else made from its name; None when neither is sound."""
    if "id" in entry:
        return entry["id"]
    name = entry.get("name")
    return None if name is None else slug(name)


def project_id(entry: dict[str, Any], folder: Path) -> Any:
    """The id of a project, else made from the name of its folder or repository.

    None for a glob or an organisation, which bring their own.
    """
    if "id" in entry:
        return entry["id"]
    if path := entry.get("path"):
        return slug(Path(os.path.abspath(folder / path)).name)
    return slug(repository_name(entry["repo"])) if entry.get("repo") else None
