"""What a shell offers for an id, from the configuration and the history; silent on errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ccm_gitops.errors import CcmError

_NEWEST = 30
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def ids(kind: str) -> Complete:
    """Completes ids of `tasks`, `webhooks` or `projects` as the file has them, with their names."""

    def complete(
        ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return _matching(_entries(ctx, kind), incomplete)

    return complete


def executions(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Completes ids of executions, newest first, with their task and how they ended."""
    return _matching(_executions(ctx), incomplete)


def strategies(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Completes the strategies that a folder can be optimised by."""
    from ccm_gitops.context.optimize import STRATEGIES

    return _matching(((name, "") for name in STRATEGIES), incomplete)


def rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completes the rules, with what each looks for."""
    from ccm_gitops.context.rules import RULES

    return _matching(((rule.id, rule.summary) for rule in RULES.values()), incomplete)


def pieces(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completes what an optimisation moved out of the project's files, with its section."""
    return _matching(_pieces(ctx), incomplete)


def _matching(found: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    try:
        return [CompletionItem(id, help=text) for id, text in found if id.startswith(incomplete)]
    except (CcmError, OSError):
        return []  # a half-written file must not break the line that is being typed


def _entries(ctx: click.Context, kind: str) -> Iterable[tuple[str, str]]:
    from ccm_gitops.config.entries import entries, named_id, project_id
    from ccm_gitops.config.yaml_core import read_yaml

    path = _path(ctx)
    data = read_yaml(path.read_bytes(), path)[0].data
    for _, entry in entries(data if isinstance(data, dict) else {}, kind):
        id = project_id(entry, path.parent) if kind == "projects" else named_id(entry)
        if isinstance(id, str):
            yield id, str(entry.get("name") or entry.get("path") or "")


def _executions(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from ccm_gitops.cli.common import open_store
    from ccm_gitops.config.load import load_config

    config = load_config(_path(ctx), home=Path.home()).config
    lines = [line for line in open_store(config).history() if line.get("kind") == "execution"]
    for line in islice(reversed(lines), _NEWEST):
        yield line["id"], f"{line['task_id']} {line['status']}"


def _pieces(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from ccm_gitops.cli.folders import here
    from ccm_gitops.context.restoring import all_entries
    from ccm_gitops.projects.folder import FolderTree

    tree = FolderTree(Path(ctx.params.get("path") or here()))
    for _, entry in all_entries(tree):
        yield entry.id, " > ".join(entry.section)


def _path(ctx: click.Context) -> Path:
    from ccm_gitops.config.find import find_config

    return find_config(ctx.params.get("config_path"), os.environ, Path.cwd())
