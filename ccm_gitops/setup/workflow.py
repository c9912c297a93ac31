"""The scheduled workflow that runs what is due on GitHub Actions, as text."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib import resources

from ccm_gitops import __version__

SOURCE = f"ccm-gitops=={__version__}"  # what pip installs unless told otherwise
PATH = ".github/workflows/ccm-gitops.yml"
_OWN_TOKEN = "GITHUB_TOKEN"


def workflow(source: str, config: str, variables: Sequence[str]) -> str:
    """The workflow's text.

    `source` is what pip installs, `config` the configuration's path in its repository, `variables`
    the names that the configuration asks for: each comes from the secret of its name, and
    `GITHUB_TOKEN` from the workflow itself.
    """
    template = resources.files("ccm_gitops.setup").joinpath("workflow.yml").read_text("utf-8")
    names = dict.fromkeys((_OWN_TOKEN, *variables))
    lines = (f"{name}: ${{{{ {_origin(name)} }}}}" for name in names)
    return (
        template.replace("@SOURCE@", shlex.quote(source))
        .replace("@CONFIG@", shlex.quote(config))
        .replace("@VARIABLES@", "\n          ".join(lines))
    )


def is_ours(text: str) -> bool:
    """True when a workflow was written here."""
    return text.startswith("# Written by `ccm-gitops install github-actions`")


def _origin(name: str) -> str:
    return "github.token" if name == _OWN_TOKEN else f"secrets.{name}"
