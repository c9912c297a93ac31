"""The options that every command takes: --no-color, --quiet and --verbose."""

from __future__ import annotations

import os

import click

_QUIET, _VERBOSE = "ccm_gitops.quiet", "ccm_gitops.verbose"


def with_options_of_all(command: click.Command) -> click.Command:
    """The command with these options, but for those that it has itself."""
    known = {name for parameter in command.params for name in parameter.opts}
    for option in _options() if not isinstance(command, click.Group) else ():
        if not known.intersection(option.opts):
            command.params.append(option)
    return command


def is_quiet() -> bool:
    """Whether warnings are unwanted."""
    return _is_set(_QUIET)


def is_verbose() -> bool:
    """Whether to tell what the command works with."""
    return _is_set(_VERBOSE)


def _options() -> tuple[click.Option, ...]:
    return (
        _flag(["--no-color"], _without_color, "No colour; as with NO_COLOR."),
        _flag(["-q", "--quiet"], _remember(_QUIET), "No warnings."),
        _flag(["-v", "--verbose"], _remember(_VERBOSE), "Tell which files are read."),
    )


def _flag(names: list[str], callback: object, text: str) -> click.Option:
    return click.Option(
        names, is_flag=True, expose_value=False, is_eager=True, callback=callback, help=text
    )


def _remember(key: str) -> object:
    def remember(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
        ctx.meta[key] = value

    return remember


def _without_color(_ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        # Errors are printed when the command, and its context, are over.
        os.environ["NO_COLOR"] = "1"


def _is_set(key: str) -> bool:
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(key))
