"""`ccm-gitops verify`: prove that a commit lost nothing of its context files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ccm_gitops.config.model import DEFAULT_CONTEXT_FILES
from ccm_gitops.errors import ContextError, GitError

if TYPE_CHECKING:
    from ccm_gitops.context.proof import Proof
    from ccm_gitops.gitrepo.repository import Repository


@click.command()
@click.argument("path", default=".", metavar="[PATH]")
@click.argument("branch", metavar="BRANCH")
def verify(path: str, branch: str) -> int:
    """Prove that the last commit of BRANCH lost nothing of the context files that it changes.

    Looks at nothing but the commit and its parent: each block of the old file must stand in a file
    of the new commit. Exits with 1 when one does not.

    \b
    Example:
      ccm-gitops verify . ccm/weekly-optimize
    """
    from ccm_gitops.gitrepo.repository import Repository

    repository = Repository.open(Path(path))
    commit = repository.ref(f"refs/heads/{branch}")
    if commit is None:
        raise GitError(f"{path} has no branch {branch}")
    proofs = dict(_proofs(repository, commit))
    for name, proof in proofs.items():
        counts = ", ".join(f"{count} {what}" for what, count in proof.to_json().items())
        click.echo(f"{name}: {counts}")
    if not proofs:
        click.echo(f"{branch} changes no context file")
    for proof in proofs.values():
        proof.require()
    return 0


def _proofs(repository: Repository, commit: str) -> list[tuple[str, Proof]]:
    from ccm_gitops.context.proof import prove

    parents = repository.describe(commit).parents
    if not parents:
        raise GitError(f"{commit[:10]} has no parent to compare with")
    old, new = repository.entries(parents[0]), repository.entries(commit)
    changed = {
        path: _text(path, repository.blob(entry.id))
        for path, entry in new.items()
        if entry.is_file and old.get(path) != entry
    }
    gone = [path for path in old if path not in new]
    targets = [path for path in (*changed, *gone) if _is_context_file(path) and path in old]
    return [
        (path, prove(_text(path, repository.blob(old[path].id)), changed, target=path))
        for path in targets
    ]


def _is_context_file(path: str) -> bool:
    return Path(path).name in {Path(name).name for name in DEFAULT_CONTEXT_FILES}


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{path}: this is no UTF-8 text; it cannot be verified") from error
