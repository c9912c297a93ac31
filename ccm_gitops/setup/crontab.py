"""One marked entry in a user's crontab: text in, text out.

Format: crontab(5). The mark is a shell comment at the line's end, so that entry and mark are one
line, and removing the line removes just what was added.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from ccm_gitops.durations import format_duration
from ccm_gitops.errors import UsageError


def entry(
    command: Sequence[str], every: timedelta, mark: str, *, path: str | None, env_file: Path | None
) -> str:
    """The line that starts `command` every so often, without its line end.

    cron gives no variables but its own, and a short PATH: `path` replaces that where it is given,
    and those of `env_file` (`NAME=value` lines, as a shell reads them) are set first.
    Raises UsageError for an interval that cron cannot keep.
    """
    line = shlex.join(command)
    if path:
        line = f"PATH={shlex.quote(path)} {line}"
    if env_file:
        line = f"set -a && . {shlex.quote(str(env_file))} && set +a && {line}"
    # An unescaped % ends the command for cron.
    return f"{cron_expression(every)} {line.replace('%', chr(92) + '%')} {_comment(mark)}"


def cron_expression(every: timedelta) -> str:
    """`*/15 * * * *` for 15 minutes; the interval must divide an hour or a day evenly.

    Raises UsageError for any other one.
    """
    minutes, rest = divmod(int(every.total_seconds()), 60)
    if rest == 0 and 0 < minutes < 60 and 60 % minutes == 0:
        return "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"
    hours, rest = divmod(minutes, 60)
    if rest == 0 and 0 < hours <= 24 and 24 % hours == 0:
        return {1: "0 * * * *", 24: "0 0 * * *"}.get(hours, f"0 */{hours} * * *")
    raise UsageError(
        f"cron cannot start something every {format_duration(every)}: "
        "take an interval that divides an hour or a day, such as 5m, 15m, 1h or 6h"
    )


def with_entry(crontab: str, line: str, mark: str) -> str:
    """The crontab with this entry: in the place of the one with the same mark, else at the end."""
    lines = crontab.splitlines(keepends=True)
    places = [index for index, old in enumerate(lines) if _is_marked(old, mark)]
    if places:
        lines[places[0]] = line + "\n"
        return "".join(text for index, text in enumerate(lines) if index not in places[1:])
    end = "" if crontab.endswith("\n") or not crontab else "\n"
    return f"{crontab}{end}{line}\n"


def without_entry(crontab: str, mark: str) -> str:
    """The crontab without the entry of this mark; every other byte stays."""
    lines = crontab.splitlines(keepends=True)
    return "".join(line for line in lines if not _is_marked(line, mark))


def _is_marked(line: str, mark: str) -> bool:
    return line.rstrip("\n").endswith(_comment(mark)) and not line.lstrip().startswith("#")


def _comment(mark: str) -> str:
    # In a comment % must not end the command either; a crontab line has no line end in it.
    return "# ccm-gitops " + mark.replace("%", "\\%").replace("\n", " ")
