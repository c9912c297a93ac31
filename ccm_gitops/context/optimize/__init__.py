"""Optimising a context file: plan, application, proof, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ccm_gitops.context.analysis import Analysis, analyze
from ccm_gitops.context.archive import BOM, Entry
from ccm_gitops.context.document import parse
from ccm_gitops.context.loading import ContextFile, with_twins
from ccm_gitops.context.optimize.change import job_for
from ccm_gitops.context.optimize.converge import lasting_change
from ccm_gitops.context.optimize.custom import Wishes
from ccm_gitops.context.optimize.diff import unified
from ccm_gitops.context.optimize.model import Action, Plan, Refusal
from ccm_gitops.context.optimize.overlay import Overlay
from ccm_gitops.context.optimize.plan import STRATEGIES
from ccm_gitops.context.proof import Proof
from ccm_gitops.context.tree import Tree
from ccm_gitops.errors import ContextError

__all__ = [
    "STRATEGIES",
    "Action",
    "Optimization",
    "Plan",
    "Wishes",
    "optimize",
    "optimize_all",
    "optimize_twins",
    "saved_at_start",
]

_NONE = Wishes()


@dataclass(frozen=True)
class Optimization:
    """A proved change: `files` are all of its files, empty where nothing is to be gained.

    `originals` are the texts that those files had, where they were there; `archives` are the paths
    of archives with the entries added to them; `refused` is what the proof left out of the plan.
    What moved out of a twin is in the files of `twin_of`, the first with this text.
    """

    file: ContextFile
    strategy: str
    plan: Plan
    files: Mapping[str, bytes]
    originals: Mapping[str, bytes]
    before: Analysis
    after: Analysis
    proof: Proof
    archives: tuple[tuple[str, Entry], ...]
    refused: tuple[Refusal, ...] = ()
    twin_of: str = ""

    @property
    def tokens_saved(self) -> int:
        """What no longer loads at each start."""
        return self.before.tokens - self.after.tokens

    def places(self) -> Iterator[tuple[Action, Sequence[str]]]:
        """Each action with its section's titles; without the one that all of them stand under."""
        tops = {action.section[:1] for action in self.plan}
        is_one = len(tops) == 1 and all(len(action.section) > 1 for action in self.plan)
        yield from ((action, action.section[is_one:]) for action in self.plan)

    def diff(self) -> str:
        """The whole change, in git's unified form."""
        return "".join(
            unified(path, _text(self.originals.get(path)), data.decode())
            for path, data in self.files.items()
        )

    def to_json(self) -> dict[str, Any]:
        """The shape of CONTRACT section 4, without `path`."""
        return {
            "file": self.file.path,
            "strategy": self.strategy,
            "lines_before": self.before.lines,
            "lines_after": self.after.lines,
            "tokens_before": self.before.tokens,
            "tokens_after": self.after.tokens,
            "tokens_saved": self.tokens_saved,
            "tokenizer": self.before.tokenizer,
            "score_before": self.before.score,
            "score_after": self.after.score,
            "actions": [action.to_json() for action in self.plan],
            "archives": [
                {
                    "id": entry.id,
                    "path": path,
                    "lines": entry.lines[1] - entry.lines[0] + 1,
                    "tokens": entry.tokens,
                }
                for path, entry in self.archives
            ],
            "proof": self.proof.to_json(),
            "refused": [refusal.to_json() for refusal in self.refused],
            "diff": self.diff(),
        }


def optimize(
    file: ContextFile, tree: Tree, *, strategy: str, now: datetime, wishes: Wishes = _NONE
) -> Optimization:
    """Work out what a strategy does to a file, and prove that nothing is lost; writes nothing.

    What the proof refuses is left out. Raises ContextError for a file or an archive that cannot be
    treated and for an unknown strategy, ProofError when a change is not written as planned.
    """
    return next(optimize_twins([file], tree, strategy=strategy, now=now, wishes=wishes))


def saved_at_start(items: Iterable[Optimization]) -> int:
    """What no longer loads at each start, by all of these: an agent loads one of twins."""
    return sum(item.tokens_saved for item in items if not item.twin_of)


def optimize_all(
    files: Iterable[ContextFile],
    tree: Tree,
    *,
    strategy: str,
    now: datetime,
    wishes: Wishes = _NONE,
) -> Iterator[Optimization]:
    """The same for the files of a project, one after the other: each sees what became of others.

    They may share a document; and twins stay twins.
    """
    made: dict[str, bytes | None] = {}
    for twins in with_twins(files):
        seen = Overlay(tree, dict(made))
        for item in optimize_twins(twins, seen, strategy=strategy, now=now, wishes=wishes):
            made.update(item.files)
            yield item


def optimize_twins(
    twins: Sequence[ContextFile],
    tree: Tree,
    *,
    strategy: str,
    now: datetime,
    wishes: Wishes = _NONE,
) -> Iterator[Optimization]:
    """The same for files of one folder with the same bytes, which they keep.

    What moves is in the files of the first; the others have no more than their own text, and what
    is proved of the one text is proved of all.
    """
    first, paths = twins[0], [file.path for file in twins]
    text = _decoded(first)
    document = parse(text.removeprefix(BOM))
    job = job_for(twins, document, tree, strategy=strategy, wishes=wishes, now=now)
    change = lasting_change(job)
    files = {path: content.encode() for path, content in change.applied.files.items()}
    if files and text.startswith(BOM):
        files[first.path] = BOM.encode() + files[first.path]
    copies = {path: files[first.path] for path in paths[1:] if files}
    new = Overlay(tree, files | copies)
    for file in twins:
        own = files if file is first else {p: data for p, data in copies.items() if p == file.path}
        before = analyze(file, tree, now=now)
        changed = replace(file, data=own.get(file.path, file.data))
        yield Optimization(
            file=file,
            strategy=strategy,
            plan=change.plan,
            files=own,
            originals={path: data for path in own if (data := tree.read(path)) is not None},
            before=before,
            after=analyze(changed, new, now=now) if own else before,
            proof=change.proof,
            archives=tuple(pair for pair in change.applied.entries if pair[1].source == file.path),
            refused=change.refused if file is first else (),
            twin_of="" if file is first else first.path,
        )


def _decoded(file: ContextFile) -> str:
    if file.note:
        raise ContextError(f"{file.path}: {file.note}")
    try:
        return file.data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{file.path}: this is no UTF-8 text; convert it first") from error


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode()
