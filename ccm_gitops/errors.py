"""The one family of errors that users meet; each knows its exit code.

CcmError (1)
├── UsageError (2)         the command line asks for something impossible
├── ConfigError (2)        the configuration is wrong; carries every problem found, not the first
├── SecretError (1)        a `${NAME}` that is not in the environment
├── StateError (1)         the state cannot be read or is of a newer version
│   └── StateBusyError (75)  another runner holds it: try again
├── GitError (1)           git refused
│   ├── RepositoryError (1)  a repository lacks what is asked of it
│   └── RefMovedError (1)  a ref was not where we left it
│       └── BaseMovedError (1)  the base is not what a change was made on
├── SigningError (1)      a commit cannot be signed with the runner's own key
├── ContextError (1)       a context file that cannot be treated (binary, missing, unsafe link)
│   └── ProofError (1)     an optimisation that would lose text: nothing is written
├── TaskError (1)          a task's own work failed
├── ForgeError (1)         a forge refused, or said nothing
├── HttpError (1)          a server gave no answer, or may not be asked
└── DeliveryError (1)      a webhook did not take a message
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file.

    `line` and `column` count from 1; 0 means that the place is not known. `where` is the path in
    the document, such as `tasks[0].schedule.cron`, or empty.
    """

    file: Path
    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else str(self.file)
        return ": ".join(part for part in (place, self.where, self.message) if part)


class CcmError(Exception):
    """A failure with a message for people: what is wrong, where, and what to do."""

    exit_code = 1


class UsageError(CcmError):
    """The command line asks for something impossible."""

    exit_code = 2


class ConfigError(CcmError):
    """The configuration is wrong; `problems` holds everything that was found, in file order."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class SecretError(CcmError):
    """A `${NAME}` that is not in the environment."""


class StateError(CcmError):
    """The state cannot be read, or a newer version wrote it."""


class StateBusyError(StateError):
    """Another runner holds the state; trying again later is right."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h


class GitError(CcmError):
    """git refused a command."""


class RepositoryError(GitError):
    """A repository lacks what is asked of it; another try changes nothing."""


class RefMovedError(GitError):
    """A ref was not where it was left; somebody else moved it."""


class BaseMovedError(RefMovedError):
    """The base is not what the change was made on: it must be made again."""


class SigningError(CcmError):
    """A commit cannot be signed: the key or the program is not there, or refuses."""


class ContextError(CcmError):
    """A context file that cannot be treated."""


class ProofError(ContextError):
    """An optimisation that would lose text; nothing was written."""


class TaskError(CcmError):
    """A task's own work failed; `temporary`: trying again may help."""

    def __init__(self, message: str, *, temporary: bool = False) -> None:
        super().__init__(message)
        self.temporary = temporary


class ForgeError(CcmError):
    """A forge refused what was asked of it, or gave no answer; `temporary`: a new try may help."""

    def __init__(self, message: str, *, temporary: bool = False) -> None:
        super().__init__(message)
        self.temporary = temporary


class HttpError(CcmError):
    """A server gave no answer, or may not be asked; `temporary`: trying again may help."""

    def __init__(self, message: str, *, temporary: bool) -> None:
        super().__init__(message)
        self.temporary = temporary


class DeliveryError(CcmError):
    """A webhook did not take a message."""
