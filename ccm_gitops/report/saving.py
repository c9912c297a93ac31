"""What a history saved in all: a saving that two tasks propose of the same text is one saving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Line = Mapping[str, Any]


def saved_again(lines: Iterable[Line]) -> Iterator[Counter[str]]:
    """For each execution, oldest first: the tokens that another task saved already, by project.

    Of tasks that found a file with the same count of tokens, the one that saves most counts.
    """
    by_text: dict[tuple[Any, ...], Counter[str]] = {}
    for line in lines:
        again: Counter[str] = Counter()
        for result in line["result"]["projects"]:
            saved, tokens = result["tokens_saved"], result["tokens"]
            if not saved or tokens is None:
                continue
            tasks = by_text.setdefault((result["id"], result["file"], tokens), Counter())
            most = max(tasks.values(), default=0)
            tasks[line["task_id"]] += saved
            again[result["id"]] += saved - (max(tasks.values()) - most)
        yield again


def newly_saved(lines: Sequence[Line]) -> list[int]:
    """For each execution, oldest first: the tokens that it saved and no other task had."""
    pairs = zip(lines, saved_again(lines), strict=True)
    return [line["tokens_saved"] - again.total() for line, again in pairs]
