"""Signatures of commits by the runner's own key; no repository's configuration has a say in it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ccm_gitops.errors import SigningError

Signer = Callable[[bytes], str]  # from a commit as git stores it to the armoured signature
_TIMEOUT = 60.0


def ssh_signer(key: Path, environ: Mapping[str, str]) -> Signer:
    """Signs with a private key, or, given the public half (`.pub`), through the agent.

    Raises SigningError when there is no such file; so does the signer when ssh-keygen refuses.
    """
    if not key.is_file():
        raise SigningError(f"there is no signing key {key}; set publish.signing_key")
    # Without a terminal a passphrase cannot be asked for, and a window must not open.
    env = {**environ, "SSH_ASKPASS_REQUIRE": "never"}
    return lambda payload: _run(
        ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(key)], payload, env
    )


def gpg_signer(key: str, environ: Mapping[str, str]) -> Signer:
    """Signs with a key of the runner's own keyring; the signer raises SigningError."""
    command = ["gpg", "--batch", "--no-tty", "--armor", "--detach-sign", "--local-user", key]
    return lambda payload: _run(command, payload, environ)


def signed(commit: bytes, signature: str, object_format: str) -> bytes:
    """A commit object with its signature as the last header.

    Format: https://git-scm.com/docs/gitformat-signature
    """
    head, end, message = commit.partition(b"\n\n")
    name = "gpgsig" if object_format == "sha1" else "gpgsig-sha256"
    lines = "\n ".join(signature.rstrip("\n").split("\n"))
    return head + f"\n{name} {lines}".encode() + end + message


def _run(command: list[str], payload: bytes, env: Mapping[str, str]) -> str:
    try:
        with tempfile.TemporaryDirectory(prefix="ccm-sign-") as folder:
            done = subprocess.run(
                command,
                input=payload,
                env=dict(env),
                cwd=folder,
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
            )
    except FileNotFoundError as error:
        raise SigningError(f"{command[0]} is not installed; commits cannot be signed") from error
    except subprocess.TimeoutExpired as error:
        raise SigningError(f"{command[0]} did not sign within {_TIMEOUT:.0f} seconds") from error
    if done.returncode or not done.stdout:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise SigningError(f"{command[0]} did not sign the commit: {said or 'it gave no reason'}")
    return done.stdout.decode()
