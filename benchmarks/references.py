"""How many stale references are found: recall by mutation, over a corpus of real context files.

Usage: python -m benchmarks.references CORPUS [--misses]

Every word of a context file that is a path of its repository now is a claim that a reader can
check. Its target is taken out of the tree, one at a time, and the analysis has to notice. What
stays silent is counted by where the word stands and by reason. A word that other paths end with too
cannot be told from its namesakes, and is counted apart. Precision is not seen here.
"""

from __future__ import annotations

import argparse
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import CorpusTree, repositories
from ccm_gitops.context.document import Block, parse
from ccm_gitops.context.loading import ContextFile, load
from ccm_gitops.context.rules import RULES, run_rules
from ccm_gitops.context.rules.model import Finding, RuleContext

CHECKED = frozenset({"outdated_reference", "dead_import", "unknown_command"})
NOW = datetime(2026, 11, 24, tzinfo=UTC)

_WORD = re.compile(r"(?<![\w./@~-])@?(?:\.{1,2}/)*[\w.+@()\[\]-]+(?:/[\w.+@()\[\]-]+)*/?")
_URL = re.compile(r"\b[a-z]+://\S+")
_SHELL = re.compile(r"\s*[`~]{3,}\s*(?:bash|sh|shell|zsh|console|fish|powershell)?\s*\n")
_BRANCHES = re.compile("[├└]|[|+`]--")


@dataclass(frozen=True)
class Claim:
    """A word that is upheld now; `target` is what has to go to make it wrong."""

    kind: str
    word: str
    line: int
    target: str


def claims(file: ContextFile, tree: CorpusTree) -> Iterator[Claim]:
    """Every word of the file that is a path of the tree, once a path."""
    document = parse(file.data.decode("utf-8", "replace"))
    folders = {parent for path in tree.names for parent in _parents(path)}
    base = posixpath.dirname(file.path)
    # A file that names itself claims nothing.
    seen = {file.path, *file.aliases}
    for block in document.blocks:
        for number in range(block.start_line, block.end_line + 1):
            line = _URL.sub(lambda m: " " * len(m[0]), document.lines[number - 1].rstrip("\r\n"))
            for match in _WORD.finditer(line):
                word = match[0].rstrip(".,:;)").lstrip("(")
                target = _target(word, base, tree.names, folders)
                if target and target not in seen:
                    seen.add(target)
                    yield Claim(_kind(block, line, match), word, number, target)


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _target(word: str, base: str, names: frozenset[str], folders: set[str]) -> str | None:
    bare = word.lstrip("@") if word.startswith("@") and "." in word else word
    name = posixpath.basename(bare.rstrip("/"))
    if "/" not in bare and not re.search(r"\w\.\w{1,5}$", name):
        return None
    for candidate in (posixpath.join(base, bare), bare):
        path = posixpath.normpath(candidate)
        if path not in {"", "."} and (path in names or path in folders):
            return path
    return None


def _kind(block: Block, line: str, match: re.Match[str]) -> str:
    if block.kind == "code":
        if _BRANCHES.search(block.text):
            return "tree"
        return "shell" if _SHELL.match(block.text) else "code"
    if match[0].startswith("@"):
        return "import"
    if line[: match.start()].count("`") % 2:
        return "span"
    if line[: match.start()].endswith("]("):
        return "link"
    return "prose"


def findings(file: ContextFile, tree: CorpusTree) -> Sequence[Finding]:
    """What the rules about references and commands say."""
    context = RuleContext(file, parse(file.data.decode("utf-8", "replace")), tree, NOW)
    return run_rules(context, disabled=RULES.keys() - CHECKED)


def is_told(claim: Claim, found: Sequence[Finding]) -> bool:
    """Whether one of the findings is about the claim."""
    name = posixpath.basename(claim.word.rstrip("/"))
    return any(
        (finding.line == claim.line and name in finding.subject) or claim.word in finding.subject
        for finding in found
    )


def _has_namesake(claim: Claim, tree: CorpusTree) -> bool:
    word = claim.word.lstrip("@./").rstrip("/")
    return any(f"/{word}/" in f"/{path}/" for path in tree.names)


def _outcome(claim: Claim, file: ContextFile, tree: CorpusTree) -> str:
    if is_told(claim, findings(file, tree)):
        return "told before"
    changed = tree.without(claim.target)
    if is_told(claim, findings(file, changed)):
        return "found"
    return "namesake" if _has_namesake(claim, changed) else "missed"


def run(corpus: Path, *, misses: bool) -> Counter[tuple[str, str]]:
    """Mutate every claim; count by kind and outcome."""
    counts: Counter[tuple[str, str]] = Counter()
    for repository in repositories(corpus):
        for file in load(repository.tree, repository.context_files):
            lines = file.data.decode("utf-8", "replace").split("\n")
            for claim in claims(file, repository.tree):
                outcome = _outcome(claim, file, repository.tree)
                counts[claim.kind, outcome] += 1
                if misses and outcome == "missed":
                    place = f"{repository.name} {file.path}:{claim.line}"
                    said = lines[claim.line - 1].strip()[:200]
                    print(claim.kind, place, claim.word, said, sep="\t")
    return counts


def main() -> None:
    """Print recall by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--misses", action="store_true", help="print each claim that was missed")
    options = parser.parse_args()
    counts = run(options.corpus, misses=options.misses)
    for kind in sorted({kind for kind, _ in counts}):
        found, missed, other = (counts[kind, o] for o in ("found", "missed", "namesake"))
        share = found / max(1, found + missed)
        print(f"{kind:8} {found:4} found {missed:4} missed {share:6.0%} {other:4} namesakes")


if __name__ == "__main__":
    main()
