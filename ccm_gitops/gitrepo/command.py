"""The one function that runs git; every variable and setting that could redirect it is pinned."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ccm_gitops.errors import GitError
from ccm_gitops.secrets import Secret, mask, redact

_NOTHING: Mapping[str, str] = MappingProxyType({})

# A file named by a setting of the command's own scope wins over the target's configuration.
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.alternateRefsCommand": ":",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.fsync": "committed",  # a ref must not outlive, in a power cut, the objects it names
    "core.sshCommand": "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=20",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.recurseSubmodules": "false",
    "push.recurseSubmodules": "no",
    "push.gpgSign": "false",
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
}

# GitPython hands the whole environment down and cannot leave a variable out. What git would take
# from a hook or a CI step that started us is therefore given a harmless value, not removed.
_ENVIRONMENT = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_GLOB_PATHSPECS": "0",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_ICASE_PATHSPECS": "0",
    "GIT_IMPLICIT_WORK_TREE": "1",
    "GIT_LITERAL_PATHSPECS": "0",
    "GIT_NAMESPACE": "",
    "GIT_NOGLOB_PATHSPECS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PREFIX": "",
    "GIT_REPLACE_REF_BASE": "refs/replace/",
    "GIT_TERMINAL_PROMPT": "0",
    # For the reflog; a commit sets its own.
    "GIT_COMMITTER_NAME": "ccm-gitops",
    "GIT_COMMITTER_EMAIL": "ccm-gitops@users.noreply.github.com",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which repository a command works on, each part by an explicit path.

    `scratch` is a folder of ours: it is the working directory, the work tree and holds the index.
    """

    git_dir: Path
    common_dir: Path
    objects: Path
    shallow: Path
    scratch: Path

    def environment(self) -> dict[str, str]:
        """The variables that pin git to this place."""
        return {
            "GIT_DIR": str(self.git_dir),
            "GIT_COMMON_DIR": str(self.common_dir),
            "GIT_OBJECT_DIRECTORY": str(self.objects),
            "GIT_SHALLOW_FILE": str(self.shallow),
            "GIT_WORK_TREE": str(self.scratch),
            "GIT_INDEX_FILE": str(self.scratch / "index"),
        }


@dataclass(frozen=True, kw_only=True)
class Network:
    """What one command may reach: a protocol, settings for it, and what must never be shown."""

    protocol: str
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()


_OFFLINE = Network(protocol="")


@dataclass(frozen=True)
class Output:
    """How a command ended."""

    code: int
    stdout: bytes

    @property
    def text(self) -> str:
        """The output without its last line end; bytes that are no UTF-8 survive as surrogates."""
        return self.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def git(
    place: Place,
    *arguments: str,
    stdin: bytes = b"",
    env: Mapping[str, str] = _NOTHING,
    accept: tuple[int, ...] = (0,),
    network: Network = _OFFLINE,
) -> Output:
    """Run one git command at a place and give its code and output.

    Without `network` no transport can start, a lazy fetch of a partial clone included.
    Raises GitError when git is missing or ends with a code that is not in `accept`.
    """
    try:
        # Slow to import, and it runs git at once: only who needs git pays for it.
        from git.cmd import Git  # noqa: PLC0415
        from git.exc import GitCommandNotFound  # noqa: PLC0415
    except ImportError as missing:  # GitPython's way to say that there is no git program
        raise GitError("git is not installed, or not found on PATH; install it") from missing
    environment = {
        **_ENVIRONMENT,
        **place.environment(),
        **_settings({**_SETTINGS, **network.settings}),
        "GIT_ALLOW_PROTOCOL": network.protocol,
        **env,
    }
    with tempfile.TemporaryFile() as stream:
        stream.write(stdin)
        stream.seek(0)
        try:
            code, stdout, stderr = Git(place.scratch).execute(
                ["git", *arguments],
                istream=stream,
                env=environment,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except GitCommandNotFound as error:
            raise GitError("git is not installed, or not found on PATH; install it") from error
    if code not in accept:
        said = _sentence(stderr, network.secrets)
        raise GitError(f"git {arguments[0]} failed with code {code}: {said}")
    return Output(code, stdout)


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder for one command or a few; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ccm-git-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def workshop(object_format: str = "sha1", borrowed: Path | None = None) -> Iterator[Place]:
    """A bare repository of ours, gone afterwards, with the objects of the git folder `borrowed`."""
    with scratch_folder() as scratch:
        init_bare(scratch, object_format)
        source = borrowed or scratch
        yield Place(
            git_dir=scratch,
            common_dir=scratch,
            objects=source / "objects",
            shallow=source / "shallow",
            scratch=scratch,
        )


def init_bare(folder: Path, object_format: str) -> None:
    """Make the smallest bare repository that git accepts; nothing is taken from a template."""
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "objects").mkdir(exist_ok=True)
    (folder / "HEAD").write_text("ref: refs/heads/none\n")
    version = 0 if object_format == "sha1" else 1
    extension = f"[extensions]\n\tobjectFormat = {object_format}\n" if version else ""
    (folder / "config").write_text(
        f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = true\n{extension}"
    )


def _settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings as variables: unlike `-c`, they show in no process list."""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def _sentence(stderr: str, secrets: tuple[Secret, ...]) -> str:
    """What git said, on one line, without its prefixes and hints."""
    lines = [line.strip() for line in redact(mask(stderr, secrets)).splitlines()]
    said = [
        re.sub(r"^(fatal|error|remote): *", "", line)
        for line in lines
        if line and not line.startswith("hint:")
    ]
    return "; ".join(dict.fromkeys(said)) or "it gave no reason"
