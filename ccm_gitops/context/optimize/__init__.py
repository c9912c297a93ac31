"""Optimising a context file: plan, application, proof, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from ccm_gitops.context.analysis import Analysis, analyze
from ccm_gitops.context.archive import Entry, digest
from ccm_gitops.context.classify import classify_sections
from ccm_gitops.context.document import Document, parse
from ccm_gitops.context.loading import ContextFile, with_twins
from ccm_gitops.context.optimize.apply import MOVES, Applied, apply
from ccm_gitops.context.optimize.custom import Wishes
from ccm_gitops.context.optimize.diff import unified
from ccm_gitops.context.optimize.guards import guard
from ccm_gitops.context.optimize.integrity import require_integrity
from ccm_gitops.context.optimize.joining import joined
from ccm_gitops.context.optimize.linked import linked_lines
from ccm_gitops.context.optimize.model import Action, Plan, Subject
from ccm_gitops.context.optimize.nearby import home_for
from ccm_gitops.context.optimize.overlay import Overlay
from ccm_gitops.context.optimize.plan import CUSTOM, STRATEGIES, make_plan
from ccm_gitops.context.proof import Proof, prove
from ccm_gitops.context.restoring import added_entries, restore
from ccm_gitops.context.rules.duplicates import find_duplicates
from ccm_gitops.context.tokens import billable, count_tokens
from ccm_gitops.context.tree import Tree
from ccm_gitops.errors import ContextError, ProofError

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

_BOM = "\ufeff"
_NONE = Wishes()
# A smaller saving is not worth the attention that a change takes; new pointers take more of it.
_SMALLEST_SHARE, _SMALLEST_TOKENS = 0.03, 100
_LEAST_SHARE_MOVED, _LEAST_TOKENS_MOVED = 0.08, 300


@dataclass(frozen=True)
class Optimization:
    """A proved change: `files` are all of its files, empty where nothing is to be gained.

    `originals` are the texts that those files had, where they were there; `archives` are the paths
    of archives with the entries added to them. What moved out of a twin is in the files of
    `twin_of`, the first with this text.
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
            "diff": self.diff(),
        }


def optimize(
    file: ContextFile, tree: Tree, *, strategy: str, now: datetime, wishes: Wishes = _NONE
) -> Optimization:
    """Work out what a strategy does to a file, and prove that nothing is lost; writes nothing.

    Raises ContextError for a file or an archive that cannot be treated and for an unknown strategy,
    ProofError when the change would lose text.
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
    document = parse(text.removeprefix(_BOM))
    names = [name for file in twins for name in (file.path, *file.aliases)]
    subject = _subject(first.path, document, tree, now)
    subject = replace(subject, move_to=home_for(names, wishes.move_to))
    plan, applied = _planned(subject, twins, strategy, wishes, tree)
    proof = _proved(document, applied, first.path, tree, strategy)
    _require_way_back(document, paths, tree, applied)
    files = {path: content.encode() for path, content in applied.files.items()}
    if files and text.startswith(_BOM):
        files[first.path] = _BOM.encode() + files[first.path]
    copies = {path: files[first.path] for path in paths[1:] if files}
    new = Overlay(tree, files | copies)
    for file in twins:
        own = files if file is first else {p: data for p, data in copies.items() if p == file.path}
        before = analyze(file, tree, now=now)
        changed = replace(file, data=own.get(file.path, file.data))
        yield Optimization(
            file=file,
            strategy=strategy,
            plan=plan,
            files=own,
            originals={path: data for path in own if (data := tree.read(path)) is not None},
            before=before,
            after=analyze(changed, new, now=now) if own else before,
            proof=proof,
            archives=tuple(pair for pair in applied.entries if pair[1].source == file.path),
            twin_of="" if file is first else first.path,
        )


def _decoded(file: ContextFile) -> str:
    if file.note:
        raise ContextError(f"{file.path}: {file.note}")
    try:
        return file.data.decode()
    except UnicodeDecodeError as error:
        raise ContextError(f"{file.path}: this is no UTF-8 text; convert it first") from error


def _subject(path: str, document: Document, tree: Tree, now: datetime) -> Subject:
    return Subject(
        path=path,
        document=document,
        kinds=classify_sections(document, now),
        duplicates=find_duplicates(document),
        guards=guard(document),
        paths=tree.paths(),
        now=now,
    )


def _existing(tree: Tree, path: str) -> str | None:
    """The text of a file to write to; raises ContextError where a link or a file is in the way."""
    for part in (path, *map(str, PurePosixPath(path).parents)):
        is_in_the_way = part != path and tree.read(part) is not None
        if is_in_the_way or tree.link_target(part) is not None:
            raise ContextError(f"{path}: {part} is no folder of its own; nothing is written there")
    try:
        return _text(tree.read(path))
    except UnicodeDecodeError as error:
        raise ContextError(f"{path}: this is no UTF-8 text; move it away") from error


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode()


def _planned(
    subject: Subject, twins: Sequence[ContextFile], strategy: str, wishes: Wishes, tree: Tree
) -> tuple[Plan, Applied]:
    """The plan and what comes of it; where moving is not worth it, no more than the archives."""
    names = [name for file in twins for name in (file.path, *file.aliases)]
    applying = partial(
        apply,
        subject.document,
        sources=[file.path for file in twins],
        now=subject.now,
        read=lambda path: _existing(tree, path),
    )
    for attempt in dict.fromkeys((strategy, strategy if strategy == CUSTOM else "conservative")):
        plan = make_plan(subject, attempt, wishes.rules)
        if linked := linked_lines(subject.document, plan, tree, names):
            kept = replace(subject, guards=subject.guards.with_fixed(linked))
            plan = make_plan(kept, attempt, wishes.rules)
        applied = applying(plan)
        if (shared := joined(plan, applied.files, tree)) != plan:
            plan, applied = shared, applying(shared)
        moves = any(action.type in MOVES and action.pointer for action in plan)
        # Of a file that grows each week, a part is taken out when it comes to something.
        is_dear = (moves or bool(subject.pointed)) and attempt != CUSTOM
        if _is_worth_it(subject, applied, is_moved=is_dear):
            return plan, applied
    return (), Applied(subject.document.text, {}, ())


def _is_worth_it(subject: Subject, applied: Applied, *, is_moved: bool) -> bool:
    saved = subject.tokens - count_tokens(billable(parse(applied.text).blocks))
    if is_moved:
        return saved >= max(_LEAST_TOKENS_MOVED, _LEAST_SHARE_MOVED * subject.tokens)
    return saved >= max(_SMALLEST_TOKENS, _SMALLEST_SHARE * subject.tokens)


def _proved(document: Document, applied: Applied, path: str, tree: Tree, strategy: str) -> Proof:
    """The proof, with all that must hold beside it; raises ProofError where anything does not."""
    files = applied.files or {path: document.text}
    proof = prove(document.text, files, target=path)
    proof.require()
    others = applied.files.keys() - {path}
    originals = {other: text for other in others if (text := _existing(tree, other)) is not None}
    require_integrity(document.text, files, target=path, originals=originals, strategy=strategy)
    return proof


def _require_way_back(
    document: Document, paths: Sequence[str], tree: Tree, applied: Applied
) -> None:
    """Raise ProofError unless the commit's own archives give the files back, each for itself."""
    after = Overlay(tree, {other: text.encode() for other, text in applied.files.items()})
    for path in paths:
        try:
            entries = added_entries(tree, after, path)
            restored = restore(applied.text, entries)
        except ContextError as error:
            raise ProofError(f"the archives would not give {path} back: {error}") from error
        if restored != document.text or {e.result for e in entries} - {digest(applied.text)}:
            raise ProofError(f"the archives would not give {path} back; nothing was written")
