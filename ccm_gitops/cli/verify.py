"""`ccm-gitops verify`: prove that a commit lost nothing of its context files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from ccm_gitops.cli.common import config_option
from ccm_gitops.config.model import DEFAULT_CONTEXT_FILES
from ccm_gitops.errors import ContextError, UsageError
from ccm_gitops.globs import matcher

if TYPE_CHECKING:
    from ccm_gitops.context.proof import Proof
    from ccm_gitops.context.tree import Tree
    from ccm_gitops.gitrepo.repository import Repository

_NAMES = {Path(name).name for name in DEFAULT_CONTEXT_FILES}


@click.command()
@click.argument("where", nargs=-1, required=True, metavar="[PATH] REVISION")
@click.option("--base", metavar="REVISION", help="What to compare with; else the first parent.")
@config_option
def verify(where: tuple[str, ...], base: str | None, config_path: str | None) -> int:
    """Prove that a commit lost nothing of the context files that it changes.

    Of the configuration it takes which further files are context files; else it looks at nothing
    but the two commits: each block of the old file must stand in a file that was
    changed between them, and, where ccm-gitops made the commit, its archives must give the old
    file back byte for byte. REVISION is a branch, a tag, HEAD or a commit id. Exits with 1 when
    the proof fails.

    \b
    Examples:
      ccm-gitops verify . ccm/weekly-optimize
      ccm-gitops verify . HEAD --base origin/main
    """
    from ccm_gitops.cli.folders import context_files

    *path, revision = where
    if len(path) > 1:
        raise UsageError("name one folder and one revision")
    repository = _repository(Path(*path))
    new = _commit(repository, revision)
    parents = (_commit(repository, base),) if base else repository.describe(new).parents
    if not parents:
        raise UsageError(f"{revision} has no parent; name what to compare with by --base")
    targets = _targets(repository, parents[0], new, context_files(config_path))
    if not targets:
        click.echo(f"{revision} changes no context file")
    problems = list(_problems(repository, parents[0], new, targets)) if targets else []
    for problem in problems:
        click.echo(problem, err=True)
    return 1 if problems else 0


def _repository(folder: Path) -> Repository:
    from ccm_gitops.gitrepo.repository import Repository, enclosing

    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder")
    root = enclosing(folder.resolve())
    if root is None:
        raise UsageError(f"{folder} is in no git repository")
    return Repository.open(root)


def _commit(repository: Repository, revision: str) -> str:
    commit = repository.commit_of(revision)
    if commit is None:
        raise UsageError(f"{repository.root} has no revision {revision}")
    return commit


def _targets(repository: Repository, old: str, new: str, names: Sequence[str]) -> list[str]:
    """The context files of the old commit that are not as they were."""
    before, after = repository.entries(old), repository.entries(new)
    is_named = matcher(tuple(map(posixpath.normpath, names)))
    return [
        path
        for path, entry in before.items()
        if entry.is_file
        and (Path(path).name in _NAMES or is_named(path))
        and after.get(path) != entry
    ]


def _problems(repository: Repository, old: str, new: str, targets: Sequence[str]) -> Iterator[str]:
    """Print the proof for each changed context file, and give what is wrong."""
    from ccm_gitops.context.optimize.integrity import faults
    from ccm_gitops.gitrepo.tree import CommitTree

    tree, new_tree = CommitTree(repository, old), CommitTree(repository, new)
    before = repository.entries(old)
    changed = {
        path: _text(path, repository.blob(entry.id))
        for path, entry in repository.entries(new).items()
        if entry.is_file and before.get(path) != entry
    }
    is_ours = "\nCcm-Content: " in repository.describe(new).message
    texts = {path: _text(path, repository.blob(before[path].id)) for path in targets}
    for twins in _with_twins(texts, changed):
        path, text = twins[0], texts[twins[0]]
        back = _restored(new_tree, tree, path)
        lost = list(_lost(path, _proof(path, text, back or text, changed)))
        yield from lost
        if not is_ours or lost or _kept_all(path, text, changed):
            continue
        originals = {
            other: _text(other, repository.blob(before[other].id))
            for other in changed.keys() & before.keys() - set(targets)
        }
        for fault in faults(text, changed, target=path, originals=originals):
            yield f"{path}: {fault}"
        for twin in twins:
            if _restored(tree, new_tree, twin) != text:
                yield f"{twin}: nothing is lost, but the archives do not give the old file back"


def _with_twins(texts: Mapping[str, str], changed: Mapping[str, str]) -> Iterator[list[str]]:
    """The files by their texts, old and new: what is proved of one text is proved of its twins.

    What moved may lead back to one of them by name; that one is the first.
    """
    from ccm_gitops.context.proof import prove

    found: dict[tuple[str, ...], list[str]] = {}
    for path, text in texts.items():
        key = (str(PurePosixPath(path).parent), text, changed.get(path, ""))
        found.setdefault(key, []).append(path)
    for (_, text, _), paths in found.items():
        yield sorted(paths, key=lambda path: len(prove(text, changed, target=path).lost))


def _lost(path: str, proof: Proof) -> Iterator[str]:
    click.echo(f"{path}: {', '.join(f'{n} {what}' for what, n in proof.to_json().items())}")
    for unit in proof.lost:
        first = unit.text.strip().split("\n", 1)[0][:80]
        yield f"{path}:{unit.start_line}: lost: {first}"


def _proof(path: str, old: str, back: str, changed: Mapping[str, str]) -> Proof:
    """The proof of a file, of which a line that led to text may go where that text stands again.

    `back` is the old text with what the change took out of archives.
    """
    from ccm_gitops.context.proof import prove, units

    known = {unit.text: unit for unit in units(old)}
    found = known.keys() | {unit.text for unit in units(changed.get(path, ""))}
    if any(unit.text not in found for unit in units(back)):
        return prove(old, changed, target=path)
    proof = prove(back, changed, target=path)
    return replace(proof, lost=tuple(known.get(unit.text, unit) for unit in proof.lost))


def _kept_all(path: str, old: str, changed: Mapping[str, str]) -> bool:
    """Whether a file has all it had: then it only took the text of another."""
    from ccm_gitops.context.proof import prove

    return path in changed and not prove(old, {path: changed[path]}, target=path).lost


def _restored(before: Tree, after: Tree, path: str) -> str | None:
    """A file of `after` with the pieces put back that `before` has not archived; None: in vain."""
    from ccm_gitops.context.restoring import added_entries, restore

    try:
        added = added_entries(before, after, path)
        return restore(_text(path, after.read(path) or b""), added)
    except ContextError:
        return None


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{path}: this is no UTF-8 text; it cannot be verified") from error
