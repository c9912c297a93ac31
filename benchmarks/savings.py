"""How much each strategy saves: `python -m benchmarks.savings CORPUS [--write DIR]`.

A table by strategy over bloated files (over 300 lines or 4,000 tokens) and the others: how many
change, the median and mean share of tokens that no longer load at each start, and the time. With
`--write`, a folder for each changed file: before.md, after.md, change.diff, for readers to judge.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

from benchmarks.corpus import repositories
from ccm_gitops.context.loading import load
from ccm_gitops.context.optimize import STRATEGIES, Optimization, optimize

_NOW = datetime(2026, 11, 24, tzinfo=UTC)


def main() -> None:
    """Print the table, and write the changes where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--write", type=Path, metavar="DIR")
    options = parser.parse_args()
    for strategy in STRATEGIES:
        started = time.perf_counter()
        found = list(_optimized(options.corpus, strategy))
        seconds = time.perf_counter() - started
        for label, is_bloated in (("bloated", True), ("good", False)):
            print(_row(strategy, label, [item for _, item in found if _is(item) == is_bloated]))
        print(f"{strategy:13} {len(found)} files in {seconds:.1f} s")
        if options.write:
            _write(options.write / strategy, found)


def _optimized(corpus: Path, strategy: str) -> Iterator[tuple[str, Optimization]]:
    for repository in repositories(corpus):
        for file in load(repository.tree, repository.context_files):
            if not file.note:
                item = optimize(file, repository.tree, strategy=strategy, now=_NOW)
                yield repository.name, item


def _is(item: Optimization) -> bool:
    return item.before.lines > 300 or item.before.tokens > 4000


def _row(strategy: str, label: str, items: Sequence[Optimization]) -> str:
    shares = [item.tokens_saved / max(1, item.before.tokens) for item in items] or [0.0]
    changed = sum(bool(item.files) for item in items)
    return (
        f"{strategy:13} {label:8} {changed:3} of {len(items):3} changed, "
        f"median {median(shares):4.0%}, mean {mean(shares):4.0%}, best {max(shares):4.0%}"
    )


def _write(folder: Path, found: Sequence[tuple[str, Optimization]]) -> None:
    for name, item in found:
        if item.files:
            place = folder / f"{name}__{item.file.path}".replace("/", "__")
            place.mkdir(parents=True, exist_ok=True)
            (place / "before.md").write_bytes(item.file.data)
            (place / "after.md").write_bytes(item.files[item.file.path])
            (place / "change.diff").write_text(item.diff(), encoding="utf-8")


if __name__ == "__main__":
    main()
