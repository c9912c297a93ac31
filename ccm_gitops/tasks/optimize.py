"""`optimize`: change the context files that score too low; the change is handed on, not written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ccm_gitops.config.model import OptimizeConfig
from ccm_gitops.context.analysis import analyze
from ccm_gitops.context.loading import ContextFile, load, with_twins
from ccm_gitops.context.optimize import Optimization, Wishes, optimize_twins, saved_at_start
from ccm_gitops.context.optimize.overlay import Overlay
from ccm_gitops.context.tree import Tree
from ccm_gitops.execution import ProjectResult
from ccm_gitops.tasks.analyze import result_of, without_context
from ccm_gitops.tasks.model import Outcome, Unit


def execute(unit: Unit) -> Outcome:
    """Optimise every context file below `min_score`; raises ProofError if text would be lost."""
    files: dict[str, bytes | None] = {}
    results: list[ProjectResult] = []
    changed: list[Optimization] = []
    for twins in with_twins(load(unit.tree, unit.context_files)):
        # What one file's optimisation wrote, the next one sees: they may share a document.
        for result, optimization in _optimized(unit, twins, Overlay(unit.tree, dict(files))):
            results.append(result)
            if optimization:
                changed.append(optimization)
                files.update(optimization.files)
    return Outcome(
        results=tuple(results) or (without_context(unit),),
        files=files,
        message=commit_message(changed) if changed else "",
        changed=tuple(changed),
    )


def commit_message(changed: Sequence[Optimization]) -> str:
    """What was changed, why, and by how much, for a person who reads the log."""
    names = ", ".join(item.file.path for item in changed)
    saved = saved_at_start(changed)
    return "\n".join(
        [
            f"Optimize {names}: {saved:,} tokens fewer {_occasion(changed)}",
            *(line for item in changed for line in _message_lines(item)),
        ]
    )


def _occasion(changed: Sequence[Optimization]) -> str:
    """When the files are read: a nested one only where an agent reads what is beside it."""
    is_nested = all("/" in item.file.path.removeprefix(".claude/") for item in changed)
    return "where it is read" if is_nested else "at each start"


def _optimized(
    unit: Unit, twins: Sequence[ContextFile], tree: Tree
) -> Iterator[tuple[ProjectResult, Optimization | None]]:
    """What becomes of files that have the same text; all of them change if one scores too low."""
    config = unit.task.config
    assert isinstance(config, OptimizeConfig)
    before = [analyze(file, tree, now=unit.now) for file in twins]
    unchanged = [result_of(unit, analysis, "unchanged") for analysis in before]
    if note := twins[0].note:
        yield replace(unchanged[0], action="left alone", details={"reason": note}), None
        return
    if all(analysis.score >= config.min_score for analysis in before):
        yield from ((result, None) for result in unchanged)
        return
    wishes = Wishes(config.rules, config.move_to)
    made = optimize_twins(twins, tree, strategy=config.strategy, now=unit.now, wishes=wishes)
    for result, optimization in zip(unchanged, made, strict=True):
        is_changed = bool(optimization.files)
        yield (_would_change(result, optimization), optimization) if is_changed else (result, None)


def _would_change(result: ProjectResult, optimization: Optimization) -> ProjectResult:
    details = {
        "score_after": optimization.after.score,
        "tokens_after": optimization.after.tokens,
        "proof": optimization.proof.to_json(),
    }
    saved = optimization.tokens_saved
    return replace(result, action="would change", tokens_saved=saved, details=details)


def _message_lines(item: Optimization) -> Iterator[str]:
    before, after = item.before, item.after
    yield ""
    yield (
        f"{item.file.path}: {before.tokens:,} → {after.tokens:,} tokens ({before.tokenizer}), "
        f"score {before.score} → {after.score}."
    )
    if item.twin_of:
        yield f"It has the same text as {item.twin_of}, before and after."
        return
    for action, titles in item.places():
        where = " > ".join(titles) or "the beginning"
        target = f" → {action.target}" if action.target else ""
        yield f"- {action.type} {where}{target}: {action.reason} ({action.tokens_saved:,} tokens)"
    proof = item.proof.to_json()
    copies = proof["duplicates"]
    yield (
        f"Proof: of {proof['blocks']} blocks {proof['kept']} kept, {proof['moved']} moved, "
        f"{copies} duplicate{'' if copies == 1 else 's'}, {proof['lost']} lost."
    )
