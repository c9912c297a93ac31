"""Signed commits: by the runner's own key, accepted by git, and no reason for new commits."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccm_gitops.config.model import Publish
from ccm_gitops.errors import SigningError
from ccm_gitops.gitrepo.signing import ssh_signer
from tests.publish.scene import BLOATED
from tests.publish.working import do
from tests.support.repos import ENVIRONMENT, commit_files, git, make_repo

WHO = "ccm-gitops@users.noreply.github.com"


@pytest.fixture(scope="module")
def ssh_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = tmp_path_factory.mktemp("ssh") / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ccm", "-f", str(key)]
    subprocess.run(command, check=True)
    (key.parent / "allowed").write_text(f"{WHO} {key.with_suffix('.pub').read_text()}")
    return key


@pytest.fixture(scope="module")
def gpg_home() -> Iterator[Path]:
    # The agent's socket does not fit below a long path.
    with tempfile.TemporaryDirectory(prefix="gpg") as folder:
        environ = {"PATH": os.environ["PATH"], "GNUPGHOME": folder}
        command = [
            "gpg",
            "--batch",
            "--quiet",
            "--passphrase",
            "",
            "--quick-gen-key",
            WHO,
            "ed25519",
        ]
        subprocess.run(command, env=environ, check=True, capture_output=True)
        yield Path(folder)
        subprocess.run(["gpgconf", "--kill", "all"], env=environ, check=True)


def verify(repository: Path, commit: str | None, *settings: str, **environ: str) -> str:
    options = [part for setting in settings for part in ("-c", setting)]
    done = subprocess.run(
        ["git", *options, "verify-commit", "--raw", str(commit)],
        cwd=repository,
        env={**ENVIRONMENT, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_an_ssh_signature_is_good_and_makes_no_new_commits(
    tmp_path: Path, ssh_key: Path, object_format: str
):
    root = make_repo(tmp_path / "r", {"CLAUDE.md": BLOATED}, object_format=object_format)
    # The target's own word on signing is not heard.
    git(root, "config", "gpg.ssh.program", "/bin/false")
    git(root, "config", "user.signingKey", "/nowhere")
    publish = Publish(sign="ssh", signing_key=str(ssh_key))
    first = do(tmp_path, {"path": root}, publish)
    commit = first.results[0].commit
    allowed = f"gpg.ssh.allowedSignersFile={ssh_key.parent / 'allowed'}"
    said = verify(root, commit, allowed, "gpg.ssh.program=ssh-keygen")
    assert f'Good "git" signature for {WHO}' in said
    git(root, "fsck", "--strict")
    again = do(tmp_path, {"path": root}, publish, day=2, known=first.branches)
    assert (again.results[0].action, again.results[0].commit) == ("unchanged", commit)
    commit_files(root, {"CLAUDE.md": f"{BLOATED}\n## More\n\nAnother.\n"})
    third = do(tmp_path, {"path": root}, publish, day=3, known=again.branches or first.branches)
    assert third.results[0].action == "committed"
    verify(root, third.results[0].commit, allowed, "gpg.ssh.program=ssh-keygen")


def test_a_gpg_signature_is_good_and_makes_no_new_commits(tmp_path: Path, gpg_home: Path):
    root = make_repo(tmp_path / "r", {"CLAUDE.md": BLOATED})
    publish = Publish(sign="gpg", signing_key=WHO)
    environ = {"PATH": os.environ["PATH"], "GNUPGHOME": str(gpg_home)}
    first = do(tmp_path, {"path": root}, publish, environ=environ)
    commit = first.results[0].commit
    assert "GOODSIG" in verify(root, commit, GNUPGHOME=str(gpg_home))
    # The signatures of two seconds differ; the content does not.
    for known in (first.branches, {}):
        again = do(tmp_path, {"path": root}, publish, day=2, known=known, environ=environ)
        assert (again.results[0].action, again.results[0].commit) == ("unchanged", commit)


@pytest.mark.parametrize(
    ("publish", "why"),
    [
        (Publish(sign="ssh"), r"needs a key; set publish.signing_key or \$CCM_SIGNING_KEY"),
        (Publish(sign="ssh", signing_key="/no/key"), "there is no signing key /no/key"),
        (Publish(sign="ssh", signing_key=__file__), "ssh-keygen did not sign the commit: .*key"),
        (
            Publish(sign="gpg", signing_key="nobody@nowhere"),
            "gpg did not sign the commit: .*secret",
        ),
    ],
)
def test_without_a_key_nothing_is_published(tmp_path: Path, publish: Publish, why: str):
    root = make_repo(tmp_path / "r", {"CLAUDE.md": BLOATED})
    environ = {"PATH": os.environ["PATH"], "GNUPGHOME": str(tmp_path)}
    report = do(tmp_path, {"path": root}, publish, environ=environ)
    [result] = report.results
    assert (result.action, report.may_pass) == ("failed", False)
    assert re.search(why, result.error or "")
    assert git(root, "branch", "--list", "ccm/*") == ""


def test_a_machine_without_the_program_says_so(tmp_path: Path, ssh_key: Path):
    with pytest.raises(SigningError, match="ssh-keygen is not installed"):
        ssh_signer(ssh_key, {"PATH": str(tmp_path)})(b"")
