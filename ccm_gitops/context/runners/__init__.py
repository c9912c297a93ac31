"""Programs that run what a repository defines by name, and whether a name is defined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ccm_gitops.context.runners.builds import CARGO, GRADLE
from ccm_gitops.context.runners.make import MAKE
from ccm_gitops.context.runners.model import Runner
from ccm_gitops.context.runners.packages import COMPOSER, DENO, NPM, TURBO
from ccm_gitops.context.runners.python import HATCH, INVOKE, NOX, POE, SCRIPTS, TOX
from ccm_gitops.context.runners.recipes import COMPOSE, JUST, MISE, TASK

RUNNERS: Mapping[str, Runner] = {
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun"), NPM),
    **dict.fromkeys(("make", "gmake"), MAKE),
    **dict.fromkeys(("poetry", "uv", "pdm", "rye", "pipenv", "pixi"), SCRIPTS),
    **dict.fromkeys(("gradle", "./gradlew"), GRADLE),
    **dict.fromkeys(("docker", "docker-compose"), COMPOSE),
    **dict.fromkeys(("inv", "invoke"), INVOKE),
    "turbo": TURBO,
    "deno": DENO,
    "composer": COMPOSER,
    "just": JUST,
    "task": TASK,
    "mise": MISE,
    "nox": NOX,
    "tox": TOX,
    "hatch": HATCH,
    "poe": POE,
    "cargo": CARGO,
}
_RUN_OTHERS = frozenset({"uv", "poetry", "pdm", "rye", "pipenv", "hatch", "pixi", "bundle"})
_EXECUTE = frozenset({"npx", "bunx", "xvfb-run", "cross-env"})


def unwrapped(command: Sequence[str]) -> Iterator[Sequence[str]]:
    """A command, and those that it runs in turn: `uv run make test` also runs make."""
    while command:
        yield command
        program, rest = command[0], command[1:]
        if "--" in rest and program in {"dotenv", "op", "doppler", "infisical", "direnv"}:
            command = rest[rest.index("--") + 1 :]
        elif program in _RUN_OTHERS and rest[:1] in (("run",), ("exec",)):
            command = rest[1:]
        elif program in _EXECUTE or (program == "timeout" and len(rest) > 1):
            command = rest[program == "timeout" :]
        elif program in {"pnpm", "yarn"} and rest[:1] in (("exec",), ("turbo",)):
            command = rest[rest[0] == "exec" :]
        else:
            return


__all__ = ["RUNNERS", "unwrapped"]
