"""The installed command says and does what its entry point does, which the other tests call."""

from __future__ import annotations

import re

import pytest

from ccm_gitops.cli import COMMANDS
from tests.support.repos import make_repo
from tests.support.sandbox import Sandbox

FREE_SPACE = re.compile(r"[\d,]+ MiB")  # of the disk, which others use too
LINES = (
    "analyze payments-api --json",
    "archives list --path payments-api",
    "completion bash",
    "doctor --json",
    "explain tidy",
    "init --yes",
    "install github-actions --print",
    "optimize payments-api --diff",
    "plan --json",
    "report --markdown",
    "rules show directory_tree",
    "run --dry-run --json",
    "schedule upcoming --hours 48",
    "serve --port 99999",
    "uninstall github-actions",
    "validate --format json",
    "verify empty HEAD",
)


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Sandbox:
    """A repository with something to do, a task that is due, and one that is not."""
    place = Sandbox(tmp_path_factory.mktemp("installed"))
    place.demo_repo("payments-api")
    make_repo(place.root / "empty", {"README.md": b"# Empty\n"})
    place.configure(
        projects=[{"path": "payments-api"}],
        tasks=[
            {"id": "tidy", "type": "optimize", "schedule": {"interval": "7d"}},
            {"id": "look", "type": "analyze", "schedule": {"cron": "0 12 * * *"}},
        ],
    )
    return place


def test_a_line_for_each_command():
    assert [line.split()[0] for line in LINES] == sorted(COMMANDS)


@pytest.mark.parametrize("line", LINES)
def test_the_installed_command_says_what_its_entry_point_says(scene, line):
    called, installed = scene.ccm(*line.split()), scene.installed(*line.split())
    assert (installed.code, installed.err) == (called.code, called.err)
    assert FREE_SPACE.sub("", installed.out) == FREE_SPACE.sub("", called.out)
    assert installed.out or installed.err
    assert "Traceback" not in installed.err
