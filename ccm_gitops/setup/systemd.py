"""A user's systemd service and timer that start the runner: unit files as text.

Format: systemd.service(5), systemd.timer(5), systemd.syntax(7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ccm_gitops.errors import UsageError
from ccm_gitops.setup.crontab import cron_expression

_MARK = "# Written by ccm-gitops for "


@dataclass(frozen=True)
class Unit:
    """What the two units start, how often, and with which variables."""

    name: str
    command: Sequence[str]
    every: timedelta
    config: Path
    path: str
    env_file: Path | None = None


def units(unit: Unit) -> Mapping[str, str]:
    """File name → text of the service and its timer.

    Raises UsageError for an interval that is neither part of an hour nor of a day.
    """
    return {f"{unit.name}.service": _service(unit), f"{unit.name}.timer": _timer(unit)}


def units_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Where a user's own units are, by systemd.unit(5)."""
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"


def is_ours(text: str, config: Path) -> bool:
    """True when a unit file was written here for this configuration."""
    return text.startswith(f"{_MARK}{config}\n")


def _service(unit: Unit) -> str:
    env_file = f"EnvironmentFile={_escape(str(unit.env_file))}\n" if unit.env_file else ""
    return (
        f"{_MARK}{unit.config}\n"
        "[Unit]\n"
        "Description=Keep the context files of coding agents healthy\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"ExecStart={' '.join(_argument(word) for word in unit.command)}\n"
        f"Environment={_quote('PATH=' + unit.path)}\n"
        f"{env_file}"
        # 75: another runner holds the state, which is no failure of this service.
        "SuccessExitStatus=75\n"
        # The runner ends its workers and saves the state when it is asked to stop.
        "KillMode=mixed\n"
        "TimeoutStopSec=60\n"
        "NoNewPrivileges=yes\n"
    )


def _timer(unit: Unit) -> str:
    return (
        f"{_MARK}{unit.config}\n"
        "[Unit]\n"
        "Description=Start ccm-gitops\n"
        "\n"
        "[Timer]\n"
        f"OnCalendar={_calendar(unit.every)}\n"
        # A machine that slept starts it once when it wakes.
        "Persistent=true\n"
        "RandomizedDelaySec=10\n"
        "\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def _calendar(every: timedelta) -> str:
    """The calendar expression of a cron expression that stands for an even interval."""
    minute, hour = cron_expression(every).split()[:2]
    step = {"*": "*", "0": "00"}
    if minute != "0":
        return f"*-*-* *:{step.get(minute, minute.replace('*', '00'))}:00"
    return f"*-*-* {step.get(hour, hour.replace('*', '00'))}:00:00"


def _argument(word: str) -> str:
    """One word of a command, in which `$` would begin a variable."""
    return _quote(word.replace("$", "$$"))


def _quote(word: str) -> str:
    """One word; specifiers in it are text."""
    if "\n" in word or "\r" in word:
        raise UsageError(f"systemd cannot take {word!r}: there is a line end in it")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _escape(path: str) -> str:
    return path.replace("%", "%%")
