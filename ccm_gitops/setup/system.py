"""The machine's own schedulers: the user's crontab, and the user's systemd."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ccm_gitops.errors import CcmError, TaskError
from ccm_gitops.process import Completed, run_command

_TIMEOUT = 30.0  # seconds; both answer at once or not at all


class SchedulerError(CcmError):
    """cron or systemd refused, or is not there."""


def read_crontab(environ: Mapping[str, str]) -> str:
    """The user's crontab; empty when there is none. Raises SchedulerError."""
    done = _run(("crontab", "-l"), environ)
    if done.exit_code and "no crontab" not in done.stderr:
        raise SchedulerError(f"crontab -l: {done.stderr.strip() or 'failed'}")
    return "" if done.exit_code else done.stdout


def write_crontab(text: str, environ: Mapping[str, str]) -> None:
    """Replace the user's crontab. Raises SchedulerError, and the old one stays."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".crontab") as file:
        file.write(text)
        file.flush()
        done = _run(("crontab", file.name), environ)
    if done.exit_code:
        raise SchedulerError(f"crontab refused the new table: {done.stderr.strip()}")


def systemctl(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """`systemctl --user …`. Raises SchedulerError with what it said."""
    done = _run(("systemctl", "--user", *arguments), environ)
    if done.exit_code:
        said = done.stderr.strip() or f"exit code {done.exit_code}"
        raise SchedulerError(f"systemctl --user {' '.join(arguments)}: {said}")


def _run(command: Sequence[str], environ: Mapping[str, str]) -> Completed:
    try:
        return run_command(command, cwd=Path("/"), env=environ, timeout=_TIMEOUT)
    except TaskError as error:
        raise SchedulerError(f"{error}; --print shows what would be written") from error
