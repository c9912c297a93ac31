"""How many findings are right: sheets to judge by, and the table that they add up to.

Usage: python -m benchmarks.precision sheet CORPUS > sheet.tsv
       python -m benchmarks.precision score SHEET [SHEET …]

A sheet has a line for each finding: its place, the rule, what is claimed, the line of the file, and
an empty column. The reader looks at file and repository, writes `true` or `false` into it, and does
not see another reader's sheet. Sheets are compared finding by finding.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import repositories
from ccm_gitops.context.analysis import analyze
from ccm_gitops.context.loading import load

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COLUMNS = ("judgement", "rule", "repository", "file", "line", "end_line", "claim", "text")


def rows(corpus: Path) -> Iterator[tuple[object, ...]]:
    """Every finding of the corpus, without the rule's reasons and advice."""
    for repository in repositories(corpus):
        for file in load(repository.tree, repository.context_files):
            lines = file.data.decode("utf-8", "replace").split("\n")
            for issue in analyze(file, repository.tree, now=NOW).issues:
                claim = f"{issue.subject}: {issue.message}" if issue.subject else issue.message
                text = lines[issue.line - 1].strip()[:200]
                place = (repository.name, file.path, issue.line, issue.end_line)
                yield ("", issue.rule, *place, claim, text)


def score(sheets: Sequence[Path]) -> Iterator[str]:
    """A Markdown table of precision by rule: a finding is right if no reader says otherwise."""
    said: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for sheet in sheets:
        with sheet.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, dialect="excel-tab"):
                key = tuple(row[name] for name in ("rule", "repository", "file", "line", "claim"))
                said[key].append(row["judgement"].strip().lower())
    rules: defaultdict[str, list[Sequence[str]]] = defaultdict(list)
    for key, judgements in said.items():
        if all(judgement in {"true", "false"} for judgement in judgements):
            rules[key[0]].append(judgements)
    yield "| Rule | Findings | Right | Precision | Readers differ |"
    yield "| --- | --- | --- | --- | --- |"
    everything = [each for judged in rules.values() for each in judged]
    for rule, judged in [*sorted(rules.items()), ("all", everything)]:
        right = sum("false" not in each for each in judged)
        differ = sum(len(set(each)) > 1 for each in judged)
        share = right / max(1, len(judged))
        yield f"| {rule} | {len(judged)} | {right} | {share:.0%} | {differ} |"


def main() -> None:
    """Print a sheet, or the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("sheet").add_argument("corpus", type=Path)
    commands.add_parser("score").add_argument("sheets", type=Path, nargs="+")
    options = parser.parse_args()
    if options.command == "sheet":
        writer = csv.writer(sys.stdout, dialect="excel-tab")
        writer.writerow(COLUMNS)
        writer.writerows(rows(options.corpus))
    else:
        print("\n".join(score(options.sheets)))


if __name__ == "__main__":
    main()
