"""`ccm-gitops validate`: every problem of a configuration, at once."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ccm_gitops.cli.common import print_json
from ccm_gitops.errors import ConfigError, Problem, UsageError


@click.command()
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
@click.option(
    "--config",
    "-c",
    "config_path",
    type=click.Path(),
    metavar="FILE",
    help="The same as naming the file.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    help="How problems are printed; github where $GITHUB_ACTIONS is set, else text.",
)
def validate(files: tuple[str, ...], config_path: str | None, style: str | None) -> int:
    """Check configuration files; every problem is shown, with its place.

    Without FILE the configuration is found as `run` finds it. Exits with 2 when one is wrong.

    \b
    Example:
      ccm-gitops validate schedules.yaml
    """
    from ccm_gitops.config.find import find_config

    if gone := [name for name in files if not os.path.exists(name)]:
        raise UsageError(f"there is no file {', '.join(gone)}")
    paths = [Path(name) for name in files] or [find_config(config_path, os.environ, Path.cwd())]
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for path in paths:
        _check(path, errors, warnings)
    style = style or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    _RENDER[style](paths, errors, warnings)
    return 2 if errors else 0


def _check(path: Path, errors: list[Problem], warnings: list[Problem]) -> None:
    from ccm_gitops.config.load import load_config

    try:
        warnings.extend(load_config(path, home=Path.home()).warnings)
    except ConfigError as error:
        errors.extend(error.problems)


def _text(paths: list[Path], errors: list[Problem], warnings: list[Problem]) -> None:
    from ccm_gitops.cli.problems import print_problems

    print_problems(errors)
    print_problems(warnings, "warning: ", "yellow")
    if not errors:
        click.echo(f"{', '.join(map(str, paths))}: valid")


def _json(paths: list[Path], errors: list[Problem], warnings: list[Problem]) -> None:
    print_json(
        {
            "valid": not errors,
            "files": [str(path) for path in paths],
            "errors": [_document(problem) for problem in errors],
            "warnings": [_document(problem) for problem in warnings],
        }
    )


def _github(_: list[Path], errors: list[Problem], warnings: list[Problem]) -> None:
    from ccm_gitops.report.github import annotation

    for level, problems in (("error", errors), ("warning", warnings)):
        for item in problems:
            text = f"{item.where}: {item.message}" if item.where else item.message
            place = {"file": item.file, "line": item.line, "col": item.column}
            click.echo(annotation(level, text, **{k: v for k, v in place.items() if v}))


def _document(problem: Problem) -> dict[str, object]:
    return {
        "file": str(problem.file),
        "line": problem.line,
        "column": problem.column,
        "where": problem.where,
        "message": problem.message,
    }


_RENDER = {"text": _text, "json": _json, "github": _github}
