"""`ccm-gitops optimize`: show or write the optimised context files of a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ccm_gitops.cli.common import clock, config_option, print_json, read_config
from ccm_gitops.cli.complete import ids, strategies
from ccm_gitops.config.model import OptimizeConfig, Strategy
from ccm_gitops.errors import ContextError, UsageError

if TYPE_CHECKING:
    from ccm_gitops.cli.folders import Found
    from ccm_gitops.context.optimize import Optimization


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option(
    "--strategy",
    metavar="S",
    shell_complete=strategies,
    help="conservative, moderate (as a rule) or aggressive.",
)
@click.option(
    "--task",
    metavar="ID",
    shell_complete=ids("tasks"),
    help="Take strategy and rules from a task instead.",
)
@config_option
@click.option("--diff", "as_diff", is_flag=True, help="Print the change as a diff.")
@click.option("--write", is_flag=True, help="Write the change into the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def optimize(
    paths: tuple[str, ...],
    strategy: str | None,
    task: str | None,
    config_path: str | None,
    as_diff: bool,
    write: bool,
    as_json: bool,
) -> int:
    """Show what an optimisation would do to the context files of folders, or do it.

    Nothing is lost: every block stays, or is in a file that is written beside it; this is proved
    before anything is written, and `ccm-gitops archives restore` is the way back. Of a folder of
    projects that has no context files itself, each project is treated.

    \b
    Examples:
      ccm-gitops optimize .
      ccm-gitops optimize . --diff
      ccm-gitops optimize . --task tidy --diff
      ccm-gitops optimize . --write
    """
    from ccm_gitops.cli.folders import context_files, find_files, here, spread
    from ccm_gitops.cli.progress import watched
    from ccm_gitops.context.optimize import Wishes, optimize_all

    if as_diff and write:
        raise UsageError("--diff shows the change and --write makes it; give one of them")
    settings = _of_task(task, strategy, config_path) if task else _of_strategy(strategy)
    projects: dict[Path, dict[str, Found]] = {}
    names = context_files(config_path)
    for found in find_files(spread(paths or (here(names),), names), names):
        projects.setdefault(found.root, {})[found.file.path] = found
    wishes = Wishes(settings.rules, settings.move_to)
    done: list[tuple[Found, Optimization]] = []
    for named in watched(projects.values(), len(projects)):
        files, tree = [found.file for found in named.values()], next(iter(named.values())).tree
        now = clock().now()
        made = optimize_all(files, tree, strategy=settings.strategy, now=now, wishes=wishes)
        done += [(named[item.file.path], item) for item in made]
    if write:  # only now that all is proved
        for root in projects:
            _write(root, [item for found, item in done if found.root == root])
    _render(done, as_json=as_json, as_diff=as_diff)
    return 0


def _of_strategy(strategy: str | None) -> OptimizeConfig:
    from ccm_gitops.context.optimize import STRATEGIES

    if strategy == "custom":
        raise UsageError("the strategy custom has its rules in a task; name it by --task")
    for known in STRATEGIES:
        if known == (strategy or "moderate"):
            return OptimizeConfig(strategy=cast("Strategy", known))
    raise UsageError(f"there is no strategy {strategy}; there are {', '.join(STRATEGIES)}")


def _of_task(id: str, strategy: str | None, config_path: str | None) -> OptimizeConfig:
    if strategy:
        raise UsageError("--task has its own strategy; leave --strategy out")
    tasks = read_config(config_path).tasks
    configs = {task.id: task.config for task in tasks if isinstance(task.config, OptimizeConfig)}
    if id not in configs:
        known = ", ".join(configs) or "none"
        raise UsageError(f"there is no task {id} that optimises; the tasks are: {known}")
    return configs[id]


def _write(root: Path, done: Sequence[Optimization]) -> None:
    from ccm_gitops.projects.folder import FolderTree
    from ccm_gitops.publish.worktree import write_files

    tree = FolderTree(root)
    files = {path: data for item in done for path, data in item.files.items()}
    before = {path: data for path in files if (data := tree.read(path)) is not None}
    published = write_files(root, files, before)
    if published.action == "refused":
        raise ContextError(f"{root}: {published.reason}")


def _render(done: list[tuple[Found, Optimization]], *, as_json: bool, as_diff: bool) -> None:
    if as_json:
        print_json([{"path": found.path, **item.to_json()} for found, item in done])
    elif as_diff:
        several = len({found.root for found, _ in done}) > 1
        for found, item in done:
            if several and item.files:
                click.echo(f"# {found.path}")  # the paths of a diff are those in its project
            shown = item.diff() if os.environ.get("NO_COLOR") else coloured(item.diff())
            click.echo(shown, nl=False)
    else:
        from ccm_gitops.report import table

        click.echo(table.optimizations([(found.path, item) for found, item in done]))


def coloured(diff: str) -> str:
    """A diff in git's colours, which `click.echo` takes off again where no terminal reads it."""
    return "".join(map(_coloured, diff.splitlines(keepends=True)))


def _coloured(line: str) -> str:
    if line.startswith(("diff ", "new file ", "--- ", "+++ ")):
        return click.style(line, bold=True)
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return click.style(line, fg=colours[line[0]]) if line[0] in colours else line
