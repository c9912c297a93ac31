"""What a history saved in all: of the savings that are proposed for one text one counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Line = Mapping[str, Any]


def saved_again(lines: Iterable[Line]) -> Iterator[Counter[str]]:
    """For each execution, oldest first: the tokens that were counted before, by project.

    Of tasks that found a file with the same count of tokens, the one that saves most counts; of a
    branch that was updated before anybody merged it, what it proposes now.
    """
    by_text: dict[tuple[Any, ...], Counter[str]] = {}
    by_commit: Counter[tuple[str, str]] = Counter()
    for line in lines:
        again: Counter[str] = Counter()
        results = line["result"]["projects"]
        for stood in {place for result in results for place in _stood(result)}:
            again[stood[0]] += by_commit.pop(stood, 0)
        for result in results:
            saved, tokens = result["tokens_saved"], result["tokens"]
            newly = saved
            if saved and tokens is not None:
                tasks = by_text.setdefault((result["id"], result["file"], tokens), Counter())
                most = max(tasks.values(), default=0)
                tasks[line["task_id"]] += saved
                newly = max(tasks.values()) - most
            again[result["id"]] += saved - newly
            if newly and result["commit"]:
                by_commit[result["id"], result["commit"]] += newly
        yield again


def _stood(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The project and the commits that stood before where the result's commit stands now."""
    if replaced := result["details"].get("replaces"):
        yield result["id"], replaced
    if result["tokens_saved"] and result["commit"]:
        yield result["id"], result["commit"]


def newly_saved(lines: Sequence[Line]) -> list[int]:
    """For each execution, oldest first: the tokens that it saved and none before it had."""
    pairs = zip(lines, saved_again(lines), strict=True)
    return [line["tokens_saved"] - again.total() for line, again in pairs]
