"""A plan applied and proved: what may be written, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath

from ccm_gitops.context.archive import as_written, digest
from ccm_gitops.context.classify import classify_sections
from ccm_gitops.context.document import Document
from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.optimize.apply import Applied, apply, cut
from ccm_gitops.context.optimize.custom import Wishes
from ccm_gitops.context.optimize.guards import guard
from ccm_gitops.context.optimize.integrity import require_integrity
from ccm_gitops.context.optimize.isolate import Refused, largest_part
from ccm_gitops.context.optimize.joining import joined
from ccm_gitops.context.optimize.model import Plan, Refusal, Subject
from ccm_gitops.context.optimize.nearby import home_for
from ccm_gitops.context.optimize.overlay import Overlay
from ccm_gitops.context.proof import Proof, prove
from ccm_gitops.context.restoring import added_entries, restore
from ccm_gitops.context.rules.duplicates import find_duplicates
from ccm_gitops.context.tree import Tree
from ccm_gitops.errors import ContextError, ProofError


@dataclass(frozen=True)
class Job:
    """Files of one text to optimise in their tree, by a strategy and the wishes of its task.

    The subject is the first of the `twins`; `names` are their paths, and those of links to them.
    """

    subject: Subject
    tree: Tree
    strategy: str
    wishes: Wishes
    twins: Sequence[ContextFile]
    names: Sequence[str]

    @property
    def paths(self) -> list[str]:
        """The files' paths; that of the subject comes first."""
        return [file.path for file in self.twins]

    @cached_property
    def proof(self) -> Proof:
        """The proof of the file as it is."""
        path, text = self.subject.path, self.subject.document.text
        return prove(text, {path: text}, target=path)


@dataclass(frozen=True)
class Change:
    """A plan, what comes of it, and the proof of that; `refused` is what the proof left out."""

    plan: Plan
    applied: Applied
    proof: Proof
    refused: tuple[Refusal, ...] = ()


def job_for(
    twins: Sequence[ContextFile],
    document: Document,
    tree: Tree,
    *,
    strategy: str,
    wishes: Wishes,
    now: datetime,
) -> Job:
    """The job for files of a tree that have one text, given as a document."""
    names = [name for file in twins for name in (file.path, *file.aliases)]
    subject = Subject(
        path=twins[0].path,
        document=document,
        kinds=classify_sections(document, now),
        duplicates=find_duplicates(document),
        guards=guard(document),
        paths=tree.paths(),
        now=now,
        move_to=home_for(names, wishes.move_to),
    )
    return Job(subject, tree, strategy, wishes, twins, names)


def no_change(job: Job, refused: tuple[Refusal, ...] = ()) -> Change:
    """The file as it is."""
    return Change((), Applied(job.subject.document.text, {}, ()), job.proof, refused)


def sound_change(job: Job, plan: Plan) -> Change:
    """The change that a plan makes, without those of its actions that the proof refuses.

    Raises ProofError where the application does not do what the plan says; that is no fault of
    the plan.
    """
    change, refused = largest_part(plan, lambda part: _proved(job, part))
    return replace(change, refused=refused) if change else no_change(job, refused)


def require_sound(
    document: Document,
    files: Mapping[str, str],
    *,
    targets: Sequence[str],
    tree: Tree,
    strategy: str,
) -> Proof:
    """The proof of a commit's new files; raises ProofError unless all holds that has to.

    `targets` are the files that had the text; the first of them is among the new ones.
    """
    target = targets[0]
    proof = prove(document.text, files, target=target)
    proof.require()
    others = files.keys() - {target}
    originals = {other: text for other in others if (text := existing(tree, other)) is not None}
    require_integrity(document.text, files, target=target, originals=originals, strategy=strategy)
    for path in targets:
        _require_way_back(document, path, tree, files, files[target])
    return proof


def existing(tree: Tree, path: str) -> str | None:
    """The text of a file to write to; raises ContextError where a link or a file is in the way."""
    for part in (path, *map(str, PurePosixPath(path).parents)):
        is_in_the_way = part != path and tree.read(part) is not None
        if is_in_the_way or tree.link_target(part) is not None:
            raise ContextError(f"{path}: {part} is no folder of its own; nothing is written there")
    try:
        data = tree.read(path)
        return None if data is None else data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{path}: this is no UTF-8 text; move it away") from error


def _proved(job: Job, plan: Plan) -> Change | Refused:
    applied = _applied(job, plan)
    if (shared := joined(plan, applied.files, job.tree, job.paths[0])) != plan:
        plan, applied = shared, _applied(job, shared)
    document, paths = job.subject.document, job.paths
    if not _is_as_planned(applied, document, plan, paths):
        raise ProofError(f"{paths[0]}: the plan was not carried out as it is; nothing was written")
    try:
        proof = require_sound(
            document, applied.files, targets=paths, tree=job.tree, strategy=job.strategy
        )
    except ProofError as error:
        return Refused(str(error).removeprefix(f"{paths[0]}: ").partition("; nothing was ")[0])
    return Change(plan, applied, proof)


def _applied(job: Job, plan: Plan) -> Applied:
    return apply(
        job.subject.document,
        plan,
        sources=job.paths,
        now=job.subject.now,
        read=lambda path: existing(job.tree, path),
    )


def _is_as_planned(
    applied: Applied, document: Document, plan: Plan, sources: Sequence[str]
) -> bool:
    """Whether the file is what the plan leaves, and each cut stands where its archive says."""
    files = applied.files
    is_left = files.get(sources[0]) == "".join(cut(document, plan).lines)
    is_listed = all(entry.id in files.get(path, "") for path, entry in applied.entries)
    written = (
        as_written(text, entry.source, home).rstrip("\r\n") in files.get(home, "")
        for archive, entry in applied.entries
        for home in [entry.held_in or archive]
        for text in (entry.text, *entry.notes)
        if entry.source == sources[0]
    )
    return is_left and is_listed and all(written)


def _require_way_back(
    document: Document, path: str, tree: Tree, files: Mapping[str, str], text: str
) -> None:
    """Raise ProofError unless the commit's own archives give the file back, of the text left."""
    after = Overlay(tree, {other: content.encode() for other, content in files.items()})
    try:
        entries = added_entries(tree, after, path)
        restored = restore(text, entries)
    except ContextError as error:
        raise ProofError(f"the archives would not give {path} back: {error}") from error
    if restored != document.text or {e.result for e in entries} - {digest(text)}:
        raise ProofError(f"the archives would not give {path} back; nothing was written")
