"""Streams that are closed, full, or in another encoding than ours: no traceback, no lost data."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.support.command import PROGRAM

TEXT = "# Büro\n\n## Done\n\n" + "".join(f"- ✅ Shipped the part {n} of it\n" for n in range(40))


def shell(line, cwd, **env):
    environ = {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", **env}
    return subprocess.run(
        ["bash", "-c", line], cwd=cwd, env=environ, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("ccm-gitops rules list >&-", 0),
        ("ccm-gitops rules list <&- >&- 2>&-", 0),
        ("ccm-gitops rules list > /dev/full", 1),
    ],
)
def test_a_stream_that_takes_nothing(line, code, tmp_path):
    done = shell(line, tmp_path)
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False)
    assert b"Exception ignored" not in done.stderr


def test_an_encoding_that_lacks_a_sign_has_the_nearest(tmp_path):
    (tmp_path / "CLAUDE.md").write_text(TEXT, encoding="utf-8")
    plain = shell(
        "ccm-gitops optimize . && ccm-gitops analyze --json", tmp_path, PYTHONIOENCODING="latin-1"
    )
    assert plain.returncode == 0, plain.stderr
    table, _, document = plain.stdout.decode("latin-1").partition("[\n")
    assert " -> " in table
    (analysis,) = json.loads(f"[\n{document}")
    assert analysis["sections"][0]["title"] == "Büro"


def test_a_folder_that_is_gone_is_named(tmp_path):
    (tmp_path / "gone").mkdir()
    done = shell("cd gone && rmdir ../gone && ccm-gitops plan", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        b"ccm-gitops: the folder that this was started in: No such file or directory\n"
    )
