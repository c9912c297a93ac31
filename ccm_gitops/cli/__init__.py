"""The command line: parse, one call, render. Commands load when they are called."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from ccm_gitops import __version__
from ccm_gitops.cli.everywhere import with_options_of_all
from ccm_gitops.cli.groups import Group
from ccm_gitops.cli.streams import prepare_streams
from ccm_gitops.errors import CcmError, ConfigError

# A command is a module of its name, with a click command of its name that returns an exit code.
COMMANDS = {
    "analyze": "Score context files and say what is wrong with them.",
    "archives": "What an optimisation moved out: list, show, put back.",
    "completion": "What teaches bash, zsh or fish to complete commands and ids.",
    "doctor": "Is all there that a run needs, and what to do where it is not.",
    "explain": "Why a task is due or not, its next slots, what its threshold sees.",
    "init": "Write a first configuration from what stands around it.",
    "install": "Have the runner started on schedule: cron, systemd, GitHub Actions.",
    "optimize": "Show or write the optimised context files of a folder.",
    "plan": "What a run would do now, and why each other task would not.",
    "report": "The dashboard: a static site, Markdown, a table or JSON.",
    "rules": "What is checked, and why.",
    "run": "Run the tasks that are due, now.",
    "schedule": "The tasks, their history, and running one by hand.",
    "serve": "The live dashboard and the REST API, and on request the due loop.",
    "uninstall": "Take back what `install` wrote.",
    "validate": "Check the configuration; every problem is shown.",
    "verify": "Prove that a commit lost nothing of its context files.",
}


class LazyGroup(Group):
    """A group whose commands are imported when they are asked for, so that start-up is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ccm_gitops.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        command.short_help = COMMANDS[cmd_name]  # what shells show beside the name
        return with_options_of_all(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


_CONTEXT = {
    "help_option_names": ["-h", "--help"],
    "terminal_width": min(shutil.get_terminal_size().columns - 2, 98),
}


@click.group(cls=LazyGroup, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="ccm-gitops")
def cli() -> None:
    """Keep the context files of coding agents (CLAUDE.md, AGENTS.md) healthy, on schedule."""


def main() -> NoReturn:
    """The process boundary: errors become a message and an exit code, never a traceback."""
    prepare_streams()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        # Below the `^C` that a terminal shows, and below a question.
        click.echo("\ninterrupted" if sys.stderr.isatty() else "interrupted", err=True)
        code = 130
    except ConfigError as error:
        from ccm_gitops.cli.problems import print_problems

        print_problems(error.problems)
        code = error.exit_code
    except CcmError as error:
        click.echo(f"ccm-gitops: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        _drop_stdout()  # the reader (head, less) has gone
        code = 141
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        if isinstance(error, FileNotFoundError) and not place:
            place = "the folder that this was started in: "
        click.echo(f"ccm-gitops: {place}{error.strerror or error}", err=True)
        _drop_stdout()
        code = 1
    sys.exit(code or 0)


def _drop_stdout() -> None:
    """Python would complain once more, at its own exit, of what it could not write."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM unwinds like Ctrl-C: workers end, claims are released, the state is saved."""
    # Once is enough: a second signal must not cut the unwinding short.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)
