"""How fast files are analysed on one core, as a ratio to parsing them and to their size.

Usage: python -m benchmarks.speed CORPUS

Processor time; the best of several passes counts. Nothing is remembered from one file to the next.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import CorpusTree, repositories
from ccm_gitops.context import document
from ccm_gitops.context.analysis import analyze
from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.rules import copies

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PASSES = 3

Work = tuple[ContextFile, CorpusTree]


def _works(corpus: Path) -> Iterator[Work]:
    for repository in repositories(corpus):
        for path in repository.context_files:
            yield ContextFile(path, (), repository.tree.known[path]), repository.tree


def _best(action: Callable[[], object]) -> float:
    def once() -> float:
        document._remembered.cache_clear()
        copies._indexed.cache_clear()
        copies._runs_of.cache_clear()
        started = time.process_time()
        action()
        return time.process_time() - started

    return min(once() for _ in range(PASSES))


def _report(works: Sequence[Work]) -> Iterator[str]:
    texts = [file.data.decode("utf-8", "replace") for file, _ in works]
    parsing = [_best(lambda text=text: document.parse(text)) for text in texts]  # type: ignore[misc]
    whole = [
        _best(lambda file=file, tree=tree: analyze(file, tree, now=NOW))  # type: ignore[misc]
        for file, tree in works
    ]
    by_size = sorted(range(len(works)), key=lambda number: len(works[number][0].data))
    middle = by_size[len(by_size) * 2 // 5 : len(by_size) * 3 // 5]
    median = statistics.median(whole[number] for number in middle)
    size = statistics.median(len(works[number][0].data) for number in middle)
    yield f"{len(works)} files, {sum(len(file.data) for file, _ in works):,} bytes"
    yield f"all: {sum(whole):.2f} s, {len(works) / sum(whole):.0f} files/s"
    yield f"all: {sum(whole) / sum(parsing):.1f} times parsing alone ({sum(parsing):.2f} s)"
    yield f"median size ({size:,.0f} bytes): {1 / median:.0f} files/s"


def main() -> None:
    """Print the figures of one corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    for line in _report(list(_works(parser.parse_args().corpus))):
        print(line)


if __name__ == "__main__":
    main()
