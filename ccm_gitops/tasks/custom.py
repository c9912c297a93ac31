"""`custom`: the user's own command, once per project; its exit code decides."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ccm_gitops.clock import format_instant
from ccm_gitops.config.model import CustomConfig
from ccm_gitops.errors import TaskError
from ccm_gitops.execution import ProjectResult
from ccm_gitops.process import run_command, signal_name
from ccm_gitops.secrets import mask, resolve, variables
from ccm_gitops.tasks.model import Outcome, Unit

# What a shell says of a command that is missing or may not be run: trying again does not help.
_NO_COMMAND = (126, 127)
# A figure beyond this is none; the limit also keeps out what JSON cannot write.
_LARGEST = 1e15
_FIELDS = {"issues_found": "issues", "score": "score", "tokens": "tokens"}
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\w+)\}")


def execute(unit: Unit) -> Outcome:
    """Run the command; raises TaskError when it fails, with the end of what it printed."""
    config = unit.task.config
    assert isinstance(config, CustomConfig)
    if unit.folder is None:
        raise TaskError("a custom task needs a project with a path on this machine")
    if unit.dry_run:
        return Outcome(results=(_result(unit, "would run"),))
    values = _placeholders(unit)
    if config.shell:
        # Folder names are not ours: in a shell line they must stay one word.
        values = {name: shlex.quote(value) for name, value in values.items()}
    own = {name: resolve(template, unit.environ) for name, template in config.env.items()}
    environ = {**unit.environ, **{name: value.reveal() for name, value in own.items()}}
    # What stands in the file itself is no secret; what came from the environment is.
    asked = [own[name] for name, template in config.env.items() if variables(template)]
    secrets = [*unit.secrets, *asked]
    command = [fill(argument, values) for argument in config.command]
    if not config.shell:
        command[0] = _program(config.command[0], command[0], unit.base)
    done = run_command(
        command[0] if config.shell else command,
        cwd=unit.folder / fill(config.cwd, _placeholders(unit)) if config.cwd else unit.folder,
        env=environ,
        timeout=unit.timeout,
    )
    if done.exit_code != 0:
        said = mask(done.stderr.strip() or done.stdout.strip(), secrets)[-400:]
        raise TaskError(
            f"{command[0]} {_ending(done.exit_code)}" + (said and f": {said}"),
            temporary=done.exit_code not in _NO_COMMAND,
        )
    output = mask(done.stdout, secrets)
    figures = reported(output)
    result = _result(unit, "ran", output=output[-4_000:])
    known: dict[str, Any] = {
        field: figures[name] for name, field in _FIELDS.items() if name in figures
    }
    details = {**result.details, **({"metrics": figures} if figures else {})}
    return Outcome(results=(replace(result, **known, details=details),))


def _ending(code: int) -> str:
    return f"exited with {code}" if code >= 0 else f"was ended by {signal_name(-code)}"


def reported(output: str) -> dict[str, int | float]:
    """The figures that a command tells in its last line, `{"issues_found": 3}`; none elsewhere.

    Of the object's members those that are numbers; those with a meaning of ours must be counts.
    """
    lines = output.strip().splitlines()
    try:
        told = json.loads(lines[-1]) if lines else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: value for name, value in told.items() if _is_figure(name, value)}


def _is_figure(name: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not name.isprintable():
        return False
    if name in _FIELDS:
        top = 100 if name == "score" else _LARGEST
        return isinstance(value, int) and 0 <= value <= top
    return abs(value) < _LARGEST


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace `{name}` by its value; doubled braces are literal, unknown names stay.

    One pass, so that braces inside a value are never read as placeholders.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return values.get(match[1], match[0])

    return _PLACEHOLDER.sub(value, template)


def _result(unit: Unit, action: str, **details: str) -> ProjectResult:
    return ProjectResult(id=unit.project, path=unit.path, action=action, details=details)


def _placeholders(unit: Unit) -> dict[str, str]:
    return {
        "project": unit.project,
        "project_path": str(unit.folder),
        "task": unit.task.id,
        "execution": unit.execution,
        "slot": format_instant(unit.slot or unit.now),
    }


def _program(template: str, filled: str, base: Path) -> str:
    """Where the program is: relative to the configuration, never looked for in the project."""
    if "/" not in template or template.startswith("{project_path}"):
        return filled
    return str(base / filled)
