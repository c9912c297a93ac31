"""The pages about the commands say what the commands are."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ccm_gitops.cli import cli
from tests.cli import manual
from tests.cli.reference import FILE, commands, render

DOCS = FILE.parent
COMMAND = re.compile(r"ccm-gitops((?: [a-z][a-z-]*)+)")


def test_the_reference_is_what_help_says():
    # Of commands that nobody has run yet: click keeps in a command what it was first asked.
    code = "from tests.cli.reference import render; print(render(), end='')"
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert FILE.read_text(encoding="utf-8") == fresh.stdout, "run `python -m tests.cli.reference`"


def test_the_manual_page_has_every_command_and_is_well_formed():
    page = manual.render()
    for context in commands():
        if not isinstance(context.command, click.Group):
            assert f'.SS "{context.info_name} '.replace("-", "\\-") in page
    if shutil.which("groff"):
        groff = ["groff", "-man", "-Tutf8", "-ww", "-z"]
        done = subprocess.run(groff, input=page, capture_output=True, text=True, check=True)
        assert done.stderr == ""


@pytest.mark.parametrize("page", ["how-to.md", "migration.md"])
def test_every_command_of_a_page_is_there(page):
    text = Path(DOCS / page).read_text(encoding="utf-8")
    lines = COMMAND.findall(text)
    assert len(lines) > 10
    for line in lines:
        command: click.Command | None = cli
        for word in line.split():
            if not isinstance(command, click.Group):
                break  # an argument
            command = command.get_command(click.Context(command), word)
            assert command is not None, line


@pytest.mark.parametrize("page", ["how-to.md", "migration.md"])
def test_every_flag_of_a_page_is_there(page):
    known = set(re.findall(r"--[a-z][a-z-]+", render()))
    text = Path(DOCS / page).read_text(encoding="utf-8")
    used = {
        flag
        for line in text.splitlines()
        if "ccm-gitops " in line
        for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line.split("ccm-gitops ", 1)[1])
    }
    assert used <= known
